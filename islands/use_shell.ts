import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { liveStore } from "../client/live_store.ts";
import type { LiveConnection, LiveStore } from "../client/live_types.ts";
import type { FirstLook } from "../components/shell/first_look.ts";
import type { RingItem } from "../core/live/topics.ts";
import type { NodeInfo } from "../core/protocol.ts";

/** A part of what is heard live, followed for as long as the component is there. */
export function useLive<T>(select: (store: LiveStore) => T, initial: T): T {
  const [value, setValue] = useState<T>(initial);
  useEffect(() =>
    effect(() => {
      const selected = select(liveStore());
      setValue(() => selected);
    }), []);
  return value;
}

/** Node and ring as last heard, at first as the server saw them. */
export interface Heard {
  readonly connection: LiveConnection;
  readonly info: NodeInfo | null;
  readonly ring: readonly RingItem[] | null;
  readonly heardAtMs: number | null;
}

export function useHeard(first: FirstLook | null): Heard {
  const initial: Heard = {
    connection: { kind: "connecting" },
    info: first?.info ?? null,
    ring: first?.ring ?? null,
    heardAtMs: null,
  };
  return useLive<Heard>((store) => {
    const node = store.topic("node").value;
    const ring = store.topic("ring").value;
    return {
      connection: store.connection.value,
      info: node.data?.info ?? initial.info,
      ring: ring.data === null ? initial.ring : Object.values(ring.data),
      heardAtMs: newer(node.heardAtMs, ring.heardAtMs),
    };
  }, initial);
}

function newer(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** The time by the page's clock, anew every second; at first the moment that the server named. */
export function useClock(firstMs: number): number {
  const [nowMs, setNowMs] = useState(firstMs);
  useEffect(() => {
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

/** Where the page is. Read anew whenever it is needed: pages write what they show into their address. */
export function usePlace(): { pathname: string; search: string } | null {
  const [, setIsThere] = useState(false);
  useEffect(() => setIsThere(true), []);
  return "document" in globalThis ? location : null;
}
