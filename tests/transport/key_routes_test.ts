import { assertEquals, assertMatch } from "@std/assert";
import { makeRecord } from "../../core/data/record.ts";
import type { Version } from "../../core/data/version.ts";
import {
  BadRecordError,
  ChordError,
  DeadlineError,
  DrainingError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
  PeerUnreachableError,
  TooLargeError,
  UncertainError,
  VersionConflictError,
  WrongRingError,
} from "../../core/errors.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { type Ask, errorCodeIn, FakeNode, logbook, served } from "./fake_node.ts";

const json = { "content-type": "application/json" };

function start(): { node: FakeNode; ask: Ask } {
  const node = new FakeNode();
  return { node, ask: served(node) };
}

Deno.test("PUT, GET and DELETE of a key tell its story", async () => {
  const { node, ask } = start();
  const created = await ask("PUT", "/api/keys/greeting?ttl=60", { body: "hello" });
  const { version, ...written } = shapes.written.strict().parse(created.json);
  assertEquals(created.status, 201);
  assertEquals<unknown>(written, {
    success: true,
    key: "greeting",
    owner: node.self,
    replicas: [node.self],
    expiresAt: "2023-11-14T22:14:20.000Z",
  });
  assertEquals(created.headers.get("etag"), `"${version}"`);
  assertEquals((await ask("PUT", "/api/keys/greeting", { body: "hello" })).status, 200);

  const found = await ask("GET", "/api/keys/greeting");
  const value = shapes.value.strict().parse(found.json);
  assertEquals([found.status, value.value, value.found, value.hops], [200, "aGVsbG8=", true, 2]);
  assertEquals([value.expiresAt, found.headers.get("etag")], [null, `"${value.version}"`]);

  const deleted = await ask("DELETE", "/api/keys/greeting");
  const tombstone = shapes.deleted.strict().parse(deleted.json).version;
  assertEquals(deleted.status, 200);
  const gone = await ask("GET", "/api/keys/greeting");
  assertEquals<unknown>([gone.status, gone.json], [404, { found: false, version: tombstone }]);
  assertEquals<unknown>((await ask("GET", "/api/keys/never")).json, { found: false });
  assertEquals((await ask("DELETE", "/api/keys/never")).status, 200);
});

Deno.test("GET of a key gives raw bytes to those who ask for them", async () => {
  const { ask } = start();
  await ask("PUT", "/api/keys/k", { body: "<script>", headers: { "content-type": "text/html" } });
  const { text, headers, status } = await ask("GET", "/api/keys/k", {
    headers: { accept: "application/octet-stream" },
  });
  assertEquals([status, text], [200, "<script>"]);
  assertEquals(headers.get("content-type"), "application/octet-stream");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertMatch(headers.get("etag") ?? "", /^"[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{40}"$/);
});

Deno.test("The key is the rest of the path, percent-decoded once, or ?key=", async () => {
  const rows: [path: string, key: string][] = [
    ["/api/keys/a", "a"],
    ["/api/keys/a/b", "a/b"],
    ["/api/keys/a%2Fb", "a/b"],
    ["/api/keys/a//b/", "a//b/"],
    ["/api/keys/a%2520b", "a%20b"],
    ["/api/keys/a+b", "a+b"],
    ["/api/keys/%C3%A9%3F%23", "é?#"],
    ["/api/keys/%00", "\u0000"],
    ["/api/keys?key=.", "."],
    ["/api/keys?key=..", ".."],
    ["/api/keys?key=a+b%2Bc", "a b+c"],
    ["/api/keys?key=a=b", "a=b"],
    [`/api/keys/${"k".repeat(512)}`, "k".repeat(512)],
    [`/api/keys/${"%C3%A9".repeat(256)}`, "é".repeat(256)],
  ];
  for (const [path, key] of rows) {
    const { node, ask } = start();
    assertEquals((await ask("PUT", path, { body: "v" })).status, 201, path);
    assertEquals([...node.records.keys()], [key]);
    const found = (await ask("GET", path)).json as { key: string };
    assertEquals(found.key, key);
    assertEquals((await ask("DELETE", path)).status, 200, path);
  }
});

