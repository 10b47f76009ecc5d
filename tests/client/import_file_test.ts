import { assertEquals, assertRejects } from "@std/assert";
import { importFile, type ImportFileOptions, stopImport } from "../../client/import_file.ts";
import { type Fetch, RondoError } from "../../client/mod.ts";

const urls = ["http://a.test"];
const csv: ImportFileOptions = { format: "csv" };
const file = new Blob(["key,value\n"]);

interface Asked {
  readonly line: string;
  readonly type: string | null;
}

function answering(
  answer: () => Response | Promise<Response>,
): { asked: Asked[]; client: { urls: string[]; fetch: Fetch } } {
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ line: `${init.method} ${url}`, type: new Headers(init.headers).get("content-type") });
    return await answer();
  };
  return { asked, client: { urls, fetch } };
}

const counts = { done: 1, total: 2, ok: 1, skipped: 0, failed: 0, lastRow: 2 };
const end = { finished: true, dry: false, ...counts, created: 1, unknown: 0, duplicates: 0, seconds: 0.1 };
const problem = { row: 3, key: "k", code: "UNAVAILABLE", message: "m" };

Deno.test("importFile() tells what the node says, however its lines are cut", async () => {
  const lines = [{ id: "i" }, problem, counts, { news: "of a later version" }, { ...end, more: 1 }];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  for (const size of [7, 100, text.length]) {
    const { client } = answering(() => {
      const pieces = (text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).values();
      return new Response(ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()));
    });
    assertEquals(await Array.fromAsync(importFile(client, file, csv)), [
      { kind: "begun", id: "i" },
      { kind: "row", problem },
      { kind: "progress", counts },
      { kind: "end", end },
    ]);
  }
});

Deno.test("importFile() asks for what its options say", async () => {
  const rows: [options: ImportFileOptions, query: string, type: string][] = [
    [csv, "", "text/csv"],
    [{ format: "jsonl", prefix: "p/", ttlSeconds: 60 }, "?prefix=p%2F&ttl=60", "application/x-ndjson"],
    [{ format: "csv", onConflict: "skip", isDry: true }, "?onConflict=skip&dry=true", "text/csv"],
  ];
  for (const [options, query, type] of rows) {
    const { asked, client } = answering(() => new Response(""));
    await Array.fromAsync(importFile(client, file, options));
    assertEquals(asked, [{ line: `POST http://a.test/api/import${query}`, type }]);
  }
});

Deno.test("importFile() gives the report of a bad file, and throws other refusals", async () => {
  const error = { code: "BAD_FILE", message: "Cannot import the file", requestId: "r" };
  const report = { error, problems: [{ row: 2, code: "KEY_EMPTY", message: "m" }], bad: 1, rows: 1 };
  const bad = answering(() => Response.json(report, { status: 422 }));
  const [line] = await Array.fromAsync(importFile(bad.client, file, csv));
  assertEquals(line?.kind === "bad" && [line.report.bad, line.report.problems[0]?.row], [1, 2]);
  const refusals: [answer: () => Response, code: string][] = [
    [
      () => Response.json({ error: { code: "FILE_TOO_LARGE", message: "m" } }, { status: 413 }),
      "FILE_TOO_LARGE",
    ],
    [() => new Response("no", { status: 502 }), "HTTP_502"],
    [() => {
      throw new TypeError("Failed to fetch");
    }, "CONNECTION_LOST"],
    [
      () => new Response(new ReadableStream({ pull: (c) => c.error(new TypeError("reset")) })),
      "CONNECTION_LOST",
    ],
  ];
  for (const [answer, code] of refusals) {
    const { client } = answering(answer);
    const thrown = await assertRejects(() => Array.fromAsync(importFile(client, file, csv)), RondoError);
    assertEquals(thrown.code, code);
  }
});

Deno.test("stopImport() stops what runs, and what has ended is stopped", async () => {
  const { asked, client } = answering(() => Response.json({ success: true }));
  await stopImport(client, "a/b");
  assertEquals(asked[0]?.line, "DELETE http://a.test/api/import/a%2Fb");
  await stopImport(answering(() => Response.json({}, { status: 404 })).client, "i");
  const broken = answering(() => new Response("", { status: 500 }));
  await assertRejects(() => stopImport(broken.client, "i"), RondoError);
});
