import { assert, assertEquals } from "@std/assert";
import { chores } from "../../../core/upkeep.ts";
import { bearer, GuardedNode } from "./guarded_node.ts";

const operator = { settings: [], upkeepReport: () => [], maintain: () => true };
const form = { "content-type": "application/x-www-form-urlencoded" };

/** Every path that changes something, and the body it takes. */
const mutations: [method: string, path: string, body: string | null, takes: string | null][] = [
  ["POST", "/api/keys", `{"key":"k","value":"dg=="}`, "application/json"],
  ["POST", "/api/import", "key,value\na,b\n", "text/csv"],
  ["POST", "/api/node/leave", "{}", "application/json"],
  ["POST", "/api/node/kill", "{}", "application/json"],
  ["POST", "/api/node/ping", "{}", "application/json"],
  ["POST", "/api/node/maintain", `{"chore":"${chores[0]}"}`, "application/json"],
  ["POST", "/api/session", `{"token":"x"}`, "application/json"],
  ["DELETE", "/api/session", null, "application/json"],
  ["POST", "/rpc", `{"jsonrpc":"2.0","id":1,"method":"node.info"}`, "application/json"],
  // A value may be anything, and no form of a page can PUT or DELETE.
  ["PUT", "/api/keys/k", "v", null],
  ["DELETE", "/api/keys/k", null, null],
];

Deno.test("no command is taken from a form, whoever is signed in", async () => {
  for (const [method, path, body, takes] of mutations) {
    const types = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"];
    for (const type of types) {
      const node = new GuardedNode({ operator, allowKill: true });
      const { cookie, csrf } = await node.signIn(node.token("admin"));
      const headers = { cookie, "x-rondo-csrf": csrf, "content-type": type };
      const status = await node.status(method, path, headers, { body });
      assert(takes === null ? status < 300 : status === 415, `${method} ${path} ${type}: ${status}`);
    }
  }
});

Deno.test("what is wrong with a request is said in one order: the first failure answers", async () => {
  const evil = { origin: "http://evil.example" };
  const rows: [method: string, path: string, headers: Record<string, string>, status: number, why: string][] =
    [
      ["POST", "/api/node//leave", { ...evil, ...form }, 400, "the path is not canonical"],
      ["POST", "/api/none", { ...evil, ...form }, 404, "there is no such path"],
      ["PUT", "/api/node/leave", { ...evil, ...form }, 405, "nor that method"],
      ["POST", "/api/node/leave", { ...evil, ...form }, 403, "another site's page"],
      ["POST", "/api/node/leave", form, 401, "nobody"],
      ["POST", "/api/node/leave", { ...form, ...bearer("read") }, 403, "too small a role"],
      ["POST", "/api/node/leave", { ...form, ...bearer("operator") }, 415, "a form"],
      ["POST", "/api/node/maintain", bearer("operator"), 413, "too much"],
      ["POST", "/api/node/maintain", { ...bearer("operator"), "x-short": "1" }, 400, "no JSON"],
      ["POST", "/api/node/leave", bearer("operator"), 202, "all is well"],
    ];
  const node = new GuardedNode({ operator });
  const tokens: Record<string, string> = { read: node.token("read"), operator: node.token("operator") };
  for (const [method, path, said, status, why] of rows) {
    const { "x-short": short, authorization, ...headers } = said;
    const token = tokens[authorization?.slice("Bearer ".length) ?? ""];
    const shown = token === undefined ? headers : { ...headers, ...bearer(token) };
    const body = short === undefined ? "x".repeat(300) : "x";
    assertEquals(await node.status(method, path, shown, { body }), status, why);
  }
  assertEquals(await node.status("POST", "/api/node/leave", evil, { name: "evil.example" }), 421, "the host");
});

Deno.test("every answer of the interface says that it is no document, errors too", async () => {
  const node = new GuardedNode({ operator });
  const token = node.token("admin");
  await node.status("PUT", "/api/keys/k", bearer(token), { body: "<script>alert(1)</script>" });
  const asked: [method: string, path: string, headers?: Record<string, string>][] = [
    ["GET", "/health"],
    ["GET", "/ready"],
    ["GET", "/api/keys/k"],
    ["GET", "/api/keys/k", { accept: "application/octet-stream" }],
    ["GET", "/api/keys/none"],
    ["GET", "/api/none"],
    ["POST", "/api/none"],
    ["GET", "/api/keys/%ff"],
    ["GET", "/api//keys"],
    ["GET", "/api/node/config"],
    ["GET", "/api/session"],
    ["GET", "/openapi.json"],
    ["DELETE", "/api/keys/k"],
    ["POST", "/rpc"],
    ["GET", "/rpc"],
  ];
  node.node.answers["node.info"] = () => ({ ready: true }) as never;
  for (const headers of [bearer(token), {}]) {
    for (const [method, path, more = {}] of asked) {
      const response = await node.ask(method, path, { ...headers, ...more });
      const said = ["x-content-type-options", "content-security-policy"]
        .map((name) => response.headers.get(name));
      assertEquals(said, ["nosniff", "default-src 'none'; frame-ancestors 'none'"], `${method} ${path}`);
      const isBytes = response.headers.get("content-type") === "application/octet-stream";
      assertEquals(response.headers.get("content-disposition"), isBytes ? "attachment" : null);
      await response.body?.cancel();
    }
  }
});
