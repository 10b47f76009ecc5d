import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { UncertainError } from "../../core/errors.ts";
import { createHandler, type Handler } from "../../transport/handler.ts";
import type { ImportOptions } from "../../transport/import_route.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { FakeNode, logbook } from "./fake_node.ts";

const csvType = "text/csv; charset=utf-8";
const jsonLinesType = "application/x-ndjson";

/** One node that imports, and what it logged. */
function start(options: Partial<ImportOptions> = {}) {
  const node = new FakeNode();
  const book = logbook();
  const handler = createHandler(node, {
    log: book.log,
    onLeave: () => {},
    ...{ pause: () => Promise.resolve(), ...options },
  });
  return { node, handler, ...book };
}

function request(body: BodyInit, query = "", type: string | null = csvType, init: RequestInit = {}): Request {
  const headers: HeadersInit = type === null ? {} : { "content-type": type };
  return new Request(`http://127.0.0.1:8440/api/import${query}`, { ...init, method: "POST", headers, body });
}

type Line = Record<string, unknown>;

/** All lines of the answer, each of the form that the documents promise. */
async function importAll(handler: Handler, ...args: Parameters<typeof request>): Promise<Line[]> {
  const response = await handler(request(...args));
  const text = await response.text();
  assertEquals([response.status, response.headers.get("content-type")], [200, jsonLinesType], text);
  return text.trimEnd().split("\n").map((line) => shapes.importLine.parse(JSON.parse(line)) as Line);
}

/** The refusal's status and code, its problems, and what reached the node. */
async function refusal({ node, handler }: ReturnType<typeof start>, ...args: Parameters<typeof request>) {
  const response = await handler(request(...args));
  const body = await response.json();
  assertEquals(node.calls, [], "nothing is stored");
  return { status: response.status, code: body.error?.code, body };
}

function textOf(node: FakeNode, key: string): string {
  return new TextDecoder().decode(node.records.get(key)?.value ?? undefined);
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => `k${i},v${i}\n`).join("");

Deno.test("import of CSV stores every row and ends with what came of it", async () => {
  const { node, handler, events } = start();
  const file =
    'key,value,ttl_seconds,encoding\r\na,1,,\r\n"b ""x""","two\nlines",60,text\r\nc,AAEC,,base64\r\n';
  const lines = await importAll(handler, file);
  const last = lines.at(-1);
  assertEquals({ ...last, seconds: 0 }, {
    finished: true,
    dry: false,
    done: 3,
    total: 3,
    ok: 3,
    skipped: 0,
    failed: 0,
    lastRow: 5,
    created: 3,
    unknown: 0,
    duplicates: 0,
    seconds: 0,
  });
  assertMatch(String(lines[0]?.["id"]), /^[0-9a-f-]{36}$/);
  assertEquals(lines[1], { done: 0, total: 3, ok: 0, skipped: 0, failed: 0, lastRow: null });
  assertEquals([textOf(node, "a"), textOf(node, 'b "x"')], ["1", "two\nlines"]);
  assertEquals(node.records.get("c")?.value, new Uint8Array([0, 1, 2]));
  assertEquals(node.records.get('b "x"')?.expiresAtMs, 1_700_000_060_000);
  assertEquals(events, ["import.finished"]);
});

Deno.test("import of JSON Lines takes text and base64, with the moment at which they expire", async () => {
  const { node, handler } = start();
  const rows = [
    { key: "a", text: "é" },
    { key: "b", value: "AAEC" },
    { key: "c", text: "x", expiresAt: "2099-01-01T00:00:00Z" },
    { key: "gone", text: "x", expiresAt: "2001-01-01T00:00:00Z" },
  ];
  const body = rows.map((row) => JSON.stringify(row)).join("\n\n");
  const lines = await importAll(handler, body, "?prefix=p%2F", jsonLinesType);
  const last = lines.at(-1);
  assertEquals(
    [last?.["finished"], last?.["ok"], last?.["skipped"]],
    [true, 3, 1],
    "what is over stays away",
  );
  assertEquals([textOf(node, "p/a"), node.records.has("p/gone")], ["é", false]);
  const expiring = node.calls.find((call) => call.startsWith("put p/c"));
  assertStringIncludes(expiring ?? "", `"expiresAtMs":${Date.UTC(2099, 0, 1)}`);
});

