import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { excludes, type Fault, faultKinds, type NemesisPlan, planFaults } from "../../torture/nemesis.ts";

const hour: NemesisPlan = { seed: 1, kinds: faultKinds, nodes: 8, durationMs: 3_600_000, everyMs: 20_000 };

Deno.test("planFaults() is a function of its seed", () => {
  assertEquals(planFaults(hour), planFaults(hour));
  assertNotEquals(planFaults(hour), planFaults({ ...hour, seed: 2 }));
});

Deno.test("planFaults() stays within its time, and brings every kind that was asked for, and no other", () => {
  for (let seed = 0; seed < 50; seed++) {
    const faults = planFaults({ ...hour, seed });
    assertEquals(new Set(faults.map(({ kind }) => kind)), new Set(faultKinds));
    assert(faults.every(({ atMs, endMs }) => 0 < atMs && atMs < endMs && endMs <= hour.durationMs));
    const kills = planFaults({ ...hour, seed, kinds: ["kill"], durationMs: 120_000 });
    assertEquals(kills.filter(({ kind }) => kind !== "kill"), []);
    assert(kills.length >= 5, `seed ${seed} kills ${kills.length} times in two minutes`);
  }
});

Deno.test("planFaults() troubles only one of three neighbours at a time, and loses one disk at a time", () => {
  for (let seed = 0; seed < 50; seed++) {
    const faults = planFaults({ ...hour, seed, durationMs: 600_000 });
    for (const [i, fault] of faults.entries()) {
      for (const other of faults.slice(i + 1)) assert(!excludes(fault, other, hour.nodes), `seed ${seed}`);
    }
  }
});

Deno.test("excludes() holds two faults apart whichever comes first", () => {
  const span = { atMs: 10_000, endMs: 20_000 };
  const kill = (place: number): Fault => ({ kind: "kill", place, ...span });
  const wipe = (place: number): Fault => ({ kind: "wipe", place, ...span });
  const skew = (place: number): Fault => ({ kind: "skew", place, offsetMs: 100, ...span });
  const partition: Fault = { kind: "partition", apart: [0], isOneWay: false, ...span };
  const net: Fault = { kind: "net", links: [[0, 1]], faults: {}, ...span };
  const garbage: Fault = { kind: "garbage", place: 5, fate: "garbage", ...span };
  const later = (fault: Fault, byMs: number): Fault => ({
    ...fault,
    atMs: fault.atMs + byMs,
    endMs: fault.endMs + byMs,
  });
  const rows: [a: Fault, b: Fault, want: boolean, why: string][] = [
    [kill(0), kill(2), true, "they may keep the same key"],
    [kill(0), kill(3), false, "no key is on both"],
    [kill(0), kill(7), true, "the ring is round"],
    [kill(0), later(kill(0), 14_000), true, "it has not caught up yet"],
    [kill(0), later(kill(0), 15_000), false, "it has had its rest"],
    [wipe(0), later(wipe(4), 24_000), true, "one disk at a time"],
    [wipe(0), later(wipe(4), 25_000), false, "the disk is full again"],
    [partition, kill(4), true, "a partition is trouble enough"],
    [partition, skew(0), false, "clocks do not care"],
    [net, kill(0), false, "lossy links are bearable"],
    [net, garbage, true, "both set the faults of links"],
    [skew(1), skew(1), true, "one clock has one time"],
    [skew(1), skew(2), false, "two clocks have two"],
  ];
  for (const [a, b, want, why] of rows) {
    assertEquals([excludes(a, b, 8), excludes(b, a, 8)], [want, want], why);
  }
});
