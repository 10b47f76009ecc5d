import { assertEquals, assertStringIncludes } from "@std/assert";
import { InvalidParamsError, NotOwnerError } from "../../core/errors.ts";
import { type Ask, FakeNode, infoOf, nodeAt, served } from "./fake_node.ts";

const ping = `{"jsonrpc":"2.0","method":"chord.ping","id":1}`;
const json = { "content-type": "application/json" };

function ready(): { node: FakeNode; ask: Ask } {
  const node = new FakeNode();
  node.answers["chord.ping"] = () => ({ id: node.self.id, incarnation: 3, phase: "member" });
  return { node, ask: served(node) };
}

Deno.test("POST /rpc answers a call of the protocol with 200", async () => {
  const { node, ask } = ready();
  const answer = await ask("POST", "/rpc", { headers: json, body: ping });
  assertEquals(answer.status, 200);
  assertEquals(
    answer.text,
    `{"jsonrpc":"2.0","result":{"id":"${node.self.id}","incarnation":3,"phase":"member"},"id":1}`,
  );
});

Deno.test("POST /rpc answers a notification with 204 and nothing", async () => {
  const { node, ask } = ready();
  const body = `{"jsonrpc":"2.0","method":"chord.ping"}`;
  const answer = await ask("POST", "/rpc", { headers: json, body });
  assertEquals([answer.status, answer.text], [204, ""]);
  assertEquals(node.calls, ["chord.ping {} 5000"]);
});

Deno.test("R37 /rpc takes POST only", async () => {
  for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const answer = await ready().ask(method, "/rpc");
    assertEquals([answer.status, answer.headers.get("allow")], [405, "POST"]);
    assertEquals(
      answer.text,
      `{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}`,
    );
  }
});

Deno.test("R38 /rpc takes JSON in UTF-8 only", async () => {
  const rows: [contentType: string, status: number][] = [
    ["application/json", 200],
    ["application/json; charset=utf-8", 200],
    ['Application/JSON;charset="UTF-8"', 200],
    ["application/json; charset=utf-16", 415],
    ["application/jsonp", 415],
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
  ];
  for (const [contentType, status] of rows) {
    const answer = await ready().ask("POST", "/rpc", {
      headers: { "content-type": contentType },
      body: ping,
    });
    assertEquals(answer.status, status, contentType);
  }
  const untyped = await ready().ask("POST", "/rpc", { body: new Uint8Array(3) });
  assertEquals(untyped.status, 415);
});

Deno.test("R22 the protocol's own methods take parameters by name and in the order of the schema", async () => {
  const node = new FakeNode();
  node.answers["chord.lookupStep"] = ({ target }) => ({
    kind: "owner",
    owner: { id: target, url: "http://a" },
    successors: [],
  });
  const rows: [params: string, code: number | undefined][] = [
    [`["00ff"]`, undefined],
    [`{"target":"00ff"}`, undefined],
    [`["00ff","more"]`, -32602],
    [`{"target":"00ff","more":1}`, -32602],
    [`{"target":"00FF"}`, -32602],
    [`{"target":"${"0".repeat(41)}"}`, -32602],
    [`{"target":7}`, -32602],
    [`[]`, -32602],
    [`{}`, -32602],
  ];
  for (const [params, code] of rows) {
    const body = `{"jsonrpc":"2.0","method":"chord.lookupStep","params":${params},"id":1}`;
    const answer = await served(node)("POST", "/rpc", { headers: json, body });
    assertEquals([answer.status, (answer.json as Answered).error?.code], [200, code], params);
  }
});