Deno.test("import gives rows without an expiry the asked one, and leaves the others theirs", async () => {
  const { node, handler } = start();
  await importAll(handler, "key,value,ttl_seconds\na,1,\nb,2,5\n", "?ttl=60");
  const expiries = ["a", "b"].map((key) => node.records.get(key)?.expiresAtMs);
  assertEquals(expiries, [1_700_000_060_000, 1_700_000_005_000]);
});

Deno.test("import of a file with bad rows tells each by its line and stores nothing", async () => {
  const long = "x".repeat(1_001);
  const rows: [file: string, type: string, problems: [row: number, code: string][]][] = [
    ["key,value\na,1\nb\n,2\nc,3,4\n", csvType, [[3, "WRONG_COLUMNS"], [4, "KEY_EMPTY"], [
      5,
      "WRONG_COLUMNS",
    ]]],
    [`key,value\na,${long}\n${"k".repeat(513)},1\n`, csvType, [[2, "VALUE_TOO_LARGE"], [3, "KEY_TOO_LARGE"]]],
    ['key,value\na,"1\nb,2\n', csvType, [[2, "UNBALANCED_QUOTES"]]],
    ['key,value\na,1"2\nb,"2"x\n', csvType, [[2, "UNBALANCED_QUOTES"], [3, "UNBALANCED_QUOTES"]]],
    ["key,value,encoding\na,%%%,base64\nb,1,rot13\n", csvType, [[2, "BAD_BASE64"], [3, "BAD_ENCODING"]]],
    ["key,value,ttl_seconds\na,1,-5\nb,2,soon\n", csvType, [[2, "BAD_TTL"], [3, "BAD_TTL"]]],
    ["name,text\na,1\n", csvType, [[1, "WRONG_COLUMNS"]]],
    ["", csvType, [[1, "EMPTY"]]],
    ["key,value\na,\u0000\n", csvType, [[2, "BINARY"]]],
    ["\u0000\u0001", jsonLinesType, [[1, "BINARY"]]],
    ['{"key":"a","text":"1"}\n{"key":"b"}\n{nonsense\n', jsonLinesType, [[2, "BAD_ROW"], [3, "BAD_JSON"]]],
    ['{"key":"a","value":"%"}\n{"key":"","text":""}\n', jsonLinesType, [[1, "BAD_BASE64"], [2, "KEY_EMPTY"]]],
  ];
  for (const [file, type, problems] of rows) {
    const scene = start();
    const { status, code, body } = await refusal(scene, file, "", type);
    assertEquals([status, code], [422, "BAD_FILE"], file.slice(0, 40));
    const report = shapes.badFile.parse(body);
    assertEquals(report.problems.map(({ row, code }) => [row, code]), problems, file.slice(0, 40));
    assertEquals(report.bad, problems.length);
    assertStringIncludes(report.error.message, `Line ${problems[0]?.[0]}: `);
    assertStringIncludes(report.error.message, "Nothing was stored");
  }
});

Deno.test("import of a file that is bad at its very end stores none of the rows before", async () => {
  const { status, body } = await refusal(start(), `key,value\n${rowsOf(5_000)}bad\n`);
  assertEquals([status, body.bad, body.problems[0].row], [422, 1, 5_002]);
});

Deno.test("import tells the first hundred problems, and how many there are", async () => {
  const { body } = await refusal(start(), `key,value\n${"bad\n".repeat(250)}`);
  assertEquals([body.problems.length, body.bad, body.rows], [100, 250, 250]);
});

Deno.test("import refuses a file that is not UTF-8 by the line at which that shows", async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("key,value\na,1\nb,"), 0xff, 0x0a]);
  const { status, body } = await refusal(start(), bytes);
  assertEquals([status, body.problems], [422, [{ row: 3, code: "NOT_UTF8", message: "it is not UTF-8" }]]);
});

