import { assertEquals } from "@std/assert";
import { formatOfName } from "../../components/keys/preview.ts";
import { previewOf } from "../../islands/import_preview.ts";

const options = { format: "csv", prefix: "", ttlSeconds: null, rowsMax: 20 } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a preview shows the first rows as they would be stored", async () => {
  const file = new Blob([
    `key,value,ttl_seconds\n${"a,1,\n".repeat(10)}<b>,"x\ny",60\n${"b,2,\n".repeat(50)}`,
  ]);
  const { rows, hasMore, problem } = await previewOf(file, { ...options, prefix: "p/", ttlSeconds: 5 });
  assertEquals([rows.length, hasMore, problem], [20, true, null]);
  const row = { kind: "row", expiresAt: null } as const;
  assertEquals(rows[0], { ...row, line: 2, key: "p/a", bytes: bytes("1"), ttlSeconds: 5 });
  assertEquals(rows[10], { ...row, line: 12, key: "p/<b>", bytes: bytes("x\ny"), ttlSeconds: 60 });
});

Deno.test("a preview shows bad rows where they are, and a file that is none by its line", async () => {
  const rows = await previewOf(new Blob(["key,value\na\n,2\n"]), options);
  assertEquals(rows.rows.map((row) => row.kind === "bad" && [row.line, row.problem]), [
    [2, "it has 1 field, the header has 2"],
    [3, "its key is empty"],
  ]);
  const binary = await previewOf(new Blob(["key,value\na,1\n\u0000"]), options);
  assertEquals(binary.problem, { line: 3, message: "it is a binary file, not text" });
  assertEquals((await previewOf(new Blob([]), options)).problem, { line: 1, message: "it is empty" });
  const foreign = await previewOf(new Blob(["name,age\nAda,36\n"]), options);
  assertEquals(foreign.problem?.message.startsWith("its header is name,age"), true);
  const json = await previewOf(new Blob(['{"key":"a","text":"1"}\n[]\n']), { ...options, format: "jsonl" });
  assertEquals(json.rows.map(({ kind }) => kind), ["row", "bad"]);
});

Deno.test("a preview reads no more of a file than it shows", async () => {
  const blob = new Blob(["key,value\n", "a,1\n".repeat(1_000_000)]);
  let bytesRead = 0;
  const watched = new Proxy(blob, {
    get: (target, name) => {
      if (name === "size") return target.size;
      return (from: number, to: number) => {
        bytesRead += to - from;
        return target.slice(from, to);
      };
    },
  });
  assertEquals((await previewOf(watched, options)).hasMore, true);
  assertEquals(bytesRead, 64 * 1024);
});

Deno.test("formatOfName() tells CSV and JSON Lines apart", () => {
  const rows = [["a.csv", "csv"], ["a.JSONL", "jsonl"], ["a.ndjson", "jsonl"], ["a", "csv"]] as const;
  for (const [name, want] of rows) assertEquals(formatOfName(name), want);
});
