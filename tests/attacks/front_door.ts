import { clientBounds, harmlessBytes, rpcBounds } from "../../transport/guard/json_bounds.ts";
import { LoadGate } from "../../transport/guard/load.ts";
import { rpcBodyBytesMax } from "../../transport/json_rpc.ts";
import {
  ask,
  type Attack,
  attack,
  type Attacks,
  bytes,
  call,
  host,
  json,
  line,
  rpc,
  upgrade,
} from "./attack.ts";
import { type AttacksAtGate, bearer, type Shown } from "./gate.ts";

const evil = "http://evil.example";
const value = "200 value b3Blbg==";
const [wrongHost, badHost] = ["421 WRONG_HOST", "400 BAD_HOST"];
const [foreign, unauthenticated] = ["403 FOREIGN_SITE", "401 UNAUTHENTICATED"];

/** Requests that are not for this node, or that a page of another site makes a browser send. */
export const frontDoor: AttacksAtGate = ({ neighbour }, gate) => {
  const token = bearer(gate.token("admin"));
  const { cookie: Cookie } = gate.session(gate.token("read", "ada"), host);
  const shown = `Authorization: ${token["Authorization"]}`;
  const named = (name: string) => line("GET /api/keys/open HTTP/1.1", [shown], "", name);
  const nameless = (path: string) => bytes(`GET ${path} HTTP/1.1\r\n${shown}\r\nConnection: close\r\n\r\n`);
  const whole = (url: string) => line(`GET ${url} HTTP/1.1`, [shown]);
  const write = (headers: Shown) =>
    call("PUT", "/api/keys/open", { headers: { ...token, ...headers }, body: "open" });
  const kept = (headers: Shown) => call("DELETE", "/api/keys/kept", { headers: { ...token, ...headers } });
  const site = (name: string) => ({ "Sec-Fetch-Site": name });
  const socket = (headers: Shown) => call("GET", "/api/ws", { headers: { ...upgrade, ...headers } });
  const [erase, ping] = [
    { jsonrpc: "2.0", id: 1, method: "kv.delete", params: { key: "kept" } },
    "chord.ping",
  ];
  const text = { "Content-Type": "text/plain" };

  return [
    attack("our name", named(host), value, "the rows below differ in one thing"),
    attack("our name in capitals", named("N0.TEST"), value, "names have no case"),
    attack("a tunnel", named("localhost:9999"), value, "names of the loopback are pointed nowhere else"),
    attack("no name", nameless("/api/keys/open"), badHost, "RFC 9112, 3.2"),
    attack("an empty name", named(""), badHost, "the same"),
    attack("a name that was pointed here", named("evil.example"), wrongHost, "DNS rebinding"),
    attack("a name that begins like ours", named(`${host}.evil.example`), wrongHost, "it is compared whole"),
    attack("a name that ends like ours", named(`evil.${host}`), wrongHost, "the same"),
    attack("ours as a user", named(`${host}@evil.example`), wrongHost, "no name has an @"),
    attack("a user of ours", named(`evil@${host}`), wrongHost, "the same"),
    attack(
      "our name and a dot",
      named(`${host}.`),
      wrongHost,
      "another name, and one for pages to play with",
    ),
    attack(
      "the loopback's name before another",
      named("127.0.0.1.evil.example"),
      wrongHost,
      "a name like any",
    ),
    attack("the loopback in one number", named("2130706433"), wrongHost, "one spelling"),
    attack("every address", named("0.0.0.0"), wrongHost, "a browser of this machine gets here by it"),
    attack("a member's name", named("n1.test"), wrongHost, "it is another node"),
    attack("a URL of another", whole(`${evil}/api/keys/open`), badHost, "the request names two"),
    attack("a URL of ours", whole(`http://${host}/api/keys/open`), value, "RFC 9112, 3.2.2"),
    attack(
      "a call under a foreign name",
      call("POST", "/rpc", { headers: { ...json, ...token }, body: "{}", name: "evil.example" }),
      "421 -32004 null",
      "in words that its client reads",
    ),
    attack(
      "a probe by any name",
      call("GET", "/health", { name: "evil.example" }),
      `200 {"ok":true}`,
      "it learns nothing else",
    ),
    attack(
      "a path that is none, under a foreign name",
      call("GET", "/api//keys", { name: "evil.example" }),
      "400 BAD_PATH",
      "the path before the name",
    ),

    attack(
      "our own page",
      write({ Origin: `http://${host}`, ...site("same-origin") }),
      "200 written",
      "a form of ours",
    ),
    attack(
      "our own page, behind TLS",
      write({ Origin: `https://${host}` }),
      "200 written",
      "a proxy may speak it",
    ),
    attack("what its user typed", write(site("none")), "200 written", "no page"),
    attack("another site", kept({ Origin: evil }), foreign, "whatever its visitor's browser shows"),
    attack("another port", kept({ Origin: `http://${host}:8081` }), foreign, "another site"),
    attack("a member", kept({ Origin: neighbour.self.url }), foreign, "its page asks its own node"),
    attack("no site", kept({ Origin: "null" }), foreign, "a sandbox, a file"),
    attack("an empty site", kept({ Origin: "" }), foreign, "it is none of ours"),
    attack(
      "ours as a user",
      kept({ Origin: `http://${host}@evil.example` }),
      foreign,
      "the host is what counts",
    ),
    attack("two sites", kept({ Origin: `http://${host}, ${evil}` }), foreign, "one is sent"),
    attack(
      "another site, says the browser",
      kept({ Origin: `http://${host}`, ...site("cross-site") }),
      foreign,
      "both must be ours",
    ),
    attack("a neighbour, says the browser", kept(site("same-site")), foreign, "another port is not us"),
    attack(
      "another site without a token",
      call("DELETE", "/api/keys/kept", { headers: { Origin: evil } }),
      foreign,
      "where from, before who",
    ),
    attack(
      "another site with a form",
      call("POST", "/api/node/leave", { headers: { Origin: evil, ...text } }),
      foreign,
      "where from, before what",
    ),
    attack(
      "another site calls",
      rpc(erase, { ...token, Origin: evil }),
      "403 -32002 null",
      "the same at /rpc",
    ),
    attack(
      "another site calls in plain text",
      rpc(erase, { ...token, ...text, Origin: evil }),
      "403 -32002 null",
      "the same",
    ),
    attack("nobody calls in plain text", rpc(erase, text), "401 -32001 null", "who, before what"),
    attack("somebody calls in plain text", rpc(erase, { ...token, ...text }), "415 -32600 null", "then what"),
    attack(
      "nobody calls by GET",
      call("GET", "/rpc"),
      "405 -32600 null",
      "whether there is such a thing, first of all",
      { allow: "POST" },
    ),
    attack(
      "another site says that it is a node",
      ask(ping, {}, { Origin: evil, "X-Rondo-From": neighbour.self.id }),
      "403 -32002 null",
      "a page is no node",
    ),

    attack("a socket for nobody", socket({}), unauthenticated, "it would tell everything"),
    attack(
      "a socket for another site's page",
      socket({ ...token, Origin: evil }),
      "403 FORBIDDEN",
      "RFC 6455, 10.2",
    ),
    attack("a socket for no site", socket({ ...token, Origin: "null" }), "403 FORBIDDEN", "the same"),
    attack(
      "a socket for another site's visitor",
      socket({ Cookie, Origin: evil }),
      unauthenticated,
      "for it there is no cookie",
    ),
    attack(
      "a socket for another port's page",
      socket({ Cookie, Origin: `http://${host}:81` }),
      unauthenticated,
      "the same",
    ),
    attack(
      "a socket with its token in the URL",
      call("GET", "/api/ws?token=x", { headers: { ...upgrade, ...token } }),
      "400 BAD_QUERY",
      "URLs end up in logs",
    ),
    ...bombs(token),
  ];
};

