import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BadFileError } from "../../../client/rows/bad_file.ts";
import { type CsvOptions, csvRows } from "../../../client/rows/csv_rows.ts";
import { keyValueHeaderLine, keyValueLine } from "../../../client/rows/key_value_columns.ts";
import type { ParsedRow } from "../../../client/rows/row.ts";

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly ttlSeconds: number | null;
}

function fileOf(entries: readonly Entry[]): string {
  const lines = entries.map(({ key, value, ttlSeconds }) => keyValueLine(key, value, ttlSeconds));
  return keyValueHeaderLine + lines.join("");
}

async function read(file: string, options: Partial<CsvOptions> = {}): Promise<ParsedRow[]> {
  const rows = csvRows(new Blob([file]).stream(), "f.csv", { delimiter: ",", prefix: "", ...options });
  return await Array.fromAsync(rows);
}

function entryOf(parsed: ParsedRow): Entry {
  if (parsed.kind === "bad") throw new Error(`line ${parsed.line}: ${parsed.problem}`);
  const { key, value, ttlSeconds = null } = parsed.row;
  return { key, value: typeof value === "string" ? bytes(value) : new Uint8Array(value), ttlSeconds };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text with what CSV, spreadsheets and decoders stumble over. */
const awkward = fc.string({
  unit: fc.constantFrom(
    ...["a", "0", '"', '""', ",", ";", "\n", "\r", "\r\n", "\t", " ", "'", "=", "+", "-", "@", "＝"],
    ...["ü", "鍵", "🌍", "\u200f", "\ufeff", "\u0000", "\u001b", "\u0085", "\u2028"],
  ),
  maxLength: 12,
});
const key = fc.oneof(awkward, fc.string({ unit: "grapheme", maxLength: 20 })).filter((text) => text !== "");
const value = fc.oneof(awkward.map(bytes), fc.uint8Array({ maxLength: 20 }));
const ttlSeconds = fc.option(fc.integer({ min: 1, max: 1e9 }));
const entries = fc.array(fc.record({ key, value, ttlSeconds }), { maxLength: 8 });

Deno.test("A table of keys and values reads back as it was written, whatever is in it", async () => {
  await fc.assert(fc.asyncProperty(entries, async (written) => {
    assertEquals((await read(fileOf(written))).map(entryOf), written);
  }));
});

Deno.test("No cell of an exported table is a formula to a spreadsheet, or a reason to call it binary", () => {
  fc.assert(fc.property(entries, (written) => {
    const file = fileOf(written);
    // Quoted cells with their doubled quotes, or bare ones.
    for (const [, quoted, bare = ""] of file.matchAll(/"((?:[^"]|"")*)"|([^,"\r\n]+)/g)) {
      assert(!/^[=+\-@\t\r\n＝＋－＠]/.test(quoted ?? bare), file);
    }
    assert(!file.includes("\0") && !file.includes("\u001b"));
  }));
});

Deno.test("keyValueLine() writes text as text, and in base64 what text cannot carry", () => {
  const rows: [key: string, value: Uint8Array, ttlSeconds: number | null, want: string][] = [
    ["a", bytes("1"), null, "a,1,,text"],
    ["a", bytes(""), 60, "a,,60,text"],
    ["a,b", bytes('say "hi"'), null, '"a,b","say ""hi""",,text'],
    ["ключ", bytes("two\nlines"), null, 'ключ,"two\nlines",,text'],
    ["=1+1", bytes("@SUM(A1)"), null, "'=1+1,'@SUM(A1),,text"],
    ["'a", bytes("-5"), null, "''a,'-5,,text"],
    ["a", new Uint8Array([0xff, 0xfe]), null, "a,//4=,,base64"],
    ["a", new Uint8Array([0xfb, 0xef, 0xbe]), null, "a,'++++,,base64"],
    ["a\0", bytes("x"), null, "YQA=,eA==,,base64-both"],
  ];
  for (const [key, value, ttlSeconds, want] of rows) {
    assertEquals(keyValueLine(key, value, ttlSeconds), `${want}\r\n`);
  }
});

Deno.test("A table that people wrote may leave columns out, or have them in another order", async () => {
  const file = "value,key\n1,a\n";
  assertEquals((await read(file, { prefix: "p/", ttlSeconds: 9 })).map(entryOf), [
    { key: "p/a", value: bytes("1"), ttlSeconds: 9 },
  ]);
  const mixed = "encoding,ttl_seconds,key,value\n,,a,1\nbase64,5,b,aGk=\n";
  assertEquals((await read(mixed, { ttlSeconds: 9 })).map(entryOf), [
    { key: "a", value: bytes("1"), ttlSeconds: 9 },
    { key: "b", value: bytes("hi"), ttlSeconds: 5 },
  ]);
});

Deno.test("A bad row of a table is told by its line, with a code for programs", async () => {
  const rows: [row: string, code: string, problem: string][] = [
    ["a,1,,rot13", "BAD_ENCODING", "its encoding is none of text, base64, base64-both"],
    ["a,1,0,", "BAD_TTL", "its ttl_seconds is no whole number of seconds from 1"],
    ["a,1,1.5,", "BAD_TTL", "its ttl_seconds is no whole number of seconds from 1"],
    ["a,1,9999999999999,", "BAD_TTL", "its ttl_seconds is no whole number of seconds from 1"],
    ["a,%%,,base64", "BAD_BASE64", "its value is not base64"],
    ["a,aGk,,base64", "BAD_BASE64", "its value is not base64"],
    ["%%,aGk=,,base64-both", "BAD_BASE64", "its key is not base64"],
    ["//4=,aGk=,,base64-both", "BAD_BASE64", "its key is not base64"],
    [",1,,", "KEY_EMPTY", "its key is empty"],
    [`${"x".repeat(513)},1,,`, "KEY_TOO_LARGE", "the key has 513 bytes, the most is 512"],
    ["a,12345678901,,", "VALUE_TOO_LARGE", "the value has 11 bytes, the most is 10"],
    ["a,üüüüüü,,", "VALUE_TOO_LARGE", "the value has 12 bytes, the most is 10"],
    ["a,1", "WRONG_COLUMNS", "it has 2 fields, the header has 4"],
  ];
  for (const [row, code, problem] of rows) {
    const file = `key,value,ttl_seconds,encoding\nok,1,,\n${row}\n`;
    const [good, bad] = await read(file, { valueBytesMax: 10 });
    assertEquals(good?.kind, "row");
    assertEquals(bad, { kind: "bad", line: 3, code, problem } as ParsedRow);
  }
});

Deno.test("Where an export is wanted, a file with other columns is refused", async () => {
  for (const header of ["k,v", "key", "key,value,ttl", "key,value,color"]) {
    const error = await assertRejects(() => read(`\n${header}\n1,2,3\n`, { isExport: true }), BadFileError);
    assertEquals([error.code, error.line], ["WRONG_COLUMNS", 2]);
    assert(error.message.endsWith(`its header is ${header}, it takes key,value[,ttl_seconds][,encoding]`));
  }
});
