import { assertEquals } from "@std/assert";
import { openAccess } from "../../../transport/guard/access.ts";
import type { Role } from "../../../transport/guard/caller.ts";
import { type Access, Guard, unauthenticated } from "../../../transport/guard/guard.ts";
import { HostList } from "../../../transport/guard/hosts.ts";
import { createHandler, type Handler } from "../../../transport/handler.ts";
import { FakeNode } from "../fake_node.ts";

/** Knows whoever says their role in place of a token. */
const byRole: Access = {
  callerOf({ request: { headers } }) {
    const said = headers.get("authorization");
    if (said === null) return null;
    if (said === "wrong") throw unauthenticated();
    return { name: said, role: said as Role, by: "token" };
  },
};

const handlers = new Map<Access, Handler>();

/** Made once for each: what describes a node takes a while to make. */
function handlerWith(access: Access): Handler {
  const handler = handlers.get(access) ?? makeHandler(access);
  handlers.set(access, handler);
  return handler;
}

function makeHandler(access: Access): Handler {
  const hosts = new HostList(["10.0.0.7:8440", "rondo.example"]);
  const node = new FakeNode();
  node.answers["chord.ping"] = () => ({ id: node.self.id, incarnation: 1, phase: "member" });
  return createHandler(node, {
    log: () => {},
    onLeave: () => {},
    allowKill: true,
    onKill: () => {},
    guard: new Guard({ hosts, access }),
  });
}

/** `Request` may not set every header that a server receives. */
function received(method: string, url: string, headers: Record<string, string>): Request {
  const request = new Request(url, { method });
  const all = new Headers({ "content-type": "application/json", ...headers });
  return Object.defineProperty(request, "headers", { value: all });
}

/** A status, and the code of the error. */
type Said = [status: number, code: string | number | undefined];

async function answerTo(
  access: Access,
  method: string,
  path: string,
  headers: Record<string, string>,
  authority = headers["host"] ?? "10.0.0.7:8440",
): Promise<Said> {
  const response = await handlerWith(access)(received(method, `http://${authority}${path}`, headers));
  const body = await response.json().catch(() => null);
  return [response.status, body?.error?.code];
}

const hosts: [host: string | null, path: string, ...said: Said, why: string][] = [
  ["10.0.0.7:8440", "/api/node/ping", 200, undefined, "its own address"],
  ["127.0.0.1:8440", "/api/node/ping", 200, undefined, "the loopback"],
  ["localhost:9000", "/api/node/ping", 200, undefined, "a tunnel"],
  ["[::1]:8440", "/api/node/ping", 200, undefined, "the loopback of IPv6"],
  ["LOCALHOST:8440", "/api/node/ping", 200, undefined, "names have no case"],
  ["rondo.example", "/api/node/ping", 200, undefined, "a name that is allowed"],
  ["rondo.example:443", "/api/node/ping", 200, undefined, "allowed with any port"],
  ["evil.example:8440", "/api/node/ping", 421, "WRONG_HOST", "a name that was pointed here"],
  ["10.0.0.7:8441", "/api/node/ping", 421, "WRONG_HOST", "another port of the address"],
  ["127.0.0.1.evil.example", "/api/node/ping", 421, "WRONG_HOST", "begins like the loopback"],
  ["localhost.evil.example", "/api/node/ping", 421, "WRONG_HOST", "begins like the loopback"],
  ["evil@localhost:8440", "/api/node/ping", 421, "WRONG_HOST", "no host at all"],
  ["127.0.0.01:8440", "/api/node/ping", 421, "WRONG_HOST", "another spelling"],
  [null, "/api/node/ping", 400, "BAD_HOST", "none"],
  [null, "/health", 200, undefined, "probes come as they like"],
  ["evil.example", "/health", 200, undefined, "and learn only that the process lives"],
  ["evil.example", "/rpc", 421, -32004, "JSON-RPC is no exception"],
  ["evil.example", "/api/keys/k", 421, "WRONG_HOST", "nor is a key"],
];

Deno.test("Guard answers under the names of the node only", async () => {
  for (const [host, path, status, code, why] of hosts) {
    const method = path === "/api/node/ping" || path === "/rpc" ? "POST" : "GET";
    const headers: Record<string, string> = host === null ? {} : { host };
    const authority = host === null || host.includes("@") ? undefined : host;
    const answer = await answerTo(openAccess, method, path, headers, authority);
    assertEquals(answer, [status, code], `${host}: ${why}`);
  }
});