/** JSON that is made to be a burden, by somebody who may write. */
function bombs(token: Shown): readonly Attack[] {
  const padding = " ".repeat(harmlessBytes);
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const list = (length: number) => `[${Array(length).fill(0).join()}]`;
  const object = (size: number) => `{${Array.from({ length: size }, (_, i) => `"${i}":0`).join()}}`;
  const store = (key: string) =>
    call("POST", "/api/keys", { headers: { ...json, ...token }, body: `{"key":${key}}${padding}` });
  const called = (params: string, shown = token) =>
    rpc(`{"jsonrpc":"2.0","method":"chord.ping","params":${params},"id":1}${padding}`, shown);
  const { depthMax, membersMax } = clientBounds;
  const huge = `{"x":"${"x".repeat(rpcBodyBytesMax(1_000))}"}`;
  const [bad, unread] = ["400 BAD_BODY", "200 -32600 null"];
  return [
    attack("JSON too deep", store(nested(depthMax)), bad, `${depthMax} is enough, this is one more`),
    attack("an object too large", store(object(membersMax + 1)), bad, "the same"),
    attack("a call too deep", called(nested(rpcBounds.depthMax)), unread, "nothing is made of it"),
    attack("a call 30,000 deep", called(nested(30_000)), unread, "nothing recurses"),
    attack("a call of too many", called(object(rpcBounds.membersMax + 1)), unread, "nothing is made of it"),
    attack(
      "a call that is deep",
      called(`{"x":${nested(rpcBounds.depthMax - 2)}}`),
      "200 -32602 1",
      "no parameter of ours",
    ),
    attack(
      "a list too long",
      called(list(rpcBounds.elementsMax + 1)),
      unread,
      "no ring has as many partitions",
    ),
    attack("a long list", called(list(rpcBounds.elementsMax)), "200 -32602 1", "no parameter of ours"),
    attack(
      "a call too deep, by nobody",
      called(nested(30_000), {}),
      "401 -32001 null",
      "nobody's is looked through",
    ),
    attack("a call too large", called(huge), "413 -32009 null", "before it is read"),
    attack(
      "a call too large, by nobody",
      called(huge, {}),
      "401 -32001 null",
      "who, before how much",
    ),
  ];
}

