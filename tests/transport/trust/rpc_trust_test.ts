import { assert, assertEquals } from "@std/assert";
import type { CallContext } from "../../../core/service.ts";
import { roles } from "../../../core/role.ts";
import { signatureHeader } from "../../../transport/trust/signed_text.ts";
import { infoOf, nodeAt } from "../fake_node.ts";
import {
  friend,
  guarded,
  newSecret,
  noon,
  oldSecret,
  otherSecret,
  type Outgoing,
  outgoing,
  ping,
  self,
  trustOf,
} from "./trusted_nodes.ts";

const stranger = `{"jsonrpc":"2.0","error":{"code":-32001,` +
  `"message":"Cannot take this call: nothing shows who sent it","data":{"definite":true}},"id":null}`;

const bodyBytesMax = 1024 * 1024 + 64 * 1024;

/** The request with one of its headers replaced; null takes it away. */
function spoilt(header: string, value: string | null | ((was: string) => string)): Outgoing {
  const request = outgoing(trustOf(friend.id));
  const was = request.headers[header] ?? "";
  if (value === null) delete request.headers[header];
  else request.headers[header] = typeof value === "string" ? value : value(was);
  return request;
}

function withBody(body: string): Outgoing {
  return { ...outgoing(trustOf(friend.id)), body };
}

Deno.test("POST /rpc takes a call that a member has signed, and signs the answer to it", async () => {
  const { node, send } = guarded();
  const request = outgoing(trustOf(friend.id));
  const answer = await send(request);
  assertEquals([answer.status, node.calls], [200, ["chord.ping {} 5000"]]);
  const { signed } = request;
  const raw = {
    status: 200,
    signature: answer.headers.get(signatureHeader),
    body: new TextEncoder().encode(answer.text),
  };
  const later = outgoing(trustOf(friend.id)).signed;
  assertEquals(signed.isAnsweredBy(raw), true);
  assertEquals(signed.isAnsweredBy({ ...raw, status: 201 }), false, "another status");
  assertEquals(signed.isAnsweredBy({ ...raw, body: new TextEncoder().encode(`${answer.text} `) }), false);
  assertEquals(signed.isAnsweredBy({ ...raw, signature: null }), false, "none");
  assertEquals(signed.isAnsweredBy({ ...raw, signature: "" }), false, "an empty one");
  assertEquals(later.isAnsweredBy(raw), false, "to another request");
  assertEquals(
    signed.isAnsweredBy({ ...raw, signature: (raw.signature ?? "").replace(self.id, nodeAt(1).id) }),
    false,
    "by another node",
  );
});

Deno.test("POST /rpc answers every stranger with one and the same 401, and runs nothing", async () => {
  const flipped = (was: string) => was.slice(0, -1) + (was.endsWith("0") ? "1" : "0");
  const rows: [why: string, request: Pick<Outgoing, "headers" | "body">][] = [
    ["not signed", spoilt(signatureHeader, null)],
    ["not signed, not even JSON", { headers: { "content-type": "application/json" }, body: "{" }],
    ["a signature that is none", spoilt(signatureHeader, "sesame")],
    ["an empty one", spoilt(signatureHeader, "")],
    ["in capitals", spoilt(signatureHeader, (was) => was.toUpperCase())],
    ["one digit too many", spoilt(signatureHeader, (was) => `${was}0`)],
    ["one digit off", spoilt(signatureHeader, flipped)],
    ["another time", spoilt(signatureHeader, (was) => was.replace(/^[0-9]+/, String(noon.nowMs + 1)))],
    ["another nonce", spoilt(signatureHeader, (was) => was.replace(/-1\./, "-2."))],
    ["another session", spoilt(signatureHeader, (was) => was.replace(/[0-9a-f]{16}-/, "0123456789abcdef-"))],
    ["another sender", spoilt("x-rondo-from", nodeAt(1).id)],
    ["no sender", spoilt("x-rondo-from", null)],
    ["another receiver", spoilt("x-rondo-to", nodeAt(1).id)],
    ["no receiver", spoilt("x-rondo-to", null)],
    ["another body", withBody(ping.replace("1}", "2}"))],
    ["one byte more", withBody(`${ping} `)],
    ["no body", withBody("")],
    ["not JSON", withBody("{")],
    ["another secret", outgoing(trustOf(friend.id, [otherSecret]))],
    ["another secret, another cluster", {
      headers: { ...outgoing(trustOf(friend.id, [otherSecret])).headers, "x-rondo-cluster": "other" },
      body: ping,
    }],
    ["a token that nobody knows", {
      headers: { "content-type": "application/json", authorization: "Bearer sesame" },
      body: ping,
    }],
  ];
  for (const [why, request] of rows) {
    const { node, send } = guarded();
    const answer = await send(request);
    assertEquals([answer.status, answer.text], [401, stranger], why);
    assertEquals(answer.headers.get("content-type"), "application/json", why);
    assertEquals([answer.headers.get(signatureHeader), node.calls.length], [null, 0], why);
  }
});

