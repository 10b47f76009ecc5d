import type { Id } from "../../../core/id.ts";
import type { RingItem } from "../../../core/live/topics.ts";

/** On a circle of 8 bits, so that ids are two digits and shares can be seen. */

export function item(id: string, over: Partial<RingItem> = {}): RingItem {
  return {
    id: id as Id,
    url: `http://127.0.0.1:84${id}`,
    state: "alive",
    isSelf: false,
    isPredecessor: false,
    successorIndex: null,
    rttMs: 1,
    lastSeenMs: 9_000,
    ...over,
  };
}

export function itemsOf(...items: RingItem[]): Record<string, RingItem> {
  return Object.fromEntries(items.map((each) => [each.id, each]));
}

/** A node at 40 between 10 and 80, with c0 behind that. */
export function smallRing(over: Partial<Record<string, Partial<RingItem>>> = {}): Record<string, RingItem> {
  return itemsOf(
    item("40", { isSelf: true, lastSeenMs: 10_000, ...over["40"] }),
    item("10", { isPredecessor: true, successorIndex: 2, ...over["10"] }),
    item("80", { successorIndex: 0, ...over["80"] }),
    item("c0", { successorIndex: 1, ...over["c0"] }),
  );
}
