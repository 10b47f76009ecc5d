import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  formatVersion,
  HybridClock,
  isVersion,
  skewMsMax,
  type Version,
  versionMs,
  versionZero,
} from "../../../core/data/version.ts";
import { ChordError, errorCode } from "../../../core/errors.ts";
import { at } from "../circle.ts";

/** A hybrid clock over a wall clock that the test sets, in a life that follows one with this bound. */
function clockAt(wallMs: number, floorMs = 0) {
  const wall = { nowMs: wallMs };
  return { wall, clock: new HybridClock(at("40"), () => wall.nowMs, floorMs) };
}

Deno.test("HybridClock.next() is the wall's time, and a counter within one millisecond", () => {
  const { wall, clock } = clockAt(1_000);
  assertEquals(clock.next(), formatVersion(1_000, 0, at("40")));
  assertEquals(clock.next(), formatVersion(1_000, 1, at("40")));
  wall.nowMs = 1_000.9;
  assertEquals(clock.next(), formatVersion(1_000, 2, at("40")), "the same millisecond still");
  wall.nowMs = 1_001;
  assertEquals(clock.next(), formatVersion(1_001, 0, at("40")));
});

Deno.test("HybridClock.next() never goes back when the wall clock does", () => {
  const { wall, clock } = clockAt(5_000);
  const before = clock.next();
  for (const nowMs of [4_999, 0, -1, 4_000]) {
    wall.nowMs = nowMs;
    assertEquals(clock.next() > before, true, `${nowMs}`);
  }
  wall.nowMs = 5_001;
  assertEquals(
    clock.next(),
    formatVersion(5_001, 0, at("40")),
    "and is the wall's time again when that has caught up",
  );
});

Deno.test("HybridClock.next() goes on to the next millisecond when the counter is full", () => {
  const { clock } = clockAt(1_000);
  clock.observe(formatVersion(1_000, 0xfffe, at("80")));
  assertEquals(clock.next(), formatVersion(1_000, 0xffff, at("40")));
  assertEquals(clock.next(), formatVersion(1_001, 0, at("40")), "ahead of the wall");
  assertEquals(clock.next(), formatVersion(1_001, 1, at("40")));
});

Deno.test("HybridClock.next() is above what it is shown, whichever node made that", () => {
  const rows: [shown: Version, want: Version, why: string][] = [
    [formatVersion(9_000, 3, at("ff")), formatVersion(9_000, 4, at("40")), "from the future"],
    [formatVersion(1_000, 7, at("ff")), formatVersion(1_000, 8, at("40")), "of this millisecond"],
    [formatVersion(900, 7, at("ff")), formatVersion(1_000, 0, at("40")), "from the past"],
    [versionZero, formatVersion(1_000, 0, at("40")), "below everything"],
  ];
  for (const [shown, want, why] of rows) {
    assertEquals(clockAt(1_000).clock.next(shown), want, why);
    const { clock } = clockAt(1_000);
    clock.observe(shown);
    assertEquals(clock.next(), want, why);
  }
});

Deno.test("HybridClock: strictly rising through any jumps of the wall and any versions heard", () => {
  const jump = fc.integer({ min: -5_000, max: 5_000 });
  const heard = fc.record({
    ms: fc.integer({ min: 0, max: 90_000 }),
    counter: fc.integer({ min: 0, max: 0xffff }),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(jump, heard), { maxLength: 60 }), (events) => {
      const { wall, clock } = clockAt(10_000);
      let last = versionZero;
      for (const event of events) {
        if (typeof event === "number") wall.nowMs += event;
        else {
          const version = formatVersion(event.ms, event.counter, at("ff"));
          const isTooFar = event.ms - wall.nowMs > skewMsMax;
          if (isTooFar) assertThrows(() => clock.observe(version), ChordError);
          else clock.observe(version);
          if (!isTooFar && version > last) last = version;
        }
        const next = clock.next();
        assertEquals(next > last, true, `${next} after ${last}`);
        assertEquals(isVersion(next), true);
        last = next;
      }
    }),
    { seed: 13, numRuns: 300 },
  );
});

