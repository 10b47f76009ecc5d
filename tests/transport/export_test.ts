import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { makeRecord } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { exportsMax } from "../../transport/export_route.ts";
import { createHandler } from "../../transport/handler.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { FakeNode } from "./fake_node.ts";
import { RingInProcess } from "./ring_in_process.ts";

const encoder = new TextEncoder();
const context = { timeoutMs: 5_000 };

/** Text, bytes, markup, and what spreadsheets would run. */
const values: Readonly<Record<string, Uint8Array>> = {
  "user:1": encoder.encode('{"name":"Ada"}'),
  "user:2": encoder.encode('two\r\nlines, and "quotes"'),
  "user:3": new Uint8Array([0, 255, 128]),
  "<img src=x onerror=alert(1)>": encoder.encode('"><script>alert(1)</script>'),
  "=SUM(A1:A9)": encoder.encode("@cmd"),
  "nul\u0000key": encoder.encode(""),
  "日本": encoder.encode("東京 "),
};

async function ringWithValues(): Promise<RingInProcess> {
  const ring = await RingInProcess.of(3);
  const [node] = ring.nodes;
  assert(node !== undefined);
  for (const [key, value] of Object.entries(values)) await node.put(key, value, {}, context);
  await node.put("deleted", encoder.encode("x"), {}, context);
  await node.delete("deleted", {}, context);
  await node.put("session", encoder.encode("x"), { ttlMs: 3_600_000 }, context);
  return ring;
}

async function valuesOf(ring: RingInProcess): Promise<Record<string, Uint8Array | undefined>> {
  const found: Record<string, Uint8Array | undefined> = {};
  for (const key of [...Object.keys(values), "deleted", "session"]) {
    const { record } = await ring.nodes[1]?.get(key, context) ?? {};
    found[key] = record?.value ?? undefined;
  }
  return found;
}

Deno.test("export gives each live key of the ring once, whichever node is asked", async () => {
  await using ring = await ringWithValues();
  for (const asked of [0, 1, 2]) {
    const response = await ring.ask(asked, "GET", "/api/export");
    assertEquals(response.headers.get("content-type"), "application/x-ndjson");
    const rows = (await response.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const row of rows) shapes.exportRow.strict().parse(row);
    assertEquals(rows.map(({ key }) => key).sort(), [...Object.keys(values), "session"].sort());
    const byKey = new Map(rows.map((row) => [row.key, row]));
    assertEquals(byKey.get("user:3").value, "AP+A");
    assertEquals(byKey.get("user:1").expiresAt, null);
    const leftMs = Date.parse(byKey.get("session").expiresAt) - Date.now();
    assert(leftMs > 3_500_000 && leftMs <= 3_600_000, String(leftMs));
  }
});

Deno.test("export goes round trip: what one ring exports another imports, with its expiry", async () => {
  for (const [format, type] of [["jsonl", "application/x-ndjson"], ["csv", "text/csv"]] as const) {
    await using ring = await ringWithValues();
    const file = await (await ring.ask(2, "GET", `/api/export?format=${format}`)).text();
    await using other = await RingInProcess.of(3);
    const init = { body: file, headers: { "content-type": type } };
    const answer = await (await other.ask(0, "POST", "/api/import", init)).text();
    const last = JSON.parse(answer.trimEnd().split("\n").at(-1) ?? "");
    assertEquals([last.finished, last.ok, last.failed], [true, Object.keys(values).length + 1, 0], answer);
    assertEquals(await valuesOf(other), {
      ...values,
      deleted: undefined,
      session: encoder.encode("x"),
    }, format);
    const { record } = await other.nodes[0]?.get("session", context) ?? {};
    const before = (await ring.nodes[0]?.get("session", context))?.record;
    const driftMs = Math.abs((record?.expiresAtMs ?? 0) - (before?.expiresAtMs ?? 0));
    assert(driftMs <= (format === "jsonl" ? 0 : 60_000), `${format} ${driftMs}`);
  }
});

Deno.test("export of CSV is a table that no spreadsheet runs", async () => {
  await using ring = await ringWithValues();
  const response = await ring.ask(0, "GET", "/api/export?format=csv&prefix=%3DSUM");
  assertEquals(await response.text(), "key,value,ttl_seconds,encoding\r\n'=SUM(A1:A9),'@cmd,,text\r\n");
  const name = response.headers.get("content-disposition") ?? "";
  assertMatch(name, /^attachment; filename="ring-rondo_keys_\d{4}-\d\d-\d\dT\d{4}Z\.csv"$/);
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("export takes a prefix, and of a node what it has a copy of", async () => {
  await using ring = await ringWithValues();
  const keysIn = async (path: string) =>
    (await (await ring.ask(0, "GET", path)).text()).split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line).key).sort();
  assertEquals(await keysIn("/api/export?prefix=user%3A"), ["user:1", "user:2", "user:3"]);
  assertEquals(await keysIn("/api/export?prefix=nobody"), []);
  // Three copies on three nodes: each has everything.
  assertEquals((await keysIn("/api/export?scope=node")).length, Object.keys(values).length + 1);
});

