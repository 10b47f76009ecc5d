import { assert, assertEquals } from "@std/assert";
import { Audit } from "../../../transport/access/audit.ts";
import { openAccess } from "../../../transport/guard/access.ts";
import { Guard } from "../../../transport/guard/guard.ts";
import { HostList } from "../../../transport/guard/hosts.ts";
import { createHandler } from "../../../transport/handler.ts";
import { bearer, GuardedNode } from "./guarded_node.ts";

const acts: [method: string, path: string, role: "read" | "operator" | null, noted: string | null][] = [
  ["POST", "/api/node/leave", "operator", "POST /api/node/leave 202 ada token operator"],
  ["POST", "/api/node/leave", "read", "POST /api/node/leave 403 ada token read"],
  ["POST", "/api/node/leave", null, "POST /api/node/leave 401 nobody nothing none"],
  ["PUT", "/api/keys/user:1?ttl=60", "operator", "PUT /api/keys/user:1 201 ada token operator"],
  ["DELETE", "/api/keys/user:1", "operator", "DELETE /api/keys/user:1 200 ada token operator"],
  ["DELETE", "/api/keys/user:1", "read", "DELETE /api/keys/user:1 403 ada token read"],
  ["GET", "/api/keys/user:1", "operator", null],
  ["POST", "/api/node/ping", "operator", null],
  ["POST", "/api/nothing", "operator", null],
];

Deno.test("Audit notes who did what, who tried to, and nothing that lets somebody in", async () => {
  for (const [method, path, role, noted] of acts) {
    const node = new GuardedNode();
    node.node.answers["chord.ping"] = () => ({ id: node.node.self.id, incarnation: 1, phase: "member" });
    const token = node.token(role ?? "read", "ada");
    const body = method === "PUT" ? "the value" : null;
    const response = await node.ask(method, path, role === null ? {} : bearer(token), {
      body,
      address: "10.0.0.9",
    });
    const [entry] = node.log.filter(({ event }) => event === "audit");
    if (noted === null) {
      assertEquals(entry, undefined, path);
      continue;
    }
    const { act, address, by, requestId, role: asRole, status, who } = entry?.fields ?? {};
    assertEquals(`${act} ${status} ${who} ${by} ${asRole}`, noted);
    assertEquals([address, requestId], ["10.0.0.9", response.headers.get("x-request-id")]);
    const text = await response.text();
    const id = JSON.parse(text).error?.requestId;
    assert(id === undefined || id === requestId, "the answer, its header and the audit bear one number");
  }
});

Deno.test("Audit notes who signs in, who fails to, and who signs out", async () => {
  const node = new GuardedNode();
  const token = node.token("write", "ada");
  const { cookie, csrf } = await node.signIn(token);
  await node.signIn("rondo_wrong");
  await node.status("DELETE", "/api/session", { cookie, "x-rondo-csrf": csrf });
  const noted = node.log.map(({ fields: { act, by, status, who } }) => `${act} ${status} ${who} ${by}`);
  assertEquals(noted, [
    "POST /api/session 200 ada session",
    "POST /api/session 401 nobody nothing",
    "DELETE /api/session 200 ada session",
  ]);
});

Deno.test("no line of the log has anything of a token, a cookie or a session's token", async () => {
  const node = new GuardedNode();
  const token = node.token("admin", "ada");
  const { cookie, csrf } = await node.signIn(token);
  await node.signIn(`${token}x`);
  for (const headers of [bearer(token), bearer(`${token}x`), { cookie, "x-rondo-csrf": csrf }]) {
    for (const path of ["/api/keys/k", "/api/node/leave", "/api/none"]) {
      for (const method of ["GET", "PUT", "POST", "DELETE"]) await node.status(method, path, headers);
    }
  }
  const text = JSON.stringify(node.log);
  assert(node.log.length > 10);
  for (const secret of [token, cookie.split("=")[1] ?? "", csrf]) assert(!text.includes(secret.slice(6, 20)));
});

Deno.test("without tokens Audit notes commands to the node, but not every key", async () => {
  const said: string[] = [];
  const log = (_level: string, event: string, { act, who }: Record<string, unknown> = {}) =>
    void said.push(`${event} ${act} ${who}`);
  const answer = createHandler(new GuardedNode().node, {
    log,
    onLeave: () => {},
    guard: new Guard({ hosts: new HostList([]), access: openAccess }),
    audit: new Audit({ log, keyWrites: false }),
  });
  for (const [method, path] of [["PUT", "/api/keys/k"], ["POST", "/api/node/leave"]] as const) {
    const request = new Request(`http://127.0.0.1:8440${path}`, { method });
    const headers = new Headers({ host: "127.0.0.1:8440" });
    await (await answer(Object.defineProperty(request, "headers", { value: headers }))).body?.cancel();
  }
  assertEquals(said, ["audit POST /api/node/leave anyone"]);
});
