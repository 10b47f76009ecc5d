import { assert, assertEquals, assertMatch } from "@std/assert";
import { addressesMax, BackOff, forgottenAfterMs } from "../../../transport/access/back_off.ts";
import { newToken } from "../../../transport/access/credential.ts";
import { sessionMs, sessionsPerTokenMax } from "../../../transport/access/sessions.ts";
import { bearer, GuardedNode, host } from "./guarded_node.ts";

const own = { origin: `http://${host}` };

Deno.test("a token is shown once, for a cookie that no script reads and no other site sends", async () => {
  const node = new GuardedNode();
  const token = node.token("write", "ada");
  const response = await node.ask("POST", "/api/session", own, { body: JSON.stringify({ token }) });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertMatch(
    response.headers.get("set-cookie") ?? "",
    /^rondo-8440=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  const { csrf, ...who } = await response.json();
  assertEquals(who, { name: "ada", role: "write" });
  const { cookie, csrf: other } = await node.signIn(token);
  assert(csrf !== other);
  assertEquals(await (await node.ask("GET", "/api/session", { cookie })).json(), { ...who, csrf: other });
  assertEquals(await (await node.ask("GET", "/api/session", bearer(token))).json(), { ...who, csrf: null });
});

Deno.test("signing in refuses what is no token, and every place but the machine itself", async () => {
  const token = new GuardedNode().token("read");
  const rows: [body: string, name: string, headers: Record<string, string>, status: number, why: string][] = [
    [JSON.stringify({ token: newToken() }), host, {}, 401, "an unknown token"],
    [JSON.stringify({ token: "" }), host, {}, 401, "none"],
    [JSON.stringify({ token, more: 1 }), host, {}, 400, "an unknown member"],
    ["{", host, {}, 400, "no JSON"],
    [JSON.stringify({ token: "x".repeat(1_000) }), host, {}, 413, "too long"],
    [`token=${token}`, host, { "content-type": "application/x-www-form-urlencoded" }, 415, "a form"],
    [JSON.stringify({ token }), host, { origin: "http://evil.example" }, 403, "a page of another site"],
    [JSON.stringify({ token }), host, { "sec-fetch-site": "same-site" }, 403, "a page of another port"],
    [JSON.stringify({ token }), "rondo.example", {}, 403, "over the network, where there is no TLS"],
    [JSON.stringify({ token }), "evil.example:8440", {}, 421, "a name that is not its own"],
  ];
  for (const [body, name, headers, status, why] of rows) {
    const node = new GuardedNode();
    assertEquals(await node.status("POST", "/api/session", headers, { body, name }), status, why);
  }
});

Deno.test("a command by cookie takes the session's token and comes from the node's own page", async () => {
  const node = new GuardedNode();
  const { cookie, csrf } = await node.signIn(node.token("write"));
  const { csrf: another } = await node.signIn(node.token("write", "other"));
  const rows: [method: string, headers: Record<string, string>, status: number, why: string][] = [
    ["DELETE", { cookie, "x-rondo-csrf": csrf, ...own }, 200, "its page"],
    ["DELETE", { cookie, "x-rondo-csrf": csrf }, 200, "no origin said"],
    ["DELETE", { cookie, ...own }, 403, "without the session's token"],
    ["DELETE", { cookie, "x-rondo-csrf": another, ...own }, 403, "with that of another session"],
    ["DELETE", { cookie, "x-rondo-csrf": "", ...own }, 403, "with an empty one"],
    ["DELETE", { cookie, "x-rondo-csrf": csrf, origin: "http://127.0.0.1:9999" }, 403, "another port's page"],
    ["DELETE", { "x-rondo-csrf": csrf, ...own }, 401, "without the cookie"],
    ["GET", { cookie }, 404, "a question takes the cookie alone"],
    ["GET", { cookie: `a=b; ${cookie}; c=d` }, 404, "among others"],
    ["GET", { cookie, origin: "http://127.0.0.1:9999" }, 401, "for another port's page it is no cookie"],
    ["GET", { cookie: cookie.replace("8440", "8441") }, 401, "the cookie of another port"],
    ["GET", { cookie: `${cookie}x` }, 401, "an unknown session"],
    ["GET", { cookie: "rondo-8440=" }, 401, "an empty one"],
  ];
  for (const [method, headers, status, why] of rows) {
    assertEquals(await node.status(method, "/api/keys/k", headers), status, why);
  }
});

Deno.test("a session ends by signing out, by its time, and with its token", async () => {
  const node = new GuardedNode();
  const token = node.token("read", "ada");
  const isIn = async (cookie: string) => await node.status("GET", "/api/session", { cookie }) === 200;
  const first = await node.signIn(token);
  const out = { cookie: first.cookie, "x-rondo-csrf": first.csrf };
  assertEquals(await node.status("DELETE", "/api/session", { cookie: first.cookie }), 403);
  const response = await node.ask("DELETE", "/api/session", out);
  assertMatch(response.headers.get("set-cookie") ?? "", /^rondo-8440=;.* Max-Age=0$/);
  assert(!await isIn(first.cookie));

  const second = await node.signIn(token);
  node.nowMs += sessionMs - 1;
  assert(await isIn(second.cookie));
  node.nowMs += 1;
  assert(!await isIn(second.cookie));

  const third = await node.signIn(token);
  node.revoke("ada");
  assert(!await isIn(third.cookie));
  assertEquals(node.parts.sessions.size, 0);
});

Deno.test("one token has only so many sessions: the oldest makes room, those of others stay", async () => {
  const node = new GuardedNode();
  const ada = await node.signIn(node.token("read", "ada"));
  const token = node.token("read", "bob");
  const first = await node.signIn(token);
  for (let i = 0; i < sessionsPerTokenMax; i++) await node.signIn(token);
  assertEquals(node.parts.sessions.size, sessionsPerTokenMax + 1);
  assertEquals(await node.status("GET", "/api/session", { cookie: first.cookie }), 401);
  assertEquals(await node.status("GET", "/api/session", { cookie: ada.cookie }), 200);
});

Deno.test("who fails to sign in again and again has to wait, with a right token too", async () => {
  const node = new GuardedNode();
  const token = node.token("read");
  const attempt = (text: string, address = "10.0.0.9") =>
    node.ask("POST", "/api/session", {}, { body: JSON.stringify({ token: text }), address });
  for (let i = 0; i < 4; i++) await attempt(newToken());
  const refused = await attempt(token);
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assertEquals((await attempt(token, "10.0.0.8")).status, 200, "others do not wait");
  node.nowMs += 1_000;
  assertEquals((await attempt(token)).status, 200);
});

Deno.test("BackOff doubles the wait to a minute, forgets after a quiet time, and has an end", () => {
  let nowMs = 0;
  const backOff = new BackOff(() => nowMs);
  const waits = Array.from({ length: 12 }, () => {
    backOff.failed("a");
    return backOff.waitMs("a") / 1_000;
  });
  assertEquals(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  nowMs += forgottenAfterMs;
  assertEquals(backOff.waitMs("a"), 0);
  for (let i = 0; i < addressesMax + 100; i++) backOff.failed(`address ${i}`);
  assertEquals(backOff.size, addressesMax + 1);
  assert(backOff.waitMs("a newcomer") > 0, "those who come under ever new names share one memory");
  backOff.succeeded("address 0");
  assertEquals(backOff.size, addressesMax);
});
