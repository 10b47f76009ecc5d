import { assertEquals } from "@std/assert";
import { signal } from "@preact/signals";
import type { RingItem } from "../../client/live_frames.ts";
import type { LiveStore, LiveTopic } from "../../client/mod.ts";
import { emptySnapshot, type RingSnapshot } from "../../components/ring/snapshot.ts";
import { LiveRing, walkEveryMs } from "../../islands/live_ring.ts";
import type { RingSource } from "../../islands/ring_source.ts";
import { VirtualTime } from "../core/virtual_time.ts";
import { nodeAt } from "../transport/fake_node.ts";

/** Counts walks, and shows what the test says. */
class FakeWalks implements RingSource {
  walks = 0;
  readonly listeners = new Set<(snapshot: RingSnapshot) => void>();

  subscribe(onSnapshot: (snapshot: RingSnapshot) => void): () => void {
    this.listeners.add(onSnapshot);
    return () => void this.listeners.delete(onSnapshot);
  }

  refresh(): void {
    this.walks++;
  }
}

const item = (port: number, over: Partial<RingItem> = {}): RingItem => ({
  ...nodeAt(port),
  state: "alive",
  isSelf: false,
  isPredecessor: false,
  successorIndex: null,
  rttMs: 1,
  lastSeenMs: 1,
  ...over,
});

function follow() {
  const time = new VirtualTime();
  const walks = new FakeWalks();
  let watchers = 0;
  const ring = signal<LiveTopic<"ring">>({ data: null, heardAtMs: null }, {
    watched: () => void watchers++,
    unwatched: () => void watchers--,
  });
  const store = { topic: () => ring } as unknown as Pick<LiveStore, "topic">;
  const live = new LiveRing({ walks, store, timing: time.clock });
  const seen: RingSnapshot[] = [];
  const end = live.subscribe((snapshot) => void seen.push(snapshot));
  const tell = (...items: readonly RingItem[]) => {
    ring.value = { data: Object.fromEntries(items.map((one) => [one.id, one])), heardAtMs: 1 };
  };
  return { time, walks, live, seen, end, tell, watchers: () => watchers };
}

Deno.test("news of the ring set off a walk at once; news that change nothing do not", async () => {
  const { time, walks, tell, end } = follow();
  type Row = readonly [why: string, items: readonly RingItem[], walks: number];
  const rows: readonly Row[] = [
    ["the first word is what the first walk finds", [item(1), item(2)], 0],
    ["seen again, and a little slower", [item(1, { lastSeenMs: 9, rttMs: 7 }), item(2)], 0],
    ["in another order", [item(2), item(1)], 0],
    ["somebody new", [item(1), item(2), item(3)], 1],
    ["somebody suspect", [item(1), item(2, { state: "suspect" }), item(3)], 2],
    [
      "somebody in another place",
      [item(1), item(2, { state: "suspect" }), item(3, { successorIndex: 0 })],
      3,
    ],
    ["somebody gone", [item(1), item(2, { state: "suspect" })], 4],
  ];
  for (const [why, items, want] of rows) {
    await time.advance(walkEveryMs);
    tell(...items);
    await time.advance(0);
    assertEquals(walks.walks, want, why);
  }
  end();
});

Deno.test("many news at once set off one walk, and one more after a second for what came meanwhile", async () => {
  const { time, walks, tell, end } = follow();
  tell();
  for (let port = 1; port <= 5; port++) {
    tell(item(port));
    await time.advance(10);
  }
  assertEquals(walks.walks, 1);
  await time.advance(walkEveryMs);
  assertEquals(walks.walks, 2);
  await time.advance(10 * walkEveryMs);
  assertEquals(walks.walks, 2);
  end();
});

Deno.test("snapshots come from the walks, and a page that is closed listens to nothing", async () => {
  const { time, walks, live, seen, tell, end, watchers } = follow();
  const endSecond = live.subscribe(() => {});
  for (const listener of walks.listeners) listener(emptySnapshot("test"));
  assertEquals(seen, [emptySnapshot("test")]);
  live.refresh();
  assertEquals([walks.walks, watchers()], [1, 1]);
  tell(item(1));
  tell(item(2));
  end();
  assertEquals(watchers(), 1);
  endSecond();
  await time.advance(10 * walkEveryMs);
  assertEquals([walks.walks, walks.listeners.size, watchers()], [1, 0, 0]);
});
