import { useEffect, useRef, useState } from "preact/hooks";
import { changesBetween, eventsMax, type NodeEvent } from "../components/node/events.ts";
import type { RingItem } from "../core/live/topics.ts";

/** Changes among those that the node knows, for as long as the page is open. */
export function useSeenChanges(items: Readonly<Record<string, RingItem>>): readonly NodeEvent[] {
  const [seen, setSeen] = useState<readonly NodeEvent[]>([]);
  const last = useRef(items);
  useEffect(() => {
    const changes = changesBetween(last.current, items, Date.now());
    last.current = items;
    if (changes.length > 0) setSeen((before) => [...before, ...changes].slice(-eventsMax));
  }, [items]);
  return seen;
}