Deno.test("POST /rpc refuses what is signed but not for now, not for here, or not to be had", async () => {
  const replayed = "Cannot take this call: it came before";
  const late = "Cannot take this call: it was signed too long ago, or a clock is wrong";
  const at = (ms: number) => trustOf(friend.id, [oldSecret], { nowMs: noon.nowMs + ms });
  const call = (method: string, params = "{}") =>
    `{"jsonrpc":"2.0","method":"${method}","params":${params},"id":1}`;
  const withHeader = (name: string, value: string) => {
    const request = outgoing(at(0));
    return { ...request, headers: { ...request.headers, [name]: value } };
  };
  const rows: [why: string, request: Outgoing, status: number, code: number, message: string][] = [
    ["61 s old", outgoing(at(-60_001)), 401, -32006, late],
    ["61 s ahead", outgoing(at(60_001)), 401, -32006, late],
    ["signed before the node was there", outgoing(at(-1)), 401, -32006, late],
    [
      "to another node",
      outgoing(at(0), ping, { to: nodeAt(1).id }),
      421,
      -32004,
      "Cannot take this call: it is for another node",
    ],
    [
      "to another ring",
      withHeader("x-rondo-cluster", "other"),
      421,
      -32004,
      "Cannot take this call: it is for another cluster",
    ],
    ["too late", withHeader("x-rondo-deadline-ms", "1"), 504, -32007, "Cannot begin with 1 ms left in time"],
    ["not JSON", outgoing(at(0), "{"), 200, -32700, "Parse error"],
    [
      "to nobody in particular, beyond what the node is",
      outgoing(at(0), ping, { to: "" }),
      200,
      -32002,
      "Cannot call chord.ping: it is not for this caller",
    ],
    ["no such method", outgoing(at(0), call("chord.pong")), 200, -32601, "Method not found"],
  ];
  for (const [why, request, status, code, message] of rows) {
    const { node, send } = guarded();
    const answer = await send(request);
    const { error } = answer.json as { error: { code: number; message: string } };
    assertEquals([answer.status, error.code, error.message], [status, code, message], why);
    const body = new TextEncoder().encode(answer.text);
    const signature = answer.headers.get(signatureHeader);
    const isFromSelf = why !== "to another node";
    assertEquals(request.signed.isAnsweredBy({ status, signature, body }), isFromSelf, `${why}: signed`);
    assertEquals(node.calls.length, 0, why);
  }
  const { node, send } = guarded();
  const request = outgoing(at(0));
  assertEquals((await send(request)).status, 200);
  const { status, json } = await send(request);
  assertEquals([status, json], [401, {
    jsonrpc: "2.0",
    error: { code: -32006, message: replayed, data: { definite: true } },
    id: null,
  }]);
  assertEquals(node.calls.length, 1, "it runs once");
});

Deno.test("POST /rpc refuses a body over the cap before it looks at its signature", async () => {
  const { send } = guarded();
  const { status, json } = await send(withBody("x".repeat(bodyBytesMax + 1)));
  assertEquals([status, (json as { error: { code: number } }).error.code], [413, -32009]);
});

Deno.test("POST /rpc tells a joiner that knows only the address what the node is", async () => {
  const { node, send } = guarded();
  node.answers["node.info"] = () => infoOf(node);
  const body = `{"jsonrpc":"2.0","method":"node.info","id":1}`;
  const request = outgoing(trustOf(friend.id), body, { to: "" });
  const answer = await send(request);
  assertEquals(answer.json, { jsonrpc: "2.0", result: infoOf(node), id: 1 });
  const signature = answer.headers.get(signatureHeader);
  const raw = { status: 200, signature, body: new TextEncoder().encode(answer.text) };
  assertEquals(request.signed.isAnsweredBy(raw), true);
});

