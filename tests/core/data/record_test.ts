import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  isIntact,
  isLive,
  makeRecord,
  mergeRecords,
  type StoredRecord,
  withoutValue,
} from "../../../core/data/record.ts";
import { formatVersion, type Version } from "../../../core/data/version.ts";
import { at } from "../circle.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const version = formatVersion(1_000, 0, at("40"));

function record(fields: Partial<StoredRecord> = {}): StoredRecord {
  return makeRecord({
    key: "köln",
    value: bytes("1"),
    version,
    expiresAtMs: null,
    requestId: null,
    ...fields,
  });
}

/** Few keys, versions and values, so that ties and repeats are common. */
const records = fc.record({
  value: fc.option(fc.constantFrom("", "a", "b", "c").map(bytes)),
  version: fc.tuple(
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 1 }),
    fc.constantFrom("40", "80"),
  )
    .map(([ms, counter, id]) => formatVersion(ms, counter, at(id))),
  expiresAtMs: fc.option(fc.integer({ min: 0, max: 2 })),
  requestId: fc.option(fc.constantFrom("r1", "r2")),
}).map(record);

Deno.test("mergeRecords() is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(records, records, records, (a, b, c) => {
      assertEquals(mergeRecords(a, b), mergeRecords(b, a), "in either order");
      assertEquals(
        mergeRecords(a, mergeRecords(b, c)),
        mergeRecords(mergeRecords(a, b), c),
        "in any grouping",
      );
      assertEquals(mergeRecords(a, a), a, "any number of times");
    }),
    { seed: 9, numRuns: 1_000 },
  );
});

/** Copies of one version that differ all the same, intact or damaged, live, expired or without a value. */
const twins = fc.record({
  value: fc.option(fc.constantFrom("", "a", "b").map(bytes)),
  expiresAtMs: fc.option(fc.integer({ min: 0, max: 2 })),
  requestId: fc.option(fc.constantFrom("r1", "r2")),
  damagedBit: fc.option(fc.integer({ min: 0, max: 31 })),
}).map(({ damagedBit, ...fields }) => {
  const whole = record(fields);
  return damagedBit === null ? whole : { ...whole, checksum: (whole.checksum ^ (1 << damagedBit)) >>> 0 };
});

Deno.test("mergeRecords() of one version with different checksums is as lawful as of different versions", () => {
  fc.assert(
    fc.property(twins, twins, twins, (a, b, c) => {
      assertEquals(mergeRecords(a, b), mergeRecords(b, a), "in either order");
      assertEquals(
        mergeRecords(a, mergeRecords(b, c)),
        mergeRecords(mergeRecords(a, b), c),
        "in any grouping",
      );
      assertEquals(mergeRecords(a, a), a, "any number of times");
    }),
    { seed: 11, numRuns: 1_000 },
  );
});

Deno.test("mergeRecords() looks at the version alone: neither a tombstone nor an expired record yields for being one", () => {
  const past = formatVersion(900, 0, at("40"));
  const kinds: [kind: string, fields: Partial<StoredRecord>][] = [
    ["live", {}],
    ["expired long ago", { expiresAtMs: 1 }],
    ["a tombstone", { value: null }],
    ["a tombstone that expired", { value: null, expiresAtMs: 1 }],
  ];
  for (const [newer, fields] of kinds) {
    for (const [older, oldFields] of kinds) {
      const fresh = record(fields);
      const old = record({ ...oldFields, version: past });
      assertEquals(mergeRecords(old, fresh), fresh, `${newer} over ${older}`);
      assertEquals(mergeRecords(fresh, old), fresh, `${newer} over ${older}`);
    }
  }
});

Deno.test("mergeRecords() of copies that met in any order and grouping leaves all replicas equal", () => {
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 6 }).chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
      ),
      ([all, shuffled]) => {
        assertEquals(all.reduce(mergeRecords), shuffled.reduceRight(mergeRecords));
      },
    ),
    { seed: 10, numRuns: 500 },
  );
});