interface Answered {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

Deno.test("POST /rpc passes errors of the protocol on, with code, message and data", async () => {
  const node = new FakeNode();
  const hint = nodeAt(8441);
  node.answers["kv.get"] = () => {
    throw new NotOwnerError(7, hint);
  };
  node.answers["kv.put"] = () => {
    throw new InvalidParamsError("Cannot use an empty key");
  };
  const body = `[{"jsonrpc":"2.0","method":"kv.get","params":{"key":"k"},"id":1},` +
    `{"jsonrpc":"2.0","method":"kv.put","params":["k","AA=="],"id":2}]`;
  const [get, put] = (await served(node)("POST", "/rpc", { headers: json, body })).json as Answered[];
  assertEquals([get?.error?.code, get?.error?.data], [-32003, { definite: true, hint }]);
  assertEquals([put?.error?.code, put?.error?.message], [-32602, "Cannot use an empty key"]);
});

Deno.test("POST /rpc refuses what is for another node or ring, and what comes too late", async () => {
  const { node } = ready();
  const rows: [name: string, value: string, status: number, code: number | null][] = [
    ["x-rondo-cluster", "rondo", 200, null],
    ["x-rondo-cluster", "other", 421, -32004],
    ["x-rondo-to", node.self.id, 200, null],
    ["x-rondo-to", nodeAt(1).id, 421, -32004],
    ["x-rondo-deadline-ms", "5", 200, null],
    ["x-rondo-deadline-ms", "4", 504, -32007],
    ["x-rondo-deadline-ms", "0", 504, -32007],
    ["x-rondo-deadline-ms", "-1", 400, -32602],
    ["x-rondo-deadline-ms", "1e3", 400, -32602],
    ["x-rondo-deadline-ms", "soon", 400, -32602],
  ];
  for (const [name, value, status, code] of rows) {
    const answer = await ready().ask("POST", "/rpc", { headers: { ...json, [name]: value }, body: ping });
    const { error, id } = answer.json as Answered & { id: unknown };
    assertEquals([answer.status, error?.code ?? null], [status, code], `${name}: ${value}`);
    if (code !== null) assertEquals(id, null);
  }
});

Deno.test("POST /rpc gives a call what is left of its caller's time, up to the node's own limit", async () => {
  for (const [left, want] of [["250", 250], ["60000", 5_000]] as const) {
    const { node, ask } = ready();
    await ask("POST", "/rpc", { headers: { ...json, "x-rondo-deadline-ms": left }, body: ping });
    assertEquals(node.calls, [`chord.ping {} ${want}`]);
  }
});

Deno.test("POST /rpc refuses a body over the cap with 413 and runs none of it", async () => {
  const node = new FakeNode({ valueBytesMax: 3 * 1024 * 1024 });
  const cap = 4 * 1024 * 1024 + 64 * 1024;
  const put = (bytes: number) => {
    const envelope = `{"jsonrpc":"2.0","method":"kv.put","params":{"key":"k","value":""},"id":1}`;
    return envelope.replace(`""`, `"${"A".repeat(bytes - envelope.length)}"`);
  };
  node.answers["kv.put"] = () => ({
    version: node.records.size === 0 ? "000000000000.0000.00" as never : "" as never,
    created: true,
    expiresAtMs: null,
    owner: node.self,
    replicas: [],
    hops: 0,
  });
  const fits = await served(node)("POST", "/rpc", { headers: json, body: put(cap) });
  assertEquals([fits.status, node.calls.length], [200, 1]);
  const tooLong = await served(node)("POST", "/rpc", { headers: json, body: put(cap + 1) });
  const { error, id } = tooLong.json as Answered & { id: unknown };
  assertEquals([tooLong.status, error?.code, id, node.calls.length], [413, -32009, null, 1]);
});

Deno.test("POST /rpc answers rpc.discover with the OpenRPC document", async () => {
  const body = `{"jsonrpc":"2.0","method":"rpc.discover","id":1}`;
  const { text } = await ready().ask("POST", "/rpc", { headers: json, body });
  assertStringIncludes(text, `"openrpc":"1.3.2"`);
});

Deno.test("POST /rpc serves every method of the table", async () => {
  const node = new FakeNode();
  node.answers["node.info"] = () => infoOf(node);
  const body = `{"jsonrpc":"2.0","method":"node.info","params":[],"id":1}`;
  const { result } = (await served(node)("POST", "/rpc", { headers: json, body })).json as Answered;
  assertEquals(result, infoOf(node));
});