Deno.test("Bad input to a key is refused with its status and code, and never reaches the node", async () => {
  const long = "k".repeat(513);
  const body = (members: string) => ({ headers: json, body: `{${members}}` });
  const rows: [method: string, path: string, init: RequestInit, status: number, code: string][] = [
    ["GET", "/api/keys/", {}, 400, "KEY_EMPTY"],
    ["PUT", "/api/keys/", { body: "v" }, 400, "KEY_EMPTY"],
    ["DELETE", "/api/keys/", {}, 400, "KEY_EMPTY"],
    ["GET", "/api/keys?key=", {}, 400, "KEY_EMPTY"],
    ["GET", `/api/keys/${long}`, {}, 400, "KEY_TOO_LARGE"],
    ["PUT", `/api/keys/${long}`, { body: "v" }, 400, "KEY_TOO_LARGE"],
    ["DELETE", `/api/keys/${long}`, {}, 400, "KEY_TOO_LARGE"],
    ["GET", `/api/keys/${"%C3%A9".repeat(257)}`, {}, 400, "KEY_TOO_LARGE"],
    ["GET", `/api/keys?key=${long}`, {}, 400, "KEY_TOO_LARGE"],
    ["GET", "/api/keys/%", {}, 400, "BAD_ENCODING"],
    ["GET", "/api/keys/%zz", {}, 400, "BAD_ENCODING"],
    ["PUT", "/api/keys/%ff", { body: "v" }, 400, "BAD_ENCODING"],
    ["GET", "/api/keys/%ED%A0%80", {}, 400, "BAD_ENCODING"],
    ["GET", "/api/keys?key=%ff", {}, 400, "BAD_ENCODING"],
    ["PUT", "/api/keys/k", { body: "v".repeat(1_001) }, 413, "VALUE_TOO_LARGE"],
    ["PUT", "/api/keys/k?ttl=0", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=-1", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=1.5", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=soon", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=1e3", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?ttl=99999999999999999999", { body: "v" }, 400, "BAD_TTL"],
    ["PUT", "/api/keys/k?tll=60", { body: "v" }, 400, "BAD_QUERY"],
    ["PUT", "/api/keys/k?ttl=6&ttl=7", { body: "v" }, 400, "BAD_QUERY"],
    ["GET", "/api/keys/k?ttl=6", {}, 400, "BAD_QUERY"],
    ["GET", "/api/keys/k?consistency=some", {}, 400, "BAD_QUERY"],
    ["PUT", "/api/keys/k", { body: "v", headers: { "if-match": "7" } }, 400, "BAD_CONDITION"],
    ["PUT", "/api/keys/k", { body: "v", headers: { "if-match": "*" } }, 400, "BAD_CONDITION"],
    ["PUT", "/api/keys/k", { body: "v", headers: { "if-match": '"7"' } }, 412, "VERSION_CONFLICT"],
    ["PUT", "/api/keys/k", { body: "v", headers: { "if-none-match": '"7"' } }, 400, "BAD_CONDITION"],
    [
      "PUT",
      "/api/keys/k",
      { body: "v", headers: { "if-none-match": "*", "if-match": '"7"' } },
      400,
      "BAD_CONDITION",
    ],
    ["PUT", "/api/keys/k", { body: "v", headers: { "idempotency-key": "" } }, 400, "BAD_IDEMPOTENCY_KEY"],
    [
      "PUT",
      "/api/keys/k",
      { body: "v", headers: { "idempotency-key": "i".repeat(129) } },
      400,
      "BAD_IDEMPOTENCY_KEY",
    ],
    ["PUT", "/api/keys/k", { body: "v", headers: { "x-rondo-deadline-ms": "3" } }, 504, "DEADLINE_EXCEEDED"],
    ["DELETE", "/api/keys/k", { headers: { "if-none-match": "*" } }, 400, "BAD_CONDITION"],
    ["POST", "/api/keys/k", { body: "v" }, 405, "METHOD_NOT_ALLOWED"],
    ["PATCH", "/api/keys/k", { body: "v" }, 405, "METHOD_NOT_ALLOWED"],
    ["POST", "/api/keys", { body: "{}" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["POST", "/api/keys", { body: new Uint8Array(2) }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["POST", "/api/keys", { headers: json, body: "{" }, 400, "BAD_JSON"],
    ["POST", "/api/keys", { headers: json, body: "" }, 400, "BAD_JSON"],
    ["POST", "/api/keys", { headers: json, body: "[]" }, 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k"`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":7,"value":""`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"","ttl":6`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"!"`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"","ttl_seconds":0`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"","ttl_seconds":-1`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"","ttl_seconds":1.5`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"k","value":"","ttl_seconds":"6"`), 400, "BAD_BODY"],
    ["POST", "/api/keys", body(`"key":"","value":""`), 400, "KEY_EMPTY"],
    ["POST", "/api/keys", body(`"key":"${long}","value":""`), 400, "KEY_TOO_LARGE"],
    ["POST", "/api/keys", body(`"key":"\\ud800","value":""`), 400, "KEY_MALFORMED"],
    ["POST", "/api/keys", body(`"key":"k","value":"${"AAAA".repeat(334)}"`), 413, "VALUE_TOO_LARGE"],
  ];
  for (const [method, path, init, status, code] of rows) {
    const { node, ask } = start();
    const title = `${method} ${path.slice(0, 60)} ${JSON.stringify(init).slice(0, 60)}`;
    const answer = await ask(method, path, init);
    assertEquals([answer.status, errorCodeIn(answer)], [status, code], title);
    assertEquals(node.calls, [], title);
  }
});

Deno.test("A key of the wrong method is told the right ones", async () => {
  const { headers } = await start().ask("POST", "/api/keys/k", { body: "v" });
  assertEquals(headers.get("allow"), "GET, HEAD, PUT, DELETE");
  const list = await start().ask("DELETE", "/api/keys");
  assertEquals([list.status, list.headers.get("allow")], [405, "GET, POST, HEAD"]);
});

Deno.test("Values of every size up to the limit are stored, the empty one too", async () => {
  for (const size of [0, 1, 999, 1_000]) {
    const { node, ask } = start();
    assertEquals((await ask("PUT", "/api/keys/k", { body: new Uint8Array(size) })).status, 201);
    assertEquals(node.records.get("k")?.value?.length, size);
    const streamed = new ReadableStream({
      start(controller) {
        for (let byte = 0; byte < size; byte++) controller.enqueue(new Uint8Array(1));
        controller.close();
      },
    });
    assertEquals((await ask("PUT", "/api/keys/k", { body: streamed })).status, 200);
    assertEquals(node.records.get("k")?.value?.length, size);
  }
});

Deno.test("POST /api/keys is the same write as PUT", async () => {
  const { node, ask } = start();
  const body = JSON.stringify({ key: "a/b", value: "aGk=", ttl_seconds: 60 });
  const headers = { ...json, "idempotency-key": "once", "if-none-match": "*" };
  const created = await ask("POST", "/api/keys", { headers, body });
  assertEquals([created.status, shapes.written.strict().parse(created.json).key], [201, "a/b"]);
  assertEquals(node.calls, [`put a/b 2 {"ifAbsent":true,"requestId":"once","ttlMs":60000}`]);
  assertEquals((await ask("POST", "/api/keys", { headers: json, body })).status, 200);
});

Deno.test("Conditions of a write travel in headers, and 412 says that they did not hold", async () => {
  const { ask } = start();
  const { version } = (await ask("PUT", "/api/keys/k", { body: "1" })).json as { version: Version };
  const headers = { "if-match": `"${version}"` };
  assertEquals(
    (await ask("PUT", "/api/keys/k", { body: "2", headers: { "if-none-match": "*" } })).status,
    412,
  );
  assertEquals((await ask("PUT", "/api/keys/k", { body: "2", headers })).status, 200);
  const late = await ask("PUT", "/api/keys/k", { body: "3", headers });
  assertEquals([late.status, errorCodeIn(late)], [412, "VERSION_CONFLICT"]);
  assertEquals((await ask("DELETE", "/api/keys/k", { headers })).status, 412);
});

Deno.test("consistency= reaches the node", async () => {
  const { node, ask } = start();
  await ask("GET", "/api/keys/k?consistency=all");
  assertEquals(node.calls, ["get k all"]);
});

Deno.test("Failures of the ring have their status, name and Retry-After", async () => {
  const of = (code: typeof errorCode[keyof typeof errorCode], data = {}) =>
    new ChordError(code, "Cannot", data);
  const rows: [error: Error, status: number, code: string, retryAfter: string | null][] = [
    [new UncertainError("x"), 503, "UNCERTAIN", "1"],
    [new PeerUnreachableError("http://a", false), 503, "UNAVAILABLE", "1"],
    [new NotOwnerError(1), 503, "NOT_OWNER", "1"],
    [new DrainingError(), 503, "DRAINING", "1"],
    [of(errorCode.overloaded, { retryAfterMs: 2_500 }), 503, "OVERLOADED", "3"],
    [of(errorCode.clockSkew), 503, "CLOCK_SKEW", "1"],
    [new DeadlineError("x"), 504, "DEADLINE_EXCEEDED", null],
    [of(errorCode.storageFull), 507, "STORAGE_FULL", null],
    [of(errorCode.hopLimit), 508, "HOP_LIMIT", null],
    [new VersionConflictError("v"), 412, "VERSION_CONFLICT", null],
    [new TooLargeError("x"), 413, "VALUE_TOO_LARGE", null],
    [new InvalidParamsError("x"), 400, "INVALID_PARAMS", null],
    [new WrongRingError("x"), 421, "WRONG_RING", null],
    [new BadRecordError("x"), 500, "BAD_RECORD", null],
    [of(errorCode.unauthenticated), 401, "UNAUTHENTICATED", null],
    [of(errorCode.forbidden), 403, "FORBIDDEN", null],
    [of(errorCode.staleIncarnation), 409, "STALE_INCARNATION", null],
    [of(errorCode.replayedOrExpired), 401, "REPLAYED_OR_EXPIRED", null],
    [new TypeError("secret"), 500, "INTERNAL", null],
  ];
  for (const [error, status, code, retryAfter] of rows) {
    const { node, ask } = start();
    node.failure = error;
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await ask(method, "/api/keys/k");
      const got = [answer.status, errorCodeIn(answer), answer.headers.get("retry-after")];
      assertEquals(got, [status, code, retryAfter], `${method} ${error.name}`);
    }
  }
});

Deno.test("An error says when the write may have happened all the same", async () => {
  const { node, ask } = start();
  const definite = async () => ((await ask("PUT", "/api/keys/k")).json as { error: object }).error;
  node.failure = new DrainingError();
  assertEquals("definite" in await definite(), false);
  node.failure = new DeadlineError("store it");
  assertEquals<unknown>(Object.entries(await definite()).at(-1), ["definite", false]);
});

Deno.test("What nobody foresaw is logged under the id that the client gets, without a trace in the answer", async () => {
  const { log, events, fields } = logbook();
  const node = new FakeNode();
  node.failure = new TypeError("secret detail");
  const { text, json } = await served(node, { log })("GET", "/api/keys/k");
  assertEquals(events, ["rest.failed"]);
  assertEquals(/secret|at .*\.ts/.test(text), false);
  const [{ requestId }] = fields as [{ requestId: string }];
  assertEquals((json as { error: { requestId: string } }).error.requestId, requestId);
});

Deno.test("A record in memory is answered at once, in the same words as by the node", async () => {
  const node = new FakeNode();
  const ask = served(node);
  await ask("PUT", '/api/keys/%22quoted"%5C?ttl=60', { body: "v" });
  const slow = (await ask("GET", '/api/keys/%22quoted"%5C')).json as object;
  node.calls.length = 0;
  const fast = served(node, { peek: (key) => ({ record: node.records.get(key) ?? missing }) });
  assertEquals<unknown>((await fast("GET", '/api/keys/%22quoted"%5C')).json, { ...slow, hops: 0 });
  const raw = await fast("GET", '/api/keys/%22quoted"%5C', {
    headers: { accept: "application/octet-stream" },
  });
  assertEquals(raw.text, "v");
  assertEquals(node.calls, []);
});

const missing = makeRecord({
  key: "-",
  value: null,
  version: "000000000000.0000.00" as Version,
  expiresAtMs: null,
  requestId: null,
});

Deno.test("What memory does not vouch for is asked of the node", async () => {
  const node = new FakeNode();
  node.records.set("k", makeRecord({ ...missing, key: "k", value: new Uint8Array(1) }));
  const strict = served(node, { peek: () => ({ record: node.records.get("k") ?? missing }) });
  await strict("GET", "/api/keys/k?consistency=quorum");
  await served(node, { peek: () => undefined })("GET", "/api/keys/k");
  await served(node, { peek: () => ({ record: missing }) })("GET", "/api/keys/k");
  assertEquals(node.calls, ["get k quorum", "get k ", "get k "]);
});

Deno.test("A moment beyond what dates can say is shown as the last one", async () => {
  const node = new FakeNode();
  node.records.set(
    "k",
    makeRecord({ ...missing, key: "k", value: new Uint8Array(), expiresAtMs: 2 ** 53 - 1 }),
  );
  const { json } = await served(node)("GET", "/api/keys/k");
  assertEquals((json as { expiresAt: string }).expiresAt, "+275760-09-13T00:00:00.000Z");
});
