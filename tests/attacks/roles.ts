import { includesRole, type Role, roles as allRoles } from "../../core/role.ts";
import { wrongTokenRate } from "../../transport/access/request_rates.ts";
import { newToken } from "../../transport/access/credential.ts";
import { ask, attack, call, json, rpc } from "./attack.ts";
import { type AttacksAtGate, bearer, type Gate, type Shown } from "./gate.ts";
import { type Target } from "./target.ts";

const form = { "Content-Type": "text/plain" };

interface Act {
  readonly name: string;
  /** Null: it is between nodes, and no token opens it. */
  readonly needed: Role | null;
  readonly send: (shown: Shown) => Uint8Array;
  /** What comes of it for those who may: often a refusal for something else, so that the ring stays as it is. */
  readonly done: string;
}

/** One act of each kind. */
function actsOn({ neighbour, node }: Target): readonly Act[] {
  const path = (method: string, path: string, more: Shown = {}, body?: string) => (shown: Shown) =>
    call(method, path, { headers: { ...shown, ...more }, ...(body === undefined ? {} : { body }) });
  const method = (name: string, params: unknown = {}) => (shown: Shown) => ask(name, params, shown);
  const open = { key: "open", value: btoa("open") };
  const { self } = neighbour;
  const [result, wrong, typed] = ["200 result 1", "200 -32602 1", "415 UNSUPPORTED_MEDIA_TYPE"];
  const chore = path("POST", "/api/node/maintain", json, `{"chore":"ring"}`);
  return [
    { name: "read a key", needed: "read", send: path("GET", "/api/keys/open"), done: "200 value b3Blbg==" },
    { name: "see the log", needed: "read", send: path("GET", "/api/logs?level=x"), done: "400 BAD_QUERY" },
    { name: "export", needed: "read", send: path("GET", "/api/export?format=x"), done: "400 BAD_FORMAT" },
    { name: "watch", needed: "read", send: path("GET", "/api/ws"), done: "426 UPGRADE_REQUIRED" },
    {
      name: "write a key",
      needed: "write",
      send: path("PUT", "/api/keys/open", {}, "open"),
      done: "200 written",
    },
    { name: "import", needed: "write", send: path("POST", "/api/import", form, "x"), done: typed },
    { name: "leave", needed: "operator", send: path("POST", "/api/node/leave", form), done: typed },
    { name: "do a chore", needed: "operator", send: chore, done: `202 {"accepted":true}` },
    { name: "kill", needed: "admin", send: path("POST", "/api/node/kill", form), done: typed },

    { name: "ask where to", needed: "read", send: method("chord.neighbors"), done: result },
    { name: "call for a key", needed: "read", send: method("kv.get", { key: "open" }), done: result },
    { name: "call to write", needed: "write", send: method("kv.put", open), done: result },
    { name: "call to delete", needed: "write", send: method("kv.delete", { key: "none" }), done: result },
    {
      name: "forget a member",
      needed: "operator",
      send: method("node.forget", { id: self.id }),
      done: wrong,
    },
    { name: "pose as a node", needed: null, send: method("chord.notify", { node: self }), done: result },
    {
      name: "send a node away",
      needed: null,
      send: method("chord.leave", { node: self, predecessor: null, successors: [] }),
      done: result,
    },
    { name: "teach views", needed: null, send: method("partition.learn", { views: [] }), done: result },
    {
      name: "read a copy",
      needed: null,
      send: method("replica.read", { partition: 0, key: "open", epoch: 1, as: "member" }),
      done: result,
    },
    {
      name: "call as the owner does",
      needed: null,
      send: method("kv.put", { ...open, version: `000000000001.0000.${node.self.id}` }),
      done: result,
    },
    {
      name: "forget without a word to others",
      needed: null,
      send: method("node.forget", { id: self.id, passedOn: true }),
      done: wrong,
    },
  ];
}

/** Every act by everybody: what a role may not do does not happen. */
export const roles: AttacksAtGate = (target, gate) => {
  const tokens = allRoles.map((role) => [role, bearer(gate.token(role))] as const);
  return actsOn(target).flatMap(({ name, needed, send, done }) => {
    const isCall = done.endsWith(" 1");
    const [stranger, refused] = isCall
      ? ["401 -32001 null", "200 -32002 1"]
      : ["401 UNAUTHENTICATED", "403 FORBIDDEN"];
    return [
      attack(`nobody: ${name}`, send({}), stranger, "it takes a token", challenge),
      ...tokens.map(([role, shown]) => {
        const may = needed !== null && includesRole(role, needed);
        return attack(
          `${role}: ${name}`,
          send(shown),
          may ? done : refused,
          `it takes ${needed ?? "a node"}`,
        );
      }),
    ];
  });
};

const challenge = { "www-authenticate": 'Bearer realm="rondo"' };