Deno.test("mergeRecords() keeps the larger version, whatever else the records say", () => {
  const later = (ms: number, counter: number, id: string) => formatVersion(ms, counter, at(id));
  const rows: [less: Version, more: Version, why: string][] = [
    [later(1, 9, "ff"), later(2, 0, "00"), "later by the clock"],
    [later(2, 0, "ff"), later(2, 1, "00"), "later by the counter"],
    [later(2, 1, "40"), later(2, 1, "41"), "by node, so that no two writes tie"],
    [later(0xfff, 0, "40"), later(0x1000, 0, "40"), "one digit more"],
  ];
  for (const [less, more, why] of rows) {
    const old = record({ version: less, value: bytes("zzz"), expiresAtMs: 9e12 });
    const fresh = record({ version: more, value: null });
    assertEquals(mergeRecords(old, fresh), fresh, why);
    assertEquals(mergeRecords(fresh, old), fresh, why);
  }
});

Deno.test("isLive() until exactly the millisecond of expiry", () => {
  const rows: [record: StoredRecord, nowMs: number, want: boolean, why: string][] = [
    [record(), Number.MAX_SAFE_INTEGER, true, "without expiry for ever"],
    [record({ expiresAtMs: 5_000 }), 4_999, true, "the millisecond before"],
    [record({ expiresAtMs: 5_000 }), 5_000, false, "the moment itself"],
    [record({ expiresAtMs: 5_000 }), 5_001, false, "after it"],
    [record({ expiresAtMs: 0 }), 0, false, "expired from the start"],
    [record({ value: null }), 0, false, "a tombstone"],
    [record({ value: null, expiresAtMs: 5_000 }), 0, false, "a tombstone that expires"],
    [record({ value: bytes("") }), 0, true, "an empty value is a value"],
  ];
  for (const [of, nowMs, want, why] of rows) assertEquals(isLive(of, nowMs), want, why);
});

Deno.test("isIntact() finds every single flipped bit of the value", () => {
  const whole = record({ value: bytes("a value of some thirty characters") });
  assertEquals(isIntact(whole), true);
  const value = whole.value as Uint8Array;
  for (let bit = 0; bit < value.length * 8; bit++) {
    const flipped = value.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assertEquals(isIntact({ ...whole, value: flipped }), false, `bit ${bit}`);
  }
  for (let bit = 0; bit < 32; bit++) {
    assertEquals(
      isIntact({ ...whole, checksum: (whole.checksum ^ (1 << bit)) >>> 0 }),
      false,
      `of the checksum`,
    );
  }
});

Deno.test("isIntact() notices a change of any field", () => {
  const whole = record({ expiresAtMs: 5_000, requestId: "r1" });
  const changes: Partial<StoredRecord>[] = [
    { key: "koln" },
    { key: "ko\u0308ln" },
    { value: null },
    { value: bytes("") },
    { value: bytes("11") },
    { version: formatVersion(1_000, 1, at("40")) },
    { expiresAtMs: 5_001 },
    { expiresAtMs: null },
    { requestId: "r2" },
    { requestId: null },
  ];
  for (const change of changes) {
    assertEquals(isIntact({ ...whole, ...change }), false, JSON.stringify(change));
  }
});

Deno.test("makeRecord(): fields do not run into each other in the checksum", () => {
  const pairs: [Partial<StoredRecord>, Partial<StoredRecord>][] = [
    [{ key: "ab", requestId: "c" }, { key: "a", requestId: "bc" }],
    [{ key: 'a","' }, { key: "a" }],
    [{ value: null }, { value: bytes("") }],
    [{ requestId: null }, { requestId: "null" }],
    [{ expiresAtMs: null }, { expiresAtMs: 0 }],
  ];
  for (const [a, b] of pairs) assertNotEquals(record(a).checksum, record(b).checksum, JSON.stringify([a, b]));
});

Deno.test("withoutValue() is the same write without its value, sealed anew", () => {
  const whole = record({ expiresAtMs: 5_000, requestId: "r1" });
  const bare = withoutValue(whole);
  assertEquals(bare, record({ expiresAtMs: 5_000, requestId: "r1", value: null }));
  assertEquals([isIntact(bare), isLive(bare, 0), bare.version], [true, false, whole.version]);
});
