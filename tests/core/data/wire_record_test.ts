import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { makeRecord } from "../../../core/data/record.ts";
import { formatVersion } from "../../../core/data/version.ts";
import { fromWire, toWire } from "../../../core/data/wire_record.ts";
import { BadRecordError, errorCode } from "../../../core/errors.ts";
import { methods, type WireRecord } from "../../../core/protocol.ts";
import { at } from "../circle.ts";

const version = formatVersion(1_000, 0, at("40"));
const wire = toWire(
  makeRecord({ key: "k", value: new Uint8Array([1, 2, 3]), version, expiresAtMs: 5, requestId: "r" }),
);

Deno.test("toWire() and fromWire(): a record comes back from JSON as it was", () => {
  const records = fc.record({
    key: fc.string({ unit: "grapheme", minLength: 1 }),
    value: fc.option(fc.uint8Array({ maxLength: 50 })),
    version: fc.constant(version),
    expiresAtMs: fc.option(fc.integer({ min: 0 })),
    requestId: fc.option(fc.string({ minLength: 1, maxLength: 20 })),
  }).map(makeRecord);
  const page = methods["partition.push"].params;
  fc.assert(
    fc.property(records, (record) => {
      const text = JSON.stringify({ epoch: 1, records: [toWire(record)] });
      const { records: [back] } = page.parse(JSON.parse(text));
      assertEquals(fromWire(back as WireRecord), record);
    }),
    { seed: 15, numRuns: 300 },
  );
});

Deno.test("fromWire() refuses a record that is not what its maker sealed", () => {
  const rows: [change: Partial<WireRecord>, why: string][] = [
    [{ value: "AQIE" }, "another byte"],
    [{ value: null }, "made a tombstone"],
    [{ value: "AQ" }, "cut short"],
    [{ value: "%%%" }, "no base64"],
    [{ key: "K" }, "another key"],
    [{ expiresAtMs: null }, "made to live for ever"],
    [{ requestId: null }, "without its request"],
    [{ version: formatVersion(1_001, 0, at("40")) }, "made newer"],
    [{ checksum: wire.checksum ^ 1 }, "another checksum"],
  ];
  assertEquals(fromWire(wire).value, new Uint8Array([1, 2, 3]));
  for (const [change, why] of rows) {
    const error = assertThrows(() => fromWire({ ...wire, ...change }), BadRecordError, undefined, why);
    assertEquals([error.code, error.data.definite], [errorCode.badRecord, true]);
  }
});

Deno.test("fromWire() refuses a sound record of another key than was asked for", () => {
  assertEquals(fromWire(wire, "k"), fromWire(wire));
  assertThrows(() => fromWire(wire, "l"), BadRecordError, 'the record of "l"');
});

Deno.test("fromWire() leaves out what a newer peer may have added", () => {
  const more = { ...wire, colour: "red" } as WireRecord;
  const { records: [back] } = methods["partition.push"].params.parse({ epoch: 1, records: [more] });
  assertEquals(fromWire(back as WireRecord), fromWire(wire));
});
