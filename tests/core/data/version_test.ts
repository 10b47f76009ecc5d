import { assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import {
  formatVersion,
  HybridClock,
  isVersion,
  type Version,
  versionMs,
  versionZero,
} from "../../../core/data/version.ts";
import { ChordError } from "../../../core/errors.ts";
import { at } from "../circle.ts";

/** A hybrid clock over a wall clock that the test sets. */
function clockAt(wallMs: number) {
  const wall = { nowMs: wallMs };
  return { wall, clock: new HybridClock(at("40"), () => wall.nowMs) };
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
    ms: fc.integer({ min: 0, max: 20_000 }),
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
          clock.observe(version);
          if (version > last) last = version;
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
