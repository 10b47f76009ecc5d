import { freeFailures } from "../../transport/access/back_off.ts";
import { newToken } from "../../transport/access/credential.ts";
import { ask, attack, call, host, json } from "./attack.ts";
import { type AttacksAtGate, bearer, loopbackName, type Shown } from "./gate.ts";

const own = { Origin: `http://${host}` };
const unauthenticated = "401 UNAUTHENTICATED";
const badCsrf = "403 BAD_CSRF";
const foreign = "403 FOREIGN_SITE";
const value = "200 value b3Blbg==";

const read = (headers: Shown) => call("GET", "/api/keys/open", { headers });
const write = (headers: Shown) => call("PUT", "/api/keys/open", { headers, body: "open" });
const remove = (headers: Shown) => call("DELETE", "/api/keys/kept", { headers });

/** A browser that is signed in, and pages that would use it. */
export const sessions: AttacksAtGate = ({ neighbour }, gate) => {
  const token = gate.token("admin", "ada");
  const { cookie: Cookie, csrf } = gate.session(token, host);
  const another = gate.session(gate.token("admin", "bob"), host);
  const ended = gate.session(token, host);
  ended.end();
  const ofRevoked = gate.session(gate.token("admin", "eve"), host);
  gate.revoke("eve");
  const page = { Cookie, "X-Rondo-Csrf": csrf };
  const evil = { Origin: "http://evil.example" };
  const from = (site: string) => ({ "Sec-Fetch-Site": site });

  return [
    attack("its page reads", read({ Cookie, ...own }), value, "the cookie is enough"),
    attack(
      "its page writes",
      write({ ...page, ...own, ...from("same-origin") }),
      "200 written",
      "with the session's token",
    ),
    attack(
      "a write without the session's token",
      remove({ Cookie, ...own }),
      badCsrf,
      "a cookie comes along by itself",
    ),
    attack("with an empty one", remove({ Cookie, "X-Rondo-Csrf": "", ...own }), badCsrf, "it is compared"),
    attack(
      "with another session's",
      remove({ Cookie, "X-Rondo-Csrf": another.csrf, ...own }),
      badCsrf,
      "each has its own",
    ),
    attack(
      "with the cookie itself",
      remove({ Cookie, "X-Rondo-Csrf": Cookie.split("=")[1] ?? "", ...own }),
      badCsrf,
      "they are two",
    ),
    attack("with the token", remove({ Cookie, "X-Rondo-Csrf": token, ...own }), badCsrf, "nor this"),
    attack(
      "the session's token alone",
      remove({ "X-Rondo-Csrf": csrf, ...own }),
      unauthenticated,
      "it lets nobody in",
    ),
    attack(
      "a call by cookie alone",
      ask("kv.delete", { key: "kept" }, { Cookie }),
      "403 -32002 null",
      "the same at /rpc",
    ),
    attack(
      "a cookie of a session that has ended",
      read({ Cookie: ended.cookie }),
      unauthenticated,
      "by signing out",
    ),
    attack(
      "a write by it",
      remove({ Cookie: ended.cookie, "X-Rondo-Csrf": ended.csrf }),
      unauthenticated,
      "the same",
    ),
    attack(
      "a cookie whose token was revoked",
      read({ Cookie: ofRevoked.cookie }),
      unauthenticated,
      "the session ends with it",
    ),
    attack(
      "a cookie for another port",
      read({ Cookie: Cookie.replace("-80", "-8440") }),
      unauthenticated,
      "another node's",
    ),
    attack(
      "a cookie that nobody has",
      read({ Cookie: `rondo-80=${"a".repeat(43)}` }),
      unauthenticated,
      "a guess",
    ),
    attack(
      "a cookie before ours",
      read({ Cookie: `rondo-80=${"a".repeat(43)}; ${Cookie}` }),
      unauthenticated,
      "the first counts",
    ),
    attack("50,000 cookies", read({ Cookie: "a=b;".repeat(12_500) }), unauthenticated, "none is ours"),
    attack(
      "a cookie and a wrong token",
      read({ Cookie, ...bearer(newToken()) }),
      unauthenticated,
      "who shows a token is that",
    ),

    attack(
      "a page of another site reads",
      read({ Cookie, ...evil }),
      unauthenticated,
      "for it there is no cookie",
    ),
    attack("another site writes", remove({ ...page, ...evil }), foreign, "not even with the session's token"),
    attack(
      "another port of this machine writes",
      remove({ ...page, Origin: `http://${host}:81` }),
      foreign,
      "another site",
    ),
    attack(
      "another member's page writes",
      remove({ ...page, Origin: neighbour.self.url }),
      foreign,
      "only its own does",
    ),
    attack("a page without an origin writes", remove({ ...page, Origin: "null" }), foreign, "a sandbox"),
    attack("a browser says cross-site", remove({ ...page, ...from("cross-site") }), foreign, "it knows"),
    attack(
      "a browser says same-site",
      remove({ ...page, ...from("same-site") }),
      foreign,
      "another port is not us",
    ),
    attack(
      "a browser says what none says",
      remove({ ...page, ...from("x") }),
      foreign,
      "only what is ours is taken",
    ),
    attack(
      "another site signs us out",
      call("DELETE", "/api/session", { headers: { ...page, ...evil } }),
      foreign,
      "a nuisance",
    ),
    attack("nobody signs out", call("DELETE", "/api/session", { headers: json }), unauthenticated, "who?"),
    attack("it still is signed in", read({ Cookie }), value, "nothing of this ended it"),
  ];
};