Deno.test("import refuses what it should not even read", async () => {
  const rows: [query: string, type: string | null, status: number, code: string][] = [
    ["", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["", "multipart/form-data; boundary=x", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["?dry=perhaps", csvType, 400, "BAD_QUERY"],
    ["?onConflict=ask", csvType, 400, "BAD_QUERY"],
    ["?onConflict=newer", csvType, 400, "BAD_QUERY"],
    ["?ttl=0", csvType, 400, "BAD_TTL"],
    ["?delimiter=;", csvType, 400, "BAD_QUERY"],
  ];
  for (const [query, type, status, code] of rows) {
    const answer = await refusal(start(), "key,value\na,1\n", query, type);
    assertEquals([answer.status, answer.code], [status, code], `${query} ${type}`);
  }
});

Deno.test("import of a file beyond the bound is refused whole, and the next one is welcome", async () => {
  const scene = start({ fileBytesMax: 100 });
  const { status, code, body } = await refusal(scene, `key,value\n${rowsOf(100)}`);
  assertEquals([status, code], [413, "FILE_TOO_LARGE"]);
  assertStringIncludes(body.error.message, "larger than 100 bytes");
  for (let again = 0; again < 3; again++) await refusal(scene, `key,value\n${rowsOf(100)}`);
  assertEquals((await importAll(scene.handler, "key,value\na,1\n")).at(-1)?.["ok"], 1);
});

Deno.test("import stores the last of rows with one key, and says so of the others", async () => {
  const { node, handler } = start();
  const lines = await importAll(handler, "key,value\na,1\nb,2\na,3\n");
  const told = lines.filter(({ code }) => code === "DUPLICATE_KEY");
  const message = "Not stored: line 4 has the same key";
  assertEquals(told, [{ row: 2, key: "a", code: "DUPLICATE_KEY", message }]);
  assertEquals([textOf(node, "a"), lines.at(-1)?.["duplicates"], lines.at(-1)?.["done"]], ["3", 1, 3]);
});

Deno.test("import heeds what to do with keys that exist", async () => {
  const rows: [query: string, value: string, ok: number, skipped: number, created: number][] = [
    ["", "new", 2, 0, 1],
    ["?onConflict=overwrite", "new", 2, 0, 1],
    ["?onConflict=skip", "old", 1, 1, 1],
    ["?dry=true", "old", 2, 0, 1],
    ["?dry=true&onConflict=skip", "old", 1, 1, 1],
  ];
  for (const [query, value, ok, skipped, created] of rows) {
    const { node, handler } = start();
    await node.put("a", new TextEncoder().encode("old"), {});
    const last = (await importAll(handler, "key,value\na,new\nb,new\n", query)).at(-1);
    assertEquals([textOf(node, "a"), last?.["ok"], last?.["skipped"], last?.["created"]], [
      value,
      ok,
      skipped,
      created,
    ], query);
    assertEquals([node.records.has("b"), last?.["dry"]], [!query.includes("dry"), query.includes("dry")]);
  }
});

Deno.test("import keeps the newer version, deletions included", async () => {
  const { node, handler } = start();
  const at = (ms: number) => `${ms.toString(16).padStart(12, "0")}.0000.${node.self.id}`;
  await node.put("kept", new TextEncoder().encode("mine"), {});
  await node.put("old", new TextEncoder().encode("mine"), {});
  await node.put("deleted", new TextEncoder().encode("mine"), {});
  await node.delete("deleted", {});
  const rows = [
    { key: "kept", text: "theirs", version: at(1_600_000_000_000) },
    { key: "deleted", text: "theirs", version: at(1_600_000_000_000) },
    { key: "old", text: "theirs", version: at(1_800_000_000_000) },
    { key: "new", text: "theirs", version: at(1) },
  ];
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const last = (await importAll(handler, body, "?onConflict=newer", jsonLinesType)).at(-1);
  assertEquals([last?.["ok"], last?.["skipped"], last?.["created"]], [2, 2, 1]);
  assertEquals(["kept", "old", "new"].map((key) => textOf(node, key)), ["mine", "theirs", "theirs"]);
  assertEquals(node.records.get("deleted")?.value, null);
  const bare = await handler(request('{"key":"a","text":""}', "?onConflict=newer", jsonLinesType));
  assertEquals((await bare.json()).problems[0].code, "NO_VERSION");
});

Deno.test("import tells rows that failed as they fail, and gives up when nothing works", async () => {
  const { node, handler, events } = start();
  node.failure = new UncertainError("nobody answers");
  const lines = await importAll(handler, `key,value\n${rowsOf(1_000)}`);
  const failures = lines.filter(({ row }) => row !== undefined);
  assertEquals(failures[0], { row: 2, key: "k0", code: "UNCERTAIN", message: "Cannot tell: nobody answers" });
  const last = lines.at(-1);
  assertEquals([last?.["finished"], last?.["reason"]], [false, "tooManyFailures"]);
  assert(failures.length >= 200 && failures.length < 300, String(failures.length));
  assertEquals(last?.["failed"], failures.length);
  assertEquals(events, ["import.stopped"]);
});

/** A node whose writes wait until the test lets them go on. */
class SlowNode extends FakeNode {
  readonly #waiting: (() => void)[] = [];
  readonly #blocked = Promise.withResolvers<void>();
  #isOpen = false;

  /** Ten rows are stored, and the next ones wait. */
  get blocked(): Promise<void> {
    return this.#blocked.promise;
  }

  override async put(...args: Parameters<FakeNode["put"]>): ReturnType<FakeNode["put"]> {
    if (!this.#isOpen && this.records.size >= 10) {
      this.#blocked.resolve();
      await new Promise<void>((go) => this.#waiting.push(go));
    }
    return await super.put(...args);
  }

  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting) go();
  }
}

/** Reads lines one by one. */
function linesOf(response: Response): AsyncGenerator<Line, void, undefined> {
  return (async function* () {
    let rest = "";
    const texts = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream());
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line);
    }
  })();
}

