import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkKey as checkCoreKey } from "../../../core/data/key_form.ts";
import { isIntact, keyBytesMax, makeRecord } from "../../../core/data/record.ts";
import { formatVersion } from "../../../core/data/version.ts";
import { fromWire, toWire } from "../../../core/data/wire_record.ts";
import { BadRecordError } from "../../../core/errors.ts";
import type { Id } from "../../../core/id.ts";
import { wireRecord } from "../../../core/protocol_shapes.ts";
import { checkFile, type FileFormat, rowSource } from "../../../transport/import_check.ts";
import { RestError } from "../../../transport/rest_error.ts";
import { checkKey, decodePercent, readQuery } from "../../../transport/rest_input.ts";
import { brokenJson, hostileBytes, hostileJson, hostileText, utf8 } from "../hostile.ts";
import { pure } from "../property.ts";
import { nearlyFitting } from "../schema_arbitrary.ts";

const version = formatVersion(Date.UTC(2026, 0, 1), 0, "40" as Id);
const sealed = fc.record({
  key: hostileText,
  value: fc.option(fc.uint8Array({ maxLength: 60 })),
  version: fc.constant(version),
  expiresAtMs: fc.option(fc.maxSafeInteger().map(Math.abs)),
  requestId: fc.option(fc.string({ maxLength: 128 })),
}).map((fields) => toWire(makeRecord(fields)));

export const records = pure({
  name: "records",
  summary: "a record off the wire is what its maker sealed, or it is refused",
  share: 8,
  inputs: fc.oneof(
    sealed,
    fc.tuple(sealed, nearlyFitting(wireRecord)).map(([one, other]) => mixed(one, other)),
  ),
  trial: (json) => {
    const parsed = wireRecord.safeParse(JSON.parse(JSON.stringify(json)));
    if (!parsed.success) return;
    try {
      const record = fromWire(parsed.data);
      assert(isIntact(record));
      assertEquals(fromWire(toWire(record)), record);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
    }
  },
});

/** A sealed record, one member of which is another's. */
function mixed(one: object, other: unknown): unknown {
  const [member] = Object.entries(other ?? {});
  return member === undefined ? other : { ...one, [member[0]]: member[1] };
}

const keyText = fc.oneof(
  hostileText,
  hostileText.filter((text) => text.isWellFormed()).map(encodeURIComponent),
  hostileText.map((text) => text.replace(/./g, (char) => `%${char.charCodeAt(0).toString(16).slice(0, 2)}`)),
);

export const keys = pure({
  name: "keys",
  summary: "a key out of a path is the text that was encoded, and one that core takes too; else a 400",
  share: 8,
  inputs: keyText,
  trial: (text) => {
    try {
      const key = checkKey(decodePercent(text));
      checkCoreKey(key);
      assert(utf8(key).length <= keyBytesMax);
      assertEquals(decodePercent(encodeURIComponent(key)), key);
    } catch (error) {
      assert(error instanceof RestError && error.status === 400, String(error));
    }
  },
});

export const queries = pure({
  name: "queries",
  summary: "a query is read as members that are allowed, once each; else a 400",
  share: 4,
  inputs: fc.array(fc.tuple(fc.oneof(fc.constantFrom("key", "ttl"), hostileText), hostileText), {
    maxLength: 4,
  })
    .map((pairs) => pairs.map((pair) => pair.join("=")).join("&")),
  trial: (text) => {
    try {
      for (const [name] of readQuery(text, ["key", "ttl"])) assert(name === "key" || name === "ttl");
    } catch (error) {
      assert(error instanceof RestError && error.status === 400, String(error));
    }
  },
});

const cell = fc.oneof(hostileText, hostileText.map((text) => `"${text.replaceAll('"', '""')}"`));
const csvText = fc.tuple(
  fc.constantFrom(
    "key,value\n",
    "key,value,ttl_seconds,encoding\r\n",
    "value,key\n",
    "",
    "\ufeffkey,value\n",
  ),
  fc.array(fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(",")), { maxLength: 8 }),
).map(([header, lines]) => header + lines.join("\n"));
const rowJson = fc.record({
  key: fc.oneof(hostileText, hostileJson),
  value: fc.oneof(fc.base64String(), hostileJson),
  text: fc.oneof(hostileText, hostileJson),
  version: fc.oneof(fc.constant(version), hostileJson),
  expiresAt: fc.oneof(fc.constant("2030-01-01T00:00:00.000Z"), hostileJson),
}, { requiredKeys: ["key"] });
const jsonLine = fc.oneof(
  { weight: 3, arbitrary: rowJson.map((row) => JSON.stringify(row)) },
  brokenJson(rowJson),
);
const jsonLines = fc.array(jsonLine, { maxLength: 8 }).map((lines) => lines.join("\n"));

export const rows = pure({
  name: "rows",
  summary: "any file to import is rows that can be stored, or problems with their lines",
  share: 10,
  inputs: fc.tuple(
    fc.oneof(csvText.map(utf8), jsonLines.map(utf8), hostileBytes),
    fc.constantFrom<FileFormat>("csv", "jsonl"),
    fc.oneof(fc.constant(""), hostileText),
  ),
  trial: async ([bytes, format, prefix]) => {
    const source = rowSource(bytes, {
      format,
      prefix,
      ttlSeconds: undefined,
      valueBytesMax: 1_000,
      needsVersions: format === "jsonl",
    });
    const file = await checkFile(source);
    if (file.kind === "bad") return assert(file.bad > 0 && file.problems.every(({ row }) => row >= 1));
    for await (const parsed of source()) {
      assert(parsed.kind === "row");
      checkCoreKey(parsed.row.key);
    }
  },
});