Deno.test("POST /rpc tells the node who has signed, and signs an answer that says nothing", async () => {
  const { node, send } = guarded();
  const senders: (CallContext["from"])[] = [];
  node.answers["chord.leave"] = (_, { from }) => (senders.push(from), {});
  const params = { node: friend, predecessor: null, successors: [] };
  const request = outgoing(
    trustOf(friend.id),
    JSON.stringify({ jsonrpc: "2.0", method: "chord.leave", params }),
  );
  const { headers, status, text } = await send(request);
  assertEquals([status, text, senders], [204, "", [friend.id]]);
  const signature = headers.get(signatureHeader);
  assertEquals(request.signed.isAnsweredBy({ status, signature, body: new Uint8Array() }), true);
});

Deno.test("POST /rpc knows both secrets of a rotation, and answers under the one that it was asked under", async () => {
  const rows: [theirs: string[], ours: string[], status: number][] = [
    [[oldSecret], [newSecret, oldSecret], 200],
    [[newSecret], [newSecret, oldSecret], 200],
    [[newSecret, oldSecret], [oldSecret], 401],
    [[oldSecret], [newSecret], 401],
  ];
  for (const [theirs, ours, want] of rows) {
    const request = outgoing(trustOf(friend.id, theirs));
    const { headers, status, text } = await guarded({}, trustOf(self.id, ours)).send(request);
    const signature = headers.get(signatureHeader);
    const isSigned = request.signed.isAnsweredBy({ status, signature, body: new TextEncoder().encode(text) });
    assertEquals([status, isSigned], [want, want === 200], `${theirs} to ${ours}`);
  }
  const trust = trustOf(self.id);
  const { send } = guarded({}, trust);
  trust.renew([newSecret]);
  assertEquals((await send(outgoing(trustOf(friend.id)))).status, 401, "the old one is gone");
  assertEquals((await send(outgoing(trustOf(friend.id, [newSecret])))).status, 200);
});

Deno.test("POST /rpc lets those in whom somebody else vouches for, as far as their role goes", async () => {
  const rows: [method: string, params: unknown, least: typeof roles[number] | null][] = [
    ["chord.ping", {}, "read"],
    ["kv.get", { key: "k" }, "read"],
    ["kv.put", { key: "k", value: "AA==" }, "write"],
    ["kv.delete", { key: "k" }, "write"],
    ["node.forget", { id: friend.id }, "operator"],
    ["kv.get", { key: "k", forwarded: true }, null],
    ["kv.put", { key: "k", value: "AA==", attempt: "a" }, null],
    ["kv.put", { key: "k", value: "AA==", version: `000000000001.0000.${self.id}` }, null],
    ["node.forget", { id: friend.id, passedOn: true }, null],
    ["chord.notify", { node: friend }, null],
    ["chord.probe", { node: friend }, null],
    ["partition.learn", { views: [] }, null],
    ["replica.read", { partition: 0, key: "k", epoch: 1, as: "member" }, null],
  ];
  for (const [method, params, least] of rows) {
    for (const role of roles) {
      const { send } = guarded({ admitRpc: () => ({ kind: "client", role, name: "test" }) });
      const body = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
      const { json } = await send({ headers: { "content-type": "application/json" }, body });
      const isForbidden = (json as { error?: { code: number } }).error?.code === -32002;
      const may = least !== null && roles.indexOf(role) >= roles.indexOf(least);
      assertEquals(!isForbidden, may, `${method} ${JSON.stringify(params)} for ${role}`);
    }
  }
});

Deno.test("no log line and no answer has a secret, a signature or a nonce in it", async () => {
  const lines: string[] = [];
  const { send } = guarded({ log: (...line) => lines.push(JSON.stringify(line)) });
  const request = outgoing(trustOf(friend.id), `{"jsonrpc":"2.0","method":"node.status"}`);
  const signature = request.headers[signatureHeader] ?? "";
  const texts = [
    (await send(request)).text,
    (await send(request)).text,
    (await send(spoilt(signatureHeader, "x"))).text,
  ];
  assert(lines.length > 0, "the node's mistake is logged");
  for (const word of [oldSecret, ...signature.split(".").slice(1)]) {
    for (const text of [...lines, ...texts]) assert(!text.includes(word), text);
  }
});