Deno.test("HybridClock: shown the last version there can be, it refuses or makes one of the same width", () => {
  const { clock } = clockAt(1_000);
  const last = formatVersion(2 ** 48 - 1, 0xffff, at("ff"));
  assertEquals(isVersion(last), true, "the wire lets it in");
  let next: Version;
  try {
    next = clock.next(last);
  } catch (error) {
    assertInstanceOf(error, ChordError);
    return;
  }
  assertEquals([isVersion(next), next.length], [true, last.length], next);
});

Deno.test("versions sort as text by time, counter and node", () => {
  const part = fc.tuple(
    fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(
    fc.property(part, part, (a, b) => {
      const versionOf = ([ms, counter, id]: typeof a) =>
        formatVersion(ms, counter, at(id.toString(16).padStart(2, "0")));
      const byParts = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
      assertEquals(
        Math.sign(byParts),
        versionOf(a) < versionOf(b) ? -1 : versionOf(a) > versionOf(b) ? 1 : 0,
      );
      assertEquals(versionMs(versionOf(a)), a[0]);
      assertEquals(versionOf(a) >= versionZero, true);
    }),
    { seed: 14 },
  );
});

Deno.test("isVersion() takes the one form only", () => {
  const good = formatVersion(1_767_225_600_000, 12, at("4f"));
  assertEquals(good, "019b76daa800.000c.4f");
  assertEquals(isVersion(good), true);
  for (
    const bad of [
      "",
      "1.2.3",
      good.toUpperCase(),
      `${good}\n`,
      ` ${good}`,
      good.slice(1),
      good.replace(".", ""),
    ]
  ) {
    assertEquals(isVersion(bad), false, JSON.stringify(bad));
  }
});

Deno.test("HybridClock.observe() refuses what a peer's wrong clock made, from 60 s ahead of ours on", () => {
  const { clock } = clockAt(1_000_000);
  clock.observe(formatVersion(1_060_000, 0xffff, at("80")));
  assertEquals(clock.next(), formatVersion(1_060_001, 0, at("40")), "a minute is forgiven, and followed");
  const tooFar = formatVersion(1_060_001, 0, at("80"));
  const error = assertThrows(() => clock.observe(tooFar), ChordError);
  assertEquals([error.code, error.data.reason, error.data.definite], [
    errorCode.clockSkew,
    "clockSkew",
    true,
  ]);
  assertEquals(clock.next(), formatVersion(1_060_001, 1, at("40")), "it left no trace");
});

Deno.test("HybridClock.next() tops our own store however far ahead that is, and does not follow it there", () => {
  const { wall, clock } = clockAt(1_000_000);
  const stored = formatVersion(9_000_000, 3, at("80"));
  assertEquals(clock.next(stored), formatVersion(9_000_000, 4, at("40")));
  assertEquals(clock.next(), formatVersion(1_000_000, 0, at("40")), "other keys stay in the present");
  assertEquals(clock.next(stored), formatVersion(9_000_000, 5, at("40")), "no version is made twice");
  assertEquals(clock.next(formatVersion(9_000_000, 1, at("80"))), formatVersion(9_000_000, 6, at("40")));
  assertEquals(clock.next(formatVersion(9_000_001, 0xffff, at("80"))), formatVersion(9_000_002, 0, at("40")));
  wall.nowMs = 8_950_000;
  assertEquals(clock.next(), formatVersion(9_000_002, 1, at("40")), "time has come near to it");
  wall.nowMs = 0;
  assertEquals(clock.next(stored), formatVersion(9_000_002, 2, at("40")), "and then gone back");
});

Deno.test("HybridClock: a new life begins above the bound of the last one, whatever the wall clock shows now", () => {
  const rows: [wallMs: number, floorMs: number, want: Version, why: string][] = [
    [9_000, 5_000, formatVersion(9_000, 0, at("40")), "time went on"],
    [5_000, 5_000, formatVersion(5_001, 0, at("40")), "it started again at once"],
    [1_000, 5_000, formatVersion(5_001, 0, at("40")), "its clock is slow now"],
    [1_000, 0, formatVersion(1_000, 0, at("40")), "its first life"],
  ];
  for (const [wallMs, floorMs, want, why] of rows) {
    assertEquals(clockAt(wallMs, floorMs).clock.next(), want, why);
  }
});

Deno.test("HybridClock.needsBound(): a second ahead of the versions, asked for before they come to it", () => {
  const { wall, clock } = clockAt(1_000_000);
  const boundAt = (ms: number) => {
    wall.nowMs = ms;
    clock.next();
    return clock.needsBound();
  };
  assertEquals(boundAt(1_000_000), 1_001_000, "none is saved yet");
  clock.bounded(1_001_000);
  assertEquals([boundAt(1_000_000), boundAt(1_000_749)], [null, null]);
  assertEquals(boundAt(1_000_750), 1_001_750, "a quarter of a second is left");
  assertEquals(boundAt(1_000_900), 1_001_900, "until one is saved");
  clock.bounded(1_001_750);
  assertEquals([boundAt(1_000_900), clock.boundMs], [null, 1_001_750]);
  clock.bounded(1_001_000);
  assertEquals(clock.boundMs, 1_001_750, "a slow save of an older bound lowers nothing");
});

Deno.test("HybridClock.needsBound() covers versions ahead of the wall, and those that a life begins with", () => {
  const { clock } = clockAt(1_000_000);
  clock.observe(formatVersion(1_050_000, 0, at("80")));
  assertEquals(clock.needsBound(), 1_051_000);
  const resumed = clockAt(1_000_000, 1_051_000).clock;
  assertEquals(
    [resumed.boundMs, resumed.needsBound()],
    [1_051_000, 1_052_000],
    "its first version lies above it",
  );
});

Deno.test("HybridClock: through any jumps of the wall, no version is made twice, and each is above what it tops", () => {
  const step = fc.record({
    jumpMs: fc.integer({ min: -200_000, max: 200_000 }),
    above: fc.option(fc.record({
      ms: fc.integer({ min: 0, max: 500_000 }),
      counter: fc.constantFrom(0, 1, 0xfffe, 0xffff),
    })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { wall, clock } = clockAt(100_000);
      const made = new Set<Version>();
      for (const { jumpMs, above } of steps) {
        wall.nowMs += jumpMs;
        const stored = above === null ? undefined : formatVersion(above.ms, above.counter, at("ff"));
        const version = clock.next(stored);
        assertEquals([made.has(version), isVersion(version)], [false, true], version);
        assertEquals(stored === undefined || version > stored, true, `${version} above ${stored}`);
        made.add(version);
      }
    }),
    { seed: 16, numRuns: 500 },
  );
});

Deno.test("HybridClock: over any lives with any clocks, versions rise as long as bounds are saved in time", () => {
  const life = fc.record({
    wallMs: fc.integer({ min: 0, max: 100_000 }),
    steps: fc.array(fc.integer({ min: -3_000, max: 3_000 }), { minLength: 1, maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 6 }), (lives) => {
      let savedMs = 0;
      let last = versionZero;
      for (const { wallMs, steps } of lives) {
        const { wall, clock } = clockAt(wallMs, savedMs);
        for (const step of steps) {
          wall.nowMs += step;
          const version = clock.next();
          const boundMs = clock.needsBound();
          if (boundMs !== null) {
            savedMs = boundMs;
            clock.bounded(boundMs);
          }
          assertEquals(version > last, true, `${version} after ${last}`);
          assertEquals(versionMs(version) <= savedMs, true, "nobody is told a version above the bound");
          last = version;
        }
      }
    }),
    { seed: 15, numRuns: 300 },
  );
});