Deno.test("export is read by a few at a time, and a place is free again when one has read or gone", async () => {
  await using ring = await ringWithValues();
  const begun = await Promise.all(
    Array.from({ length: exportsMax }, () => ring.ask(0, "GET", "/api/export")),
  );
  const refused = await ring.ask(0, "GET", "/api/export");
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  await refused.body?.cancel();
  const [reader, ...leavers] = begun;
  await reader?.text();
  for (const { body } of leavers) await body?.cancel();
  for (let turn = 0; turn <= exportsMax; turn++) {
    assertEquals((await ring.ask(0, "HEAD", "/api/export")).status, 200);
  }
  const again = await ring.ask(0, "GET", "/api/export");
  assertEquals(again.status, 200);
  await again.text();
});

Deno.test("export refuses what it cannot write, before the first byte", async () => {
  const handler = createHandler(new FakeNode(), { log: () => {}, onLeave: () => {} });
  const rows: [query: string, status: number, code: string][] = [
    ["format=xml", 400, "BAD_FORMAT"],
    ["scope=all", 400, "BAD_SCOPE"],
    ["prefix=%ff", 400, "BAD_ENCODING"],
    ["limit=3", 400, "BAD_QUERY"],
  ];
  for (const [query, status, code] of rows) {
    const response = await handler(new Request(`http://127.0.0.1:8440/api/export?${query}`));
    assertEquals([response.status, (await response.json()).error.code], [status, code], query);
  }
});

Deno.test("export of a ring that is out of reach is an error, and one that breaks off is no whole file", async () => {
  const node = new FakeNode();
  const options = { log: () => {}, onLeave: () => {}, pause: () => Promise.resolve() };
  const lost = await createHandler(node, options)(new Request("http://127.0.0.1:8440/api/export"));
  assertEquals([lost.status, (await lost.json()).error.code], [503, "UNCERTAIN"]);
  const members = [node.self];
  let pages = 0;
  node.peerAnswers["partition.views"] = () => ({
    views: [{ first: 0, last: 63, view: { epoch: 1, members, previous: [], maker: null } }] as never,
  });
  node.peerAnswers["partition.compare"] = () => {
    if (pages++ > 0) throw new TypeError("a mistake of ours");
    const record = toWire(makeRecord({
      key: "a",
      value: new Uint8Array(1),
      version: formatVersion(10, 0, node.self.id),
      expiresAtMs: null,
      requestId: null,
    }));
    return { absent: [], older: [], newer: [record], next: { partition: 3, key: "a" } };
  };
  const broken = await createHandler(node, options)(new Request("http://127.0.0.1:8440/api/export"));
  assertEquals(broken.status, 200);
  await assertRejects(() => broken.text());
});

Deno.test("the ring is searched for keys page by page, each key once with its owner", async () => {
  await using ring = await ringWithValues();
  const found: { key: string; owner?: { url: string } | undefined; role: string; size: number }[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const response = await ring.ask(1, "GET", `/api/keys?scope=ring&limit=3${query}`);
    const page = shapes.keys.strict().parse(await response.json());
    assertEquals(page.scope, "ring");
    assert(page.keys.length <= 3 && (page.searched === 1) === (page.cursor === null));
    found.push(...page.keys);
    cursor = page.cursor;
  } while (cursor !== null && ++pages < 20);
  assertEquals(found.map(({ key }) => key).sort(), [...Object.keys(values), "session"].sort());
  for (const { key, owner, role, size } of found) {
    const lookup = await (await ring.ask(0, "GET", `/api/lookup/${encodeURIComponent(key)}`)).json();
    assertEquals(owner?.url, lookup.responsibleNode.url, key);
    assertEquals(role, owner?.url === ring.nodes[1]?.self.url ? "owner" : "replica");
    if (key !== "session") assertEquals(size, values[key]?.length);
  }
});

Deno.test("a search of the ring with a prefix finds nothing else, and ends", async () => {
  await using ring = await ringWithValues();
  const page = async (query: string) =>
    await (await ring.ask(0, "GET", `/api/keys?scope=ring&${query}`)).json();
  const some = await page("prefix=user%3A&limit=200");
  assertEquals(some.keys.map(({ key }: { key: string }) => key).sort(), ["user:1", "user:2", "user:3"]);
  assertEquals([some.cursor, some.searched], [null, 1]);
  const none = await page("prefix=nobody");
  assertEquals([none.keys, none.cursor], [[], null]);
});
