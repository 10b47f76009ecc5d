import { attack, type Attacks, call, host, json, upgrade } from "./attack.ts";

const evil = "https://evil.example";
const socket = (headers: Readonly<Record<string, string>>) => call("GET", "/api/ws", { headers });
const unshared = { "access-control-allow-origin": null, "access-control-allow-credentials": null } as const;

/** Pages of other sites in a browser that reaches the node. */
export const browser: Attacks = ({ neighbour }) => [
  attack(
    "a page of another site at the WebSocket",
    socket({ ...upgrade, Origin: evil }),
    "403 FORBIDDEN",
    "browsers let any page try (RFC 6455, 10.2)",
  ),
  attack(
    "a page without an origin of its own",
    socket({ ...upgrade, Origin: "null" }),
    "403 FORBIDDEN",
    "a sandbox, a file",
  ),
  attack(
    "an origin that is only like ours",
    socket({ ...upgrade, Origin: `http://${host}.evil.example` }),
    "403 FORBIDDEN",
    "it is compared whole",
  ),
  attack(
    "ours as a user of another site",
    socket({ ...upgrade, Origin: `http://${host}@evil.example` }),
    "403 FORBIDDEN",
    "the host is what counts",
  ),
  attack(
    "an old WebSocket",
    socket({ ...upgrade, "Sec-WebSocket-Version": "8" }),
    "426 UPGRADE_REQUIRED",
    "13 is spoken here",
    { "sec-websocket-version": "13" },
  ),
  attack("no WebSocket at all", socket({}), "426 UPGRADE_REQUIRED", "a plain GET", { upgrade: "websocket" }),
  attack(
    "a WebSocket by POST",
    call("POST", "/api/ws", { headers: { ...json, ...upgrade } }),
    "405 METHOD_NOT_ALLOWED",
    "RFC 6455, 4.1",
    { allow: "GET, HEAD" },
  ),
  attack(
    "a secret in the URL",
    call("GET", "/api/ws?token=x", { headers: upgrade }),
    "400 BAD_QUERY",
    "URLs end up in logs",
  ),

  attack(
    "a read by another site",
    call("GET", "/api/node/successors?x=1", { headers: { Origin: evil } }),
    "400 BAD_QUERY",
    "it may ask, and its browser does not tell it",
    unshared,
  ),
  attack(
    "a read by another member",
    call("GET", "/api/node/fingers?x=1", { headers: { Origin: neighbour.self.url } }),
    "400 BAD_QUERY",
    "the ring page asks every node",
    { ...unshared, "access-control-allow-origin": neighbour.self.url },
  ),
  attack(
    "keys for another member",
    call("GET", "/api/keys/open", { headers: { Origin: neighbour.self.url } }),
    "200 value b3Blbg==",
    "its page asks its own node for keys",
    unshared,
  ),
  attack(
    "a command by another member",
    call("POST", "/api/node/ping?x=1", { headers: { Origin: neighbour.self.url } }),
    "400 BAD_QUERY",
    "only questions are shared",
    unshared,
  ),
  attack(
    "a preflight for a write",
    call("OPTIONS", "/api/keys/open", {
      headers: { Origin: evil, "Access-Control-Request-Method": "DELETE" },
    }),
    "405 METHOD_NOT_ALLOWED",
    "nobody is let in",
    { ...unshared, "access-control-allow-methods": null },
  ),
  attack(
    "a preflight for a call",
    call("OPTIONS", "/rpc", {
      headers: {
        Origin: evil,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
      },
    }),
    "405 -32600 null",
    "nobody is let in",
    unshared,
  ),

  attack(
    "a form that leaves",
    call("POST", "/api/node/leave", {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "x=1",
    }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "a page of another site can send one without asking",
  ),
  attack(
    "plain text that leaves",
    call("POST", "/api/node/leave", { headers: { "Content-Type": "text/plain" }, body: "{}" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "and this",
  ),
  attack(
    "a picture that leaves",
    call("GET", "/api/node/leave"),
    "405 METHOD_NOT_ALLOWED",
    "links and pictures only GET",
    { allow: "POST" },
  ),
  attack(
    "plain text that calls",
    call("POST", "/rpc", {
      headers: { "Content-Type": "text/plain", Origin: evil },
      body: `{"jsonrpc":"2.0","method":"kv.delete","params":{"key":"kept"},"id":1}`,
    }),
    "415 -32600 null",
    "nothing of it is read",
  ),
  attack(
    "a form that imports",
    call("POST", "/api/import", { headers: { "Content-Type": "multipart/form-data" }, body: "x" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "files come as what they are",
  ),
];
