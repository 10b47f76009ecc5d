import { useEffect, useRef, useState } from "preact/hooks";
import { changesBetween, eventsInLog, eventsMax, type NodeEvent } from "../components/node/events.ts";
import type { RingItem } from "../core/live/topics.ts";
import { useTopic } from "./use_live.ts";

/** What happened: as the log has it, and as the page saw it. */
export function useEvents(seen: readonly NodeEvent[]): readonly NodeEvent[] {
  const logs = useTopic("logs");
  return [...eventsInLog(Object.values(logs.data ?? {})), ...seen];
}

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
