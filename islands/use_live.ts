import { useEffect, useState } from "preact/hooks";
import { liveStore } from "../client/live_store.ts";
import type { LiveConnection, LiveTopic } from "../client/live_types.ts";
import type { Topic } from "../core/live/topics.ts";

/** What a topic says, for as long as the page shows it. */
export function useTopic<T extends Topic>(topic: T): LiveTopic<T> {
  const [live, setLive] = useState<LiveTopic<T>>({ data: null, heardAtMs: null });
  useEffect(() => liveStore().topic(topic).subscribe(setLive), [topic]);
  return live;
}

export function useConnection(): LiveConnection {
  const [connection, setConnection] = useState<LiveConnection>({ kind: "connecting" });
  useEffect(() => liveStore().connection.subscribe(setConnection), []);
  return connection;
}

/** The time by the page's clock, anew every second; at first the moment that the server named. */
export function useNowFrom(firstMs: number): number {
  const [nowMs, setNowMs] = useState(firstMs);
  useEffect(() => {
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