Deno.test("import that is stopped keeps its rows and says which row was the last", async () => {
  const node = new SlowNode();
  const handler = createHandler(node, { log: () => {}, onLeave: () => {} });
  const response = await handler(request(`key,value\n${rowsOf(1_000)}`));
  const lines = linesOf(response);
  const { id } = (await lines.next()).value as Line;
  await lines.next();
  const rest = Array.fromAsync(lines);
  await node.blocked;
  const stopped = await handler(
    new Request(`http://127.0.0.1:8440/api/import/${id}`, { method: "DELETE" }),
  );
  assertEquals([stopped.status, await stopped.json()], [200, { success: true }]);
  node.open();
  const last = (await rest).at(-1);
  assertEquals([last?.["finished"], last?.["reason"]], [false, "cancelled"]);
  const done = Number(last?.["done"]);
  assert(done >= 10 && done < 1_000, String(done));
  assertEquals([node.records.size, last?.["lastRow"]], [done, done + 1], "the header is line 1");
  const again = await handler(new Request(`http://127.0.0.1:8440/api/import/${id}`, { method: "DELETE" }));
  assertEquals([again.status, (await again.json()).error.code], [404, "UNKNOWN_IMPORT"]);
});

Deno.test("import whose reader goes away stops, keeps its rows, and logs the last", async () => {
  const node = new SlowNode();
  const { log, events, fields } = logbook();
  const handler = createHandler(node, { log, onLeave: () => {} });
  const leaving = new AbortController();
  const response = await handler(
    request(`key,value\n${rowsOf(1_000)}`, "", csvType, { signal: leaving.signal }),
  );
  const lines = linesOf(response);
  await lines.next();
  const rest = lines.next().then(() => Array.fromAsync(lines));
  await node.blocked;
  leaving.abort();
  node.open();
  await rest;
  assertEquals(events, ["import.stopped"]);
  const { done, lastRow } = fields[0] as { done: number; lastRow: number };
  assertEquals([node.records.size, lastRow], [done, done + 1]);
  assert(done < 1_000);
});

Deno.test("import takes two files at a time and asks the third to come later", async () => {
  const node = new SlowNode();
  const handler = createHandler(node, { log: () => {}, onLeave: () => {} });
  const file = () => request(`key,value\n${rowsOf(200)}`);
  const [first, second] = [await handler(file()), await handler(file())];
  const third = await handler(file());
  assertEquals([third.status, third.headers.get("retry-after")], [503, "5"]);
  await third.body?.cancel();
  node.open();
  for (const response of [first, second]) assertStringIncludes(await response.text(), '"finished":true');
  assertEquals((await importAll(handler, "key,value\na,1\n")).at(-1)?.["finished"], true);
});