Deno.test("Guard refuses a request line that names another host than the header", async () => {
  const headers = { host: "localhost:8440" };
  const answer = await answerTo(byRole, "GET", "/api/keys/k", headers, "127.0.0.1:8440");
  assertEquals(answer, [400, "BAD_HOST"]);
});

const sites: [method: string, headers: Record<string, string>, status: number, why: string][] = [
  ["DELETE", {}, 200, "a program"],
  ["DELETE", { origin: "http://localhost:8440" }, 200, "its own page"],
  ["DELETE", { origin: "https://localhost:8440" }, 200, "its own page, behind TLS"],
  ["DELETE", { origin: "http://localhost:8441" }, 403, "the page of another port"],
  ["DELETE", { origin: "http://evil.example" }, 403, "the page of another site"],
  ["DELETE", { origin: "null" }, 403, "a page without a site"],
  ["DELETE", { "sec-fetch-site": "same-origin" }, 200, "its own page, says the browser"],
  ["DELETE", { "sec-fetch-site": "none" }, 200, "the visitor alone"],
  ["DELETE", { "sec-fetch-site": "same-site" }, 403, "a page of another port, says the browser"],
  ["DELETE", { "sec-fetch-site": "cross-site" }, 403, "the page of another site, says the browser"],
  ["GET", { "sec-fetch-site": "cross-site" }, 404, "reads are guarded by the browser itself"],
];

Deno.test("Guard takes no mutation from the page of another site", async () => {
  for (const [method, headers, status, why] of sites) {
    const host = { host: "localhost:8440" };
    const [got] = await answerTo(openAccess, method, "/api/keys/k", { ...host, ...headers });
    assertEquals(got, status, why);
  }
});

const needed: [method: string, path: string, role: Role | null][] = [
  ["GET", "/health", null],
  ["GET", "/ready", null],
  ["GET", "/api/keys/k", "read"],
  ["GET", "/api/keys?key=k", "read"],
  ["GET", "/api/keys", "read"],
  ["GET", "/api/export?odd=1", "read"],
  ["GET", "/api/node/info", "read"],
  ["GET", "/api/node/peers", "read"],
  ["GET", "/api/peers/00/info", "read"],
  ["GET", "/api/lookup/k", "read"],
  ["GET", "/api/ring", "read"],
  ["GET", "/openapi.json", "read"],
  ["POST", "/api/node/ping", "read"],
  ["PUT", "/api/keys/k", "write"],
  ["DELETE", "/api/keys/k", "write"],
  ["POST", "/api/keys", "write"],
  ["POST", "/api/import", "write"],
  ["DELETE", "/api/import/1", "write"],
  ["POST", "/api/node/leave", "operator"],
  ["POST", "/api/node/kill", "admin"],
];

Deno.test("Guard lets each role do what it may, and nobody else", async () => {
  const roles: Role[] = ["read", "write", "operator", "admin"];
  for (const [method, path, role] of needed) {
    const host = { host: "localhost:8440" };
    const statusAs = async (authorization: string | null) => {
      const headers = { ...host, ...(authorization === null ? {} : { authorization }) };
      return (await answerTo(byRole, method, path, headers))[0];
    };
    const isAdmitted = (status: number) => status !== 401 && status !== 403;
    const admitted = [];
    for (const each of roles) if (isAdmitted(await statusAs(each))) admitted.push(each);
    assertEquals(admitted, role === null ? roles : roles.slice(roles.indexOf(role)), `${method} ${path}`);
    assertEquals(isAdmitted(await statusAs(null)), role === null, `${method} ${path} without a token`);
    assertEquals(isAdmitted(await statusAs("wrong")), role === null, `${method} ${path} with a wrong token`);
  }
});

Deno.test("Guard says the same to whoever has no token and whoever has a wrong one", async () => {
  const bodies = [];
  for (const headers of [{}, { authorization: "wrong" }]) {
    const request = received("GET", "http://localhost:8440/api/keys/k", {
      host: "localhost:8440",
      ...headers,
    });
    const response = await handlerWith(byRole)(request);
    const { error: { requestId: _, ...error } } = await response.json();
    bodies.push([response.status, response.headers.get("www-authenticate"), error]);
  }
  assertEquals(bodies[0], bodies[1]);
  assertEquals(bodies[0]?.[0], 401);
});