/** What people show that lets nobody in. */
function wrongTokens(gate: Gate): readonly (readonly [why: string, authorization: string])[] {
  const good = gate.token("admin", "ada");
  const revoked = gate.token("admin", "bob");
  gate.revoke("bob");
  return [
    ["a token of our form that nobody has", `Bearer ${newToken()}`],
    ["one that was revoked", `Bearer ${revoked}`],
    ["one whose time is over", `Bearer ${gate.token("admin", "eve", -1)}`],
    ["one of another program", `Bearer ${good.replace("rondo_", "ghp_")}`],
    ["one without its beginning", `Bearer ${good.slice("rondo_".length)}`],
    ["half of one", `Bearer ${good.slice(0, -20)}`],
    ["one and more", `Bearer ${good}x`],
    ["one in capitals", `Bearer ${good.toUpperCase()}`],
    ["two", `Bearer ${good}, Bearer ${good}`],
    ["one as another scheme", `Token ${good}`],
    ["one without a scheme", good],
    ["one as a password", `Basic ${btoa(`ada:${good}`)}`],
    ["a scheme alone", "Bearer"],
    ["nothing", ""],
    ["a token's digest", `Bearer ${"a".repeat(64)}`],
    ["60,000 letters", `Bearer ${"a".repeat(60_000)}`],
  ];
}

const ping = { jsonrpc: "2.0", method: "chord.ping", id: 1 };

/** Tokens that are none, or not where tokens belong; then too many of them. */
export const wrongCredentials: AttacksAtGate = (_, gate) => {
  const good = gate.token("admin", "good");
  const read = (path: string, headers: Shown) => call("GET", path, { headers });
  const shown = wrongTokens(gate);
  const unauthenticated = "401 UNAUTHENTICATED";
  const atRpcAndHealth = 2;
  const more = wrongTokenRate.burst - shown.length - atRpcAndHealth;
  const guesses = Array.from({ length: more }, (_, i) => `guess ${i + 1}`);
  const tooMany = { "retry-after": "1" };
  return [
    attack(
      "a token",
      read("/api/keys/open", bearer(good)),
      "200 value b3Blbg==",
      "the rows below differ in one thing",
    ),
    ...shown.map(([why, Authorization]) =>
      attack(
        why,
        read("/api/keys/open", { Authorization }),
        unauthenticated,
        "nobody is told which",
        challenge,
      )
    ),
    attack(
      "a wrong token at /rpc",
      rpc(ping, bearer(newToken())),
      "401 -32001 null",
      "before anything is read",
      challenge,
    ),
    attack(
      "a token in the query",
      read(`/api/keys/open?token=${good}`, {}),
      unauthenticated,
      "URLs end up in logs",
    ),
    attack(
      "a token in the query of a page",
      read(`/api/node/info?access_token=${good}`, {}),
      unauthenticated,
      "the same",
    ),
    attack(
      "a token in a cookie",
      read("/api/keys/open", { Cookie: `rondo-80=${good}` }),
      unauthenticated,
      "it is no session",
    ),
    attack("a token as a cookie", read("/api/keys/open", { Cookie: good }), unauthenticated, "nor this"),
    attack(
      "a token in a header of choice",
      read("/api/keys/open", { "X-Api-Key": good }),
      unauthenticated,
      "one way in",
    ),
    attack("nobody asks for what is no key", read("/api/keys/%ff", {}), unauthenticated, "who before what"),
    attack(
      "nobody asks for what is not there",
      read("/api/keys/none", {}),
      unauthenticated,
      "nor learns whether it is",
    ),
    attack("nobody asks whether we are ready", read("/ready", {}), `200 {"ready":true}`, "load balancers do"),
    attack(
      "a wrong token at what is for all",
      read("/health", bearer(newToken())),
      `200 {"ok":true}`,
      "nobody is asked",
    ),
    ...guesses.map((name) =>
      attack(name, read("/api/keys/open", bearer(newToken())), unauthenticated, "so far")
    ),
    attack(
      "one guess too many",
      read("/api/keys/open", bearer(newToken())),
      "429 TOO_MANY_REQUESTS",
      "a script",
      tooMany,
    ),
    attack("the same at /rpc", rpc(ping, bearer(newToken())), "429 -32008 null", "the same count", tooMany),
    attack(
      "a good token from there",
      read("/api/keys/open", bearer(good)),
      "200 value b3Blbg==",
      "guessers take nothing from others",
    ),
  ];
};

/** Good tokens that ask too often: two requests are let in at once. */
export const tooOften: AttacksAtGate = (_, gate) => {
  const [ada, bob] = [gate.token("admin", "ada"), gate.token("read", "bob")];
  const { cookie } = gate.session(ada, "n0.test");
  const read = (headers: Shown) => call("GET", "/api/keys/open", { headers });
  const [value, tooMany, after] = ["200 value b3Blbg==", "429 TOO_MANY_REQUESTS", { "retry-after": "1" }];
  return [
    attack("the first", read(bearer(ada)), value, "of two"),
    attack("the second", read(bearer(ada)), value, "of two"),
    attack("the third", read(bearer(ada)), tooMany, "a second gives one", after),
    attack(
      "by a call",
      ask("kv.get", { key: "open" }, bearer(ada)),
      "429 -32008 null",
      "it is one count",
      after,
    ),
    attack("by a session of the token", read({ Cookie: cookie }), tooMany, "the same", after),
    attack(
      "by a ticket of the token",
      read(bearer(gate.ticket({ name: "ada" }))),
      tooMany,
      "the same",
      after,
    ),
    attack(
      "to write",
      call("PUT", "/api/keys/kept", { headers: bearer(ada), body: "x" }),
      tooMany,
      "the same",
      after,
    ),
    attack("by another", read(bearer(bob)), value, "who has done nothing"),
  ];
};
