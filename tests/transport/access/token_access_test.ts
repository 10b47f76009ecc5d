import { assert, assertEquals, assertMatch } from "@std/assert";
import { newToken } from "../../../transport/access/credential.ts";
import { readTokenList, TokenListProblem, writeTokenList } from "../../../transport/access/token_list.ts";
import { bearer, GuardedNode } from "./guarded_node.ts";

Deno.test("a token is random text that says what it is", () => {
  assertMatch(newToken(), /^rondo_[A-Za-z0-9_-]{43}$/);
  assert(newToken() !== newToken());
});

Deno.test("TokenAccess tells tokens from what looks like them", async () => {
  const node = new GuardedNode();
  const token = node.token("read");
  const rows: [authorization: string | null, status: number, why: string][] = [
    [`Bearer ${token}`, 404, "the token"],
    [`bearer ${token}`, 404, "schemes have no case (RFC 9110, 11.1)"],
    [null, 401, "none"],
    [`Bearer ${newToken()}`, 401, "another"],
    [`Bearer ${token}x`, 401, "one letter too many"],
    [`Bearer ${token.slice(0, -1)}`, 401, "one too few"],
    [`Bearer ${token.toUpperCase()}`, 401, "letters have case"],
    [`Basic ${token}`, 401, "another scheme"],
    [token, 401, "no scheme"],
    ["Bearer", 401, "no token"],
    ["Bearer rondot_a.b", 401, "no ticket"],
    ["Bearer rondot_", 401, "no ticket either"],
    [`Bearer ${"x".repeat(10_000)}`, 401, "anything long"],
  ];
  for (const [authorization, status, why] of rows) {
    node.nowMs += 10_000;
    const headers: Record<string, string> = authorization === null ? {} : { authorization };
    assertEquals(await node.status("GET", "/api/keys/k", headers), status, why);
  }
});

Deno.test("TokenAccess says the same to whoever has no token, an unknown, a revoked or an expired one", async () => {
  const node = new GuardedNode();
  const revoked = node.token("admin", "ada");
  const expired = node.token("admin", "bob", 1_000);
  assertEquals(await node.status("GET", "/api/keys/k", bearer(revoked)), 404);
  assertEquals(await node.status("GET", "/api/keys/k", bearer(expired)), 404);
  node.revoke("ada");
  node.nowMs += 1_000;
  const bodies = [];
  for (const headers of [{}, bearer(newToken()), bearer(revoked), bearer(expired), bearer("rondot_x.y")]) {
    const response = await node.ask("GET", "/api/keys/k", headers);
    const { error: { requestId: _, ...error } } = await response.json();
    const shown = [...response.headers].filter(([name]) => name !== "x-request-id");
    bodies.push(JSON.stringify([response.status, shown, error]));
  }
  assertEquals(new Set(bodies).size, 1);
  assertMatch(bodies[0] ?? "", /^\[401,.*www-authenticate/);
});

Deno.test("/health tells everybody, /ready tells strangers yes or no, and those it knows why", async () => {
  const node = new GuardedNode();
  const reason = "the ring is not closed";
  node.node.answers["node.info"] = () => ({ ready: false, reason }) as never;
  const token = node.token("read");
  const bodyOf = async (path: string, headers = {}) => await (await node.ask("GET", path, headers)).json();
  assertEquals(await bodyOf("/health"), { ok: true });
  assertEquals(await bodyOf("/ready"), { ready: false });
  assertEquals(await bodyOf("/ready", bearer(newToken())), { ready: false });
  assertEquals(await bodyOf("/ready", bearer(token)), { ready: false, reason });
});

Deno.test("a token that is wrong too often is refused for a while, a right one from there is not", async () => {
  const node = new GuardedNode();
  const token = node.token("read");
  const statuses: number[] = [];
  for (let i = 0; i < 40; i++) {
    statuses.push(await node.status("GET", "/api/keys/k", bearer(newToken()), { address: "10.0.0.9" }));
  }
  assertEquals(statuses.indexOf(429), 30);
  const refused = await node.ask("GET", "/api/keys/k", bearer(newToken()), { address: "10.0.0.9" });
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assertEquals(await node.status("GET", "/api/keys/k", bearer(token), { address: "10.0.0.9" }), 404);
  assertEquals(await node.status("GET", "/api/keys/k", bearer(newToken()), { address: "10.0.0.8" }), 401);
  node.nowMs += 1_000;
  assertEquals(await node.status("GET", "/api/keys/k", bearer(newToken()), { address: "10.0.0.9" }), 401);
});

const rates: [address: string, isLimited: boolean, why: string][] = [
  ["127.0.0.1", false, "the machine itself"],
  ["::1", false, "the machine itself"],
  ["::ffff:127.0.0.1", false, "the machine itself, through a socket of both kinds"],
  ["10.0.0.7", true, "another machine"],
  ["::ffff:10.0.0.7", true, "the same"],
  ["2001:db8::1", true, "another machine"],
];

Deno.test("RequestRates limits addresses of other machines, and every token", async () => {
  for (const [address, isLimited, why] of rates) {
    const node = new GuardedNode({ perAddress: 2 });
    const token = node.token("read");
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      statuses.push(await node.status("GET", "/api/keys/k", bearer(token), { address }));
    }
    assertEquals(statuses.filter((status) => status === 429).length, isLimited ? 2 : 0, why);
  }
  const node = new GuardedNode({ perToken: 2 });
  const [ada, bob] = [node.token("read", "ada"), node.token("read", "bob")];
  const statuses: number[] = [];
  for (const token of [ada, ada, ada, ada, ada, bob]) {
    statuses.push(await node.status("GET", "/api/keys/k", bearer(token)));
  }
  assertEquals(statuses, [404, 404, 404, 404, 429, 404]);
});

Deno.test("RequestRates takes all of an IPv6 network for one", async () => {
  const node = new GuardedNode({ perAddress: 1 });
  const from = (address: string) => node.status("GET", "/health", {}, { address });
  assertEquals([await from("2001:db8:0:1::1"), await from("2001:db8:0:1:ffff::2")], [200, 200]);
  assertEquals(await from("2001:db8:0:1::3"), 429);
  assertEquals(await from("2001:db8:0:2::1"), 200);
});

Deno.test("a list of tokens is read as it was written, and nothing else is", () => {
  const node = new GuardedNode();
  node.token("operator", "ada@example.org");
  node.token("read", "prometheus", 86_400_000);
  assertEquals(readTokenList(writeTokenList(node.records)), node.records);
  const sha256 = "0".repeat(64);
  const created = "2026-01-01T00:00:00Z";
  const good = { name: "a", role: "read", sha256, created };
  const rows: [text: string, why: string][] = [
    ["", "empty"],
    ["[]", "another form"],
    [JSON.stringify({ tokens: [{ ...good, role: "root" }] }), "an unknown role"],
    [JSON.stringify({ tokens: [{ ...good, sha256: "00" }] }), "no digest"],
    [JSON.stringify({ tokens: [{ ...good, name: "a b" }] }), "no name"],
    [JSON.stringify({ tokens: [{ ...good, expires: "soon" }] }), "no moment"],
    [JSON.stringify({ tokens: [{ ...good, token: "x" }] }), "an unknown member"],
    [JSON.stringify({ tokens: [good, good] }), "one name twice"],
  ];
  assertEquals(readTokenList(JSON.stringify({ tokens: [good] })).length, 1);
  for (const [text, why] of rows) {
    try {
      readTokenList(text);
    } catch (error) {
      assert(error instanceof TokenListProblem, why);
      continue;
    }
    throw new Error(`Took a list with ${why}`);
  }
});
