import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BadFileError } from "../../../client/rows/bad_file.ts";
import { type CsvOptions, csvRows } from "../../../client/rows/csv_rows.ts";
import type { ParsedRow } from "../../../client/rows/row.ts";

/** The rows of a file in chunks of `chunkBytes`, as `LINE KEY=VALUE` or `LINE ! PROBLEM`. */
async function read(
  file: string | Uint8Array<ArrayBuffer>,
  options: Partial<CsvOptions> = {},
  chunkBytes = 7,
): Promise<string[]> {
  const rows = csvRows(chunksOf(file, chunkBytes), "f.csv", { delimiter: ",", prefix: "", ...options });
  return (await Array.fromAsync(rows)).map(show);
}

function chunksOf(file: string | Uint8Array<ArrayBuffer>, chunkBytes: number): ReadableStream<Uint8Array> {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.slice(at, at + chunkBytes));
  return ReadableStream.from(chunks);
}

function show(parsed: ParsedRow): string {
  if (parsed.kind === "bad") return `${parsed.line} ! ${parsed.problem}`;
  return `${parsed.row.line} ${parsed.row.key}=${String(parsed.row.value)}`;
}

Deno.test("csvRows() reads what spreadsheets write", async (t) => {
  const rows: [what: string, file: string | Uint8Array<ArrayBuffer>, want: string[]][] = [
    ["plain", "k,v\na,1\nb,2\n", ["2 a=1", "3 b=2"]],
    ["no newline at the end", "k,v\na,1", ["2 a=1"]],
    ["CRLF", "k,v\r\na,1\r\nb,2\r\n", ["2 a=1", "3 b=2"]],
    ["both in one file", "k,v\na,1\r\nb,2\n", ["2 a=1", "3 b=2"]],
    ["a byte order mark", "\ufeffk,v\na,1\n", ["2 a=1"]],
    ["a mark elsewhere is text", "k,v\n\ufeffa,1\n", ["2 \ufeffa=1"]],
    ["quotes", 'k,"v"\n"a","1, 2 ""x"""\n', ['2 a=1, 2 "x"']],
    ["an empty quoted field", 'k,v\na,""\n', ["2 a="]],
    ["lines within quotes, then the right number", 'k,v\na,"1\n\n2"\nb,3\n', ["2 a=1\n\n2", "5 b=3"]],
    ["CRLF within quotes counts once", 'k,v\r\na,"1\r\n2"\r\nb,3\r\n', ["2 a=1\r\n2", "4 b=3"]],
    ["blank lines", "\nk,v\n\na,1\n\r\nb,2\n\n", ["4 a=1", "6 b=2"]],
    ["a header alone", "k,v\n", []],
    ["any script", "k,v\nключ,значение\n鍵,🌍\n", ["2 ключ=значение", "3 鍵=🌍"]],
    ["spaces are text", "k,v\n a , 1 \n", ["2  a = 1 "]],
  ];
  for (const [what, file, want] of rows) {
    await t.step(what, async () => {
      for (const chunkBytes of [1, 7, 4096]) assertEquals(await read(file, { value: "v" }, chunkBytes), want);
    });
  }
});

Deno.test("csvRows() tells each bad row by its line and goes on", async (t) => {
  const latin1 = new Uint8Array([
    ...new TextEncoder().encode("k,v\na,"),
    0xe9,
    ...new TextEncoder().encode("\nb,2\n"),
  ]);
  const unclosed = "a quoted field that begins here does not close";
  const rows: [what: string, file: string | Uint8Array<ArrayBuffer>, want: string[]][] = [
    ["too few and too many fields", "k,v\na\nb,2\nc,3,4\n", [
      "2 ! it has 1 field, the header has 2",
      "3 b=2",
      "4 ! it has 3 fields, the header has 2",
    ]],
    ["no key", "k,v\n,1\nb,2\n", ["2 ! its key is empty", "3 b=2"]],
    ["a key over 512 bytes", `k,v\n${"ü".repeat(257)},1\n${"x".repeat(512)},2\n`, [
      "2 ! the key has 514 bytes, the most is 512",
      `3 ${"x".repeat(512)}=2`,
    ]],
    ["not UTF-8", latin1, ["2 ! it is not UTF-8", "3 b=2"]],
    ["text after a quote", 'k,v\na,"1"x\nb,2\n', ["2 ! text follows the closing quote of a field", "3 b=2"]],
    ["a quote in the middle", 'k,v\na,5" pipe\nb,2\n', [
      "2 ! a quote stands inside a field that does not begin with one",
      "3 b=2",
    ]],
    ["a quote that never closes", 'k,v\na,1\nb,"2\nc,3\n', ["2 a=1", `3 ! ${unclosed}`]],
  ];
  for (const [what, file, want] of rows) {
    await t.step(what, async () => assertEquals(await read(file, { value: "v" }), want));
  }
});

