import { ticketMs } from "../../transport/access/tickets.ts";
import { otherSecret } from "../transport/trust/trusted_nodes.ts";
import { ask, attack, call, json } from "./attack.ts";
import { type AttacksAtGate, bearer, loopbackName, type Shown } from "./gate.ts";

const unauthenticated = "401 UNAUTHENTICATED";
const value = "200 value b3Blbg==";

const read = (headers: Shown) => call("GET", "/api/keys/open", { headers });
const remove = (headers: Shown) => call("DELETE", "/api/keys/kept", { headers });

/** What the ring gives a browser for its other nodes: to read, for minutes. */
export const tickets: AttacksAtGate = ({ neighbour }, gate) => {
  const ticket = gate.ticket();
  const [body = "", mac = ""] = ticket.split(".");
  const forever = btoa(JSON.stringify({ name: "ada", expiresAtMs: 9e15 })).replaceAll("=", "");
  const preflight = (path: string, origin: string, method = "GET") =>
    call("OPTIONS", path, {
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
      },
    });
  const shown = bearer(ticket);
  const [forbidden, refused] = ["403 FORBIDDEN", "405 METHOD_NOT_ALLOWED"];
  const unshared = { "access-control-allow-origin": null, "access-control-allow-credentials": null };
  const shared = { ...unshared, "access-control-allow-origin": neighbour.self.url };
  const member = neighbour.self.url;

  return [
    attack("a ticket reads", read(shown), value, "the rows below differ in one thing"),
    attack("a ticket writes", remove(shown), forbidden, "to read, whoever had it"),
    attack(
      "a ticket leaves",
      call("POST", "/api/node/leave", { headers: { ...shown, ...json } }),
      forbidden,
      "the same",
    ),
    attack("a ticket calls to write", ask("kv.delete", { key: "kept" }, shown), "200 -32002 1", "the same"),
    attack(
      "a ticket for a ticket",
      call("GET", "/api/ticket", { headers: shown }),
      forbidden,
      "it would never end",
    ),
    attack(
      "a ticket to sign in",
      call("POST", "/api/session", {
        headers: json,
        body: JSON.stringify({ token: ticket }),
        name: loopbackName,
      }),
      unauthenticated,
      "it is no token",
    ),
    ...([
      ["a ticket of later", `rondot_${forever}.${mac}`],
      ["a ticket of another", `${body.slice(0, -4)}AAAA.${mac}`],
      ["a ticket with half of its seal", ticket.slice(0, -32)],
      ["a ticket without its seal", `${body}.`],
      ["a ticket with another seal", `${body}.${"0".repeat(64)}`],
      ["a ticket and more", `${ticket}.x`],
      ["a ticket that is over", gate.ticket({ agoMs: ticketMs })],
      ["a ticket of a clock that is far ahead", gate.ticket({ agoMs: -ticketMs })],
      ["a ticket of another cluster", gate.ticket({ cluster: "other" })],
      ["a ticket of another ring's secret", gate.ticket({ secret: otherSecret })],
      ["a beginning", "rondot_"],
      ["10,000 letters", `rondot_${"a".repeat(10_000)}`],
    ] as const).map(([name, text]) =>
      attack(name, read(bearer(text)), unauthenticated, "it is none of ours")
    ),

    attack(
      "a member's page asks whether it may ask",
      preflight("/api/node/info", member),
      "204",
      "the ring page does",
      shared,
    ),
    attack(
      "whether it may command",
      preflight("/api/node/leave", member, "POST"),
      refused,
      "it may not",
      unshared,
    ),
    attack(
      "whether it may read keys",
      preflight("/api/keys/open", member),
      refused,
      "its own node has them",
      unshared,
    ),
    attack("whether it may have a ticket", preflight("/api/ticket", member), refused, "nor this", unshared),
    attack(
      "a page of another site asks",
      preflight("/api/node/info", "http://evil.example"),
      refused,
      "nobody is let in",
      unshared,
    ),
    attack(
      "a page like a member's asks",
      preflight("/api/node/info", `${member}.evil.example`),
      refused,
      "it is compared whole",
      unshared,
    ),
    attack(
      "a page without an origin asks",
      preflight("/api/node/info", "null"),
      refused,
      "a sandbox",
      unshared,
    ),
    attack(
      "a member's page shows its ticket",
      call("GET", "/api/node/fingers?x=1", { headers: { ...shown, Origin: member } }),
      "400 BAD_QUERY",
      "it is known, and shared with",
      shared,
    ),
    attack(
      "another site's page has a ticket",
      call("GET", "/api/node/fingers?x=1", { headers: { ...shown, Origin: "http://evil.example" } }),
      "400 BAD_QUERY",
      "its browser does not tell it",
      unshared,
    ),
  ];
};
