import { assertEquals } from "@std/assert";
import { type JsonLinesOptions, jsonLinesRows } from "../../../client/rows/json_lines_rows.ts";
import type { ParsedRow } from "../../../client/rows/row.ts";

async function read(text: string | Uint8Array<ArrayBuffer>, options: Partial<JsonLinesOptions> = {}) {
  const rows = jsonLinesRows(new Blob([text]).stream(), "f.jsonl", { prefix: "", ...options });
  return await Array.fromAsync(rows);
}

function only(rows: readonly ParsedRow[]): ParsedRow | undefined {
  assertEquals(rows.length, 1);
  return rows[0];
}

Deno.test("jsonLinesRows() reads values in base64 and as text, and when they expire", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const file = [
    '\ufeff{"key":"a","value":"aGk="}\r',
    "",
    '{"key":"b","text":"hö","expiresAt":"2030-01-01T00:00:00Z"}',
    '{"key":"c","text":"","version":"1.2.3","expiresAt":null}',
    '{"key":"d","text":"x","expiresAt":5}',
  ].join("\n");
  assertEquals(await read(file, { prefix: "p/", ttlSeconds: 9 }), [
    { kind: "row", row: { line: 1, key: "p/a", value: bytes("hi"), ttlSeconds: 9 } },
    { kind: "row", row: { line: 3, key: "p/b", value: "hö", expiresAt: new Date("2030-01-01T00:00:00Z") } },
    { kind: "row", row: { line: 4, key: "p/c", value: "", ttlSeconds: 9, version: "1.2.3" } },
    { kind: "row", row: { line: 5, key: "p/d", value: "x", expiresAt: new Date(5) } },
  ]);
});

Deno.test("jsonLinesRows() says what is wrong with a row", async (t) => {
  const either = 'it takes either "value" (base64) or "text"';
  const rows: [line: string | Uint8Array<ArrayBuffer>, problem: string][] = [
    ["{", "it is not JSON"],
    ["key,value", "it is not JSON"],
    [new Uint8Array([0x22, 0xe9, 0x22]), "it is not UTF-8"],
    ['["a"]', "it has to be an object"],
    ['{"text":"x"}', '"key" has to be text'],
    ['{"key":1,"text":"x"}', '"key" has to be text'],
    ['{"key":"","text":"x"}', "its key is empty"],
    [`{"key":"${"x".repeat(513)}","text":"x"}`, "the key has 513 bytes, the most is 512"],
    ['{"key":"\\ud800","text":"x"}', "the key is not Unicode text"],
    ['{"key":"a"}', either],
    ['{"key":"a","text":"x","value":"aGk="}', either],
    ['{"key":"a","value":"%%"}', '"value" has to be base64'],
    ['{"key":"a","text":"x","expiresAt":"soon"}', '"expiresAt" has to be ISO 8601 or milliseconds'],
    ['{"key":"a","text":"x","expires_at":5}', 'it takes no "expires_at"'],
  ];
  for (const [line, problem] of rows) {
    await t.step(String(line).slice(0, 40), async () => {
      const parsed = only(await read(line));
      const told = parsed?.kind === "bad" ? parsed.problem : "";
      assertEquals(told.includes(problem), true, told);
    });
  }
});