Deno.test("csvRows() refuses what is no CSV with a header, with one line", async (t) => {
  const rows: [what: string, file: string | Uint8Array<ArrayBuffer>, message: string][] = [
    ["empty", "", "Cannot import f.csv: it is empty"],
    ["blank", "\n\n", "Cannot import f.csv: it is empty"],
    [
      "binary",
      new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
      "it is a binary file, not text",
    ],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x6b, 0]), "it is UTF-16, save it as UTF-8"],
    ["a column without a name", "k,,v\n1,2,3\n", "its header (line 1): a column has no name"],
    ["a name twice", "\nk,v,k\n1,2,3\n", 'its header (line 2): two columns are named "k"'],
    ["a broken header", 'k,"v"x\n1,2\n', "its header (line 1): text follows the closing quote of a field"],
    ["CR alone", "k,v\ra,1\r", "its header (line 1): lines end in CR alone, save it with LF"],
  ];
  for (const [what, file, message] of rows) {
    await t.step(what, async () => {
      await assertRejects(() => read(file, {}, 4096), BadFileError, message);
    });
  }
});

Deno.test("csvRows() makes keys and values as it is told", async (t) => {
  const file = "c,n,v\nFR,69,Rhône\nDE,,Bayern\n";
  const rows: [what: string, options: Partial<CsvOptions>, want: string[]][] = [
    ["the first column, the whole row", {}, [
      '2 FR={"c":"FR","n":"69","v":"Rhône"}',
      '3 DE={"c":"DE","n":"","v":"Bayern"}',
    ]],
    ["columns", { key: "v", value: "c" }, ["2 Rhône=FR", "3 Bayern=DE"]],
    ["a template", { key: "{c}-{n}", value: "{v} ({c})" }, ["2 FR-69=Rhône (FR)", "3 ! its key is empty"]],
    ["a prefix", { value: "v", prefix: "iso/" }, ["2 iso/FR=Rhône", "3 iso/DE=Bayern"]],
  ];
  for (const [what, options, want] of rows) {
    await t.step(what, async () => assertEquals(await read(file, options), want));
  }
  assertEquals(await read("a;b\n1;2,5\n", { delimiter: ";", value: "b" }), ["2 1=2,5"]);
  assertEquals(
    await read("{x},b\n1,2\n", { key: "{x}", value: "b" }),
    ["2 1=2"],
    "a column may look like a template",
  );
});

Deno.test("csvRows() reads back any fields that were quoted by the book", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", "ü", " ", ""), maxLength: 8 });
  const table = fc.array(fc.tuple(field, field), { maxLength: 8 });
  await fc.assert(fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (fields, chunkBytes) => {
    const quoted = fields.map(([a, b], index) =>
      [`k${index}`, a, b].map((text) => `"${text.replaceAll('"', '""')}"`)
    );
    const file = ["k,a,b", ...quoted.map((row) => row.join(","))].join("\n") + "\n";
    const rows = await Array.fromAsync(
      csvRows(chunksOf(file, chunkBytes), "f", { delimiter: ",", prefix: "", value: "{a}{b}" }),
    );
    assertEquals(rows.length, fields.length);
    rows.forEach((parsed, index) => {
      const [a = "", b = ""] = fields[index] ?? [];
      const want = a === "" || b === "" ? "" : a + b;
      assertEquals(parsed.kind === "row" ? parsed.row.value : null, want);
    });
  }));
});
