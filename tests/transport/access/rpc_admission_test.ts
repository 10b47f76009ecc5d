import { assertEquals } from "@std/assert";
import type { Role } from "../../../transport/guard/caller.ts";
import { newToken } from "../../../transport/access/credential.ts";
import { rpcAdmission } from "../../../transport/access/rpc_admission.ts";
import { bearer, GuardedNode } from "./guarded_node.ts";

function call(method: string, params: unknown = {}): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
}

/** The HTTP status, and what became of the call: `done` reached the method. */
async function outcome(
  node: GuardedNode,
  body: string,
  headers: Record<string, string>,
): Promise<string> {
  const response = await node.ask("POST", "/rpc", headers, { body });
  const { error } = await response.json();
  const isRefused = error !== undefined && [-32001, -32002, -32008].includes(error.code);
  return `${response.status} ${isRefused ? error.code : "done"}`;
}

const id = "0".repeat(40);
const key = { key: "user:1" };
const put = { ...key, value: btoa("the value") };
const methods: [method: string, params: unknown, role: Role | null][] = [
  ["kv.get", key, "read"],
  ["kv.list", {}, "read"],
  ["kv.put", put, "write"],
  ["kv.delete", key, "write"],
  ["kv.get", { ...key, forwarded: true }, null],
  ["node.info", {}, "read"],
  ["node.status", {}, "read"],
  ["node.forget", { id }, "operator"],
  ["rpc.discover", {}, "read"],
  ["chord.neighbors", {}, "read"],
  ["partition.views", { ranges: [{ first: 0, last: 1 }] }, "read"],
  ["chord.notify", { node: { id, url: "http://10.0.0.9:8440" }, as: "successor" }, null],
  ["chord.leave", { node: { id, url: "http://10.0.0.9:8440" }, successors: [], predecessor: null }, null],
  ["partition.learn", { views: [] }, null],
];

Deno.test("/rpc lets clients call what their role may, and leaves the rest to nodes", async () => {
  for (const [method, params, needed] of methods) {
    const node = new GuardedNode();
    const roles: Role[] = ["read", "write", "operator", "admin"];
    const admitted = [];
    for (const role of roles) {
      const got = await outcome(node, call(method, params), bearer(node.token(role)));
      if (got === "200 done") admitted.push(role);
      else assertEquals(got, "200 -32002", `${method} as ${role}`);
    }
    assertEquals(admitted, needed === null ? [] : roles.slice(roles.indexOf(needed)), method);
  }
});

const from = { "x-rondo-from": id };
const strangers: [headers: Record<string, string>, outcome: string, why: string][] = [
  [{}, "401 -32001", "nobody"],
  [bearer(newToken()), "401 -32001", "a wrong token"],
  [from, "200 done", "a node of this machine, where there is no secret"],
  [{ ...from, ...bearer(newToken()) }, "401 -32001", "a node shows no token"],
  [{ ...from, origin: "http://127.0.0.1:8440" }, "401 -32001", "a page is no node"],
  [{ ...from, cookie: "rondo-8440=x" }, "401 -32001", "nor is a browser"],
  [{ ...from, origin: "http://evil.example" }, "403 -32002", "and least of all another site's page"],
];

Deno.test("/rpc tells nodes from strangers", async () => {
  for (const [headers, want, why] of strangers) {
    const node = new GuardedNode();
    assertEquals(await outcome(node, call("node.info"), headers), want, why);
  }
  const node: GuardedNode = new GuardedNode({
    admitRpc: (request) => rpcAdmission(node.guard, false)(request),
  });
  assertEquals(await outcome(node, call("node.info"), from), "401 -32001", "with a secret, nodes sign");
});

Deno.test("/rpc by cookie takes the session's token", async () => {
  const node = new GuardedNode();
  const { cookie, csrf } = await node.signIn(node.token("operator"));
  const forget = call("node.forget", { id });
  assertEquals(await outcome(node, forget, { cookie }), "403 -32002");
  assertEquals(await outcome(node, forget, { cookie, "x-rondo-csrf": csrf }), "200 done");
});

Deno.test("Audit notes the commands of clients over /rpc, a batch as one, and those that are refused", async () => {
  const node = new GuardedNode();
  const [ada, bob] = [node.token("write", "ada"), node.token("read", "bob")];
  const batch = `[${call("kv.put", put)},${call("kv.get", key)},${call("kv.delete", key)}]`;
  await node.status("POST", "/rpc", bearer(ada), { body: batch });
  await node.status("POST", "/rpc", bearer(bob), { body: call("kv.put", put) });
  await node.status("POST", "/rpc", bearer(ada), { body: call("kv.get", key) });
  await node.status("POST", "/rpc", from, { body: call("kv.put", put) });
  const noted = node.log.filter(({ event }) => event === "audit")
    .map(({ fields: { act, status, who } }) => `${who} ${status} ${act}`);
  assertEquals(noted, ["ada 200 rpc kv.put user:1 and 1 more", "bob 403 rpc kv.put user:1"]);
});