/** A node that has too much to do already. */
const nothing = { inFlightMax: 0, waitingMax: 0, waitMsMax: 100 };
const enough = { inFlightMax: 4, waitingMax: 4, waitMsMax: 100 };
export const busy = () => ({ load: new LoadGate({ vital: enough, peers: enough, clients: nothing }) });

/** What a flood of clients leaves to whom. */
export const flood: Attacks = ({ neighbour }) => {
  const after = { "retry-after": "1" };
  const peer = { "X-Rondo-From": neighbour.self.id, "X-Rondo-Kind": "chord" };
  const { "X-Rondo-Kind": _, ...unnamed } = peer;
  return [
    attack("a read", call("GET", "/api/keys/open"), "503 OVERLOADED", "nothing was done", after),
    attack("a write", call("PUT", "/api/keys/kept", { body: "x" }), "503 OVERLOADED", "nor this", after),
    attack("a call", ask("kv.delete", { key: "kept" }), "429 -32008 null", "nor this", after),
    attack("a call of no kind", ask("chord.ping", {}, unnamed), "429 -32008 null", "as clients call", after),
    attack(
      "a call of a node",
      ask("chord.ping", {}, peer),
      "200 result 1",
      "else overload would look like death",
    ),
    attack("a probe", call("GET", "/ready"), `200 {"ready":true}`, "the same"),
    attack(
      "metrics by a name that is like it",
      call("GET", "/metrics/"),
      "503 OVERLOADED",
      "a client's",
      after,
    ),
  ];
};