/** Signing in with what is no token, in the wrong place, and again and again. */
export const signingIn: AttacksAtGate = (_, gate) => {
  const token = gate.token("write", "ada");
  const signIn = (body: unknown, headers: Shown = json, name = loopbackName) =>
    call("POST", "/api/session", {
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
      name,
    });
  const evil = { ...json, Origin: "http://evil.example" };
  const noCookie = { "set-cookie": null };
  const wrong = Array.from(
    { length: freeFailures + 1 },
    (_, i) =>
      attack(`wrong token ${i + 1}`, signIn({ token: newToken() }), unauthenticated, "so far", noCookie),
  );
  const wait = { ...noCookie, "retry-after": "1" };
  const tooMany = "429 TOO_MANY_REQUESTS";
  return [
    attack(
      "from another machine",
      signIn({ token }, json, host),
      "403 NEEDS_LOOPBACK",
      "there is no TLS",
      noCookie,
    ),
    attack(
      "under a foreign name",
      signIn({ token }, json, "evil.example"),
      "421 WRONG_HOST",
      "DNS rebinding",
      noCookie,
    ),
    attack(
      "by another site",
      signIn({ token }, evil),
      foreign,
      "it would sign its visitor in as somebody",
      noCookie,
    ),
    attack(
      "by a form",
      signIn(`token=${token}`, { "Content-Type": "text/plain" }),
      "415 UNSUPPORTED_MEDIA_TYPE",
      "CSRF",
    ),
    attack(
      "in the query",
      call("POST", `/api/session?token=${token}`, { headers: json, name: loopbackName }),
      "400 BAD_QUERY",
      "URLs end up in logs",
    ),
    attack("with more", signIn({ token, role: "admin" }), "400 BAD_BODY", "nothing is ignored"),
    attack("with a number", signIn({ token: 1 }), "400 BAD_BODY", "text"),
    attack(
      "with a token without end",
      signIn({ token: "x".repeat(300) }),
      "413 VALUE_TOO_LARGE",
      "256 bytes",
    ),
    attack("with no JSON", signIn("{"), "400 BAD_JSON", "nor any other"),
    ...wrong,
    attack("one more", signIn({ token: newToken() }), tooMany, "it has to wait", wait),
    attack("the right one, too soon", signIn({ token }), tooMany, "else a guesser would know", wait),
    attack("the right one with each request", read(bearer(token)), value, "programs do not sign in"),
  ];
};
