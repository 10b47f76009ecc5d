import { assertEquals } from "@std/assert";
import type { Timing } from "../../client/mod.ts";
import type { RingSnapshot } from "../../components/ring/snapshot.ts";
import { NodeReach } from "../../islands/node_reach.ts";
import { PollingRing, pollMs, showEveryMs } from "../../islands/polling_ring.ts";
import { FakeTiming } from "../client/fake_timing.ts";
import { FakeRing, ownUrl } from "./fake_ring.ts";

/** Keeps the one timer of the source, to be fired by hand. */
class Alarm extends FakeTiming implements Timing {
  set: { ms: number; ring: () => void } | null = null;

  override after(ms: number, callback: () => void): () => void {
    const alarm = { ms, ring: callback };
    this.set = alarm;
    return () => {
      if (this.set === alarm) this.set = null;
    };
  }
}

function follow(ring: FakeRing) {
  const alarm = new Alarm();
  const reach = new NodeReach({ ownUrl, fetch: ring.fetch, timing: new FakeTiming() });
  const source = new PollingRing({ cluster: "test", reach, timing: alarm, wallNow: () => 1_000 });
  const seen: RingSnapshot[] = [];
  let settle: () => void = () => {};
  const end = source.subscribe((snapshot) => {
    seen.push(snapshot);
    if (seen.length > 1 && !snapshot.isWalking) settle();
  });
  /** Resolves after the walk that is under way, once its timer is set. */
  const walked = async () => {
    await new Promise<void>((resolve) => settle = resolve);
    while (alarm.set === null) await Promise.resolve();
  };
  return { alarm, seen, end, walked, source };
}

Deno.test("the ring is walked at once, and again some seconds after each walk", async () => {
  const ring = new FakeRing(3);
  const { alarm, seen, walked, end } = follow(ring);
  assertEquals(seen[0]?.nodes, [], "what is known at once: nothing");
  await walked();
  assertEquals(seen.at(-1)?.nodes.length, 3);
  assertEquals(alarm.set?.ms, pollMs);
  const before = ring.asked.length;
  alarm.set?.ring();
  alarm.set = null;
  await walked();
  assertEquals(ring.asked.length > before, true);
  end();
  assertEquals(alarm.set, null, "nobody looks any more");
});

Deno.test("a quick walk is shown when it begins and when it has ended, a slow one in between too", async () => {
  for (const [stepMs, shown] of [[0, 2], [showEveryMs, 6]] as const) {
    const { alarm, seen, walked, end } = follow(new FakeRing(5));
    let nowMs = 0;
    alarm.now = () => nowMs += stepMs;
    await walked();
    assertEquals(seen.length - 1, shown, `${stepMs} ms a step, beside what is known at once`);
    end();
  }
});

Deno.test("a failed walk keeps what was seen, says why, and is tried again", async () => {
  const ring = new FakeRing(3);
  const { alarm, seen, walked, end } = follow(ring);
  await walked();
  ring.dead.add(ring.at(0).id);
  alarm.set?.ring();
  alarm.set = null;
  await walked();
  const last = seen.at(-1);
  assertEquals([last?.nodes.length, last?.problem === null, alarm.set === null], [3, false, false]);
  ring.dead.clear();
  (alarm.set as Alarm["set"])?.ring();
  alarm.set = null;
  await walked();
  assertEquals(seen.at(-1)?.problem, null);
  end();
});

Deno.test("who asks during a walk gets another one after it, and one only", async () => {
  const ring = new FakeRing(3);
  const { alarm, source, walked, end } = follow(ring);
  source.refresh();
  source.refresh();
  await walked();
  assertEquals(alarm.set?.ms, 0);
  alarm.set?.ring();
  alarm.set = null;
  await walked();
  assertEquals((alarm.set as Alarm["set"])?.ms, pollMs);
  end();
});
