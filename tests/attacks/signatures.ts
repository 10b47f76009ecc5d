import type { ChordNode } from "../../core/chord_node.ts";
import { digest } from "../../node/secret_file.ts";
import { MacKey } from "../../transport/trust/mac.ts";
import { requestText, writeRequestSignature } from "../../transport/trust/signed_text.ts";
import { oldSecret, otherSecret, outgoing, trustOf } from "../transport/trust/trusted_nodes.ts";
import { type Attack, attack, call, json, rpc } from "./attack.ts";
import { type AttacksAtGate, bearer, type Shown } from "./gate.ts";

const stranger = "401 -32001 null";
const late = "401 -32006 null";
const done = "200 result 1";
const forbidden = "200 -32002 1";
const elsewhere = "421 -32004 null";

const body = (method: string, params: unknown = {}) =>
  JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
const ping = body("chord.ping");
const signatureHeader = "x-rondo-signature";

interface Signed {
  readonly to?: string;
  readonly secret?: string;
  /** By how much its sender's clock is ahead. */
  readonly aheadMs?: number;
}

/** What claims to come from a member: not signed, signed otherwise, signed and changed, or signed by a liar. */
export const signatures: AttacksAtGate = (target, gate) => {
  const { neighbour, node } = target;
  const from = neighbour.self.id;
  const clock = { nowMs: gate.nowMs };
  const member = trustOf(from, [oldSecret], clock);
  /** The headers of a request of the neighbour. */
  const signed = (text = ping, { to = node.self.id, secret = oldSecret, aheadMs = 0 }: Signed = {}) => {
    clock.nowMs = gate.nowMs + aheadMs;
    const trust = secret === oldSecret ? member : trustOf(from, [secret], clock);
    const { "content-type": _, ...headers } = outgoing(trust, text, { from, to }).headers;
    return headers as Record<string, string>;
  };
  /** One header is changed on the way. */
  const spoilt = (header: string, change: (was: string) => string): Uint8Array => {
    const headers = signed();
    return rpc(ping, { ...headers, [header]: change(headers[header] ?? "") });
  };
  const spoiltRow = (name: string, change: (was: string) => string, why: string): Attack =>
    attack(name, spoilt(signatureHeader, change), stranger, why);
  /** Whoever has the secret can sign anything. */
  const sealed = (parts: { path?: string; method?: string; time?: string; nonce?: string }): Uint8Array => {
    const { method = "POST", path = "/rpc", time = String(gate.nowMs), nonce = "0123456789abcdef-1" } = parts;
    const to = node.self.id;
    const text = requestText({ method, path, digest: digest(ping), time, nonce, from, to });
    const mac = new MacKey(oldSecret).sign(text);
    return rpc(ping, { ...signed(), [signatureHeader]: writeRequestSignature({ time, nonce, mac }) });
  };
  const without = (header: string): Shown =>
    Object.fromEntries(Object.entries(signed()).filter(([name]) => name !== header));
  const { self: third } = target.ring.nodes[2] as ChordNode;
  const once = rpc(ping, signed());
  const bySelf = { node: neighbour.self, predecessor: null, successors: [node.self] };
  const ofThird = { node: third, predecessor: null, successors: [node.self] };
  const token = bearer(gate.token("admin"));

  return [
    attack("a member", rpc(ping, signed()), done, "the rows below differ in one thing"),
    attack("nothing signed", rpc(ping, without(signatureHeader)), stranger, "the ring has a secret"),
    attack("nothing signed, and no JSON", rpc("{", without(signatureHeader)), stranger, "it is not read"),
    attack("another ring's secret", rpc(ping, signed(ping, { secret: otherSecret })), stranger, "not ours"),
    attack("another body", rpc(ping.replace("1}", "2}"), signed()), stranger, "it is signed whole"),
    attack("one blank more", rpc(`${ping} `, signed()), stranger, "byte by byte"),
    attack("no body", rpc("", signed()), stranger, "the same"),
    attack(
      "another method of the protocol",
      rpc(body("chord.neighbors"), signed()),
      stranger,
      "it is in the body",
    ),
    attack("another sender", spoilt("x-rondo-from", () => third.id), stranger, "it is signed too"),
    attack("no sender", rpc(ping, without("x-rondo-from")), stranger, "the same"),
    attack("another receiver", spoilt("x-rondo-to", () => third.id), stranger, "so is whom it is for"),
    attack("no receiver", rpc(ping, without("x-rondo-to")), stranger, "the same"),
    spoiltRow("another time", (was) => was.replace(/^\d+/, String(gate.nowMs + 1)), "it is signed too"),
    spoiltRow("another number", (was) => was.replace(/-\d+\./, "-77."), "the same"),
    spoiltRow("another session", (was) => was.replace(/\.[0-9a-f]{16}-/, ".0123456789abcdef-"), "the same"),
    spoiltRow("no signature at all", () => "", "an empty one"),
    spoiltRow("dots", () => "..", "three parts of nothing"),
    spoiltRow("a word", () => "sesame", "no parts"),
    spoiltRow("capitals", (was) => was.toUpperCase(), "one spelling"),
    spoiltRow("a digit less", (was) => was.slice(0, -1), "64 digits"),
    spoiltRow("a digit more", (was) => `${was}0`, "the same"),
    spoiltRow("a digit off", (was) => was.slice(0, -1) + (was.endsWith("0") ? "1" : "0"), "compared whole"),
    spoiltRow("a blank in it", (was) => was.replace(".", " ."), "it is another time"),
    spoiltRow("letters of 8 bits", (was) => was.slice(0, -64) + "\xe9".repeat(64), "no digits"),
    spoiltRow("two signatures", (was) => `${was}, ${was}`, "which?"),
    spoiltRow("60,000 digits", (was) => was + "0".repeat(60_000), "compared in no time"),
    spoiltRow("60,000 dots", () => ".".repeat(60_000), "the same"),
    spoiltRow("a signature of an answer", (was) => `${from}.${was.slice(-64)}`, "it has two parts"),
    spoiltRow("a ticket of the ring", () => gate.ticket(), "the secret signs them otherwise"),
    attack("signed for another path", sealed({ path: "/api/node/leave" }), stranger, "it is signed where"),
    attack("signed for another HTTP method", sealed({ method: "PUT" }), stranger, "and how"),
    attack(
      "signed, by PUT",
      call("PUT", "/rpc", { headers: signed(), body: ping }),
      "405 -32600 null",
      "it takes POST",
    ),
    attack(
      "signed, elsewhere",
      call("PUT", "/api/keys/kept", { headers: signed(), body: ping }),
      "401 UNAUTHENTICATED",
      "nodes only call",
    ),
    attack(
      "signed, as a form",
      rpc(ping, { ...signed(), "Content-Type": "text/plain" }),
      "415 -32600 null",
      "JSON",
    ),
    attack(
      "a wrong signature and a good token",
      rpc(ping, { ...without(signatureHeader), ...token, [signatureHeader]: "x" }),
      stranger,
      "who signs is that",
    ),

    attack("a request", once, done, "it comes again below"),
    attack("the same again", once, late, "each is good once"),
    attack(
      "a number of old, spelled otherwise",
      sealed({ nonce: "0123456789abcdef-01" }),
      done,
      "a session of its own",
    ),
    attack(
      "the same number as it is usual",
      sealed({ nonce: "0123456789abcdef-1" }),
      late,
      "it is the number that counts",
    ),
    attack("59 s old", rpc(ping, signed(ping, { aheadMs: -59_000 })), done, "clocks differ"),
    attack("59 s ahead", rpc(ping, signed(ping, { aheadMs: 59_000 })), done, "both ways"),
    attack("61 s old", rpc(ping, signed(ping, { aheadMs: -61_000 })), late, "it may have been kept"),
    attack("61 s ahead", rpc(ping, signed(ping, { aheadMs: 61_000 })), late, "it would be good for too long"),
    attack("a time that is none", sealed({ time: "soon" }), late, "members can be broken"),
    attack("a time without end", sealed({ time: "Infinity" }), late, "the same"),
    attack("no time", sealed({ time: "" }), late, "it is 1970"),
    attack("a number of zero", sealed({ nonce: "0123456789abcdef-0" }), stranger, "they begin with 1"),
    attack(
      "a number past 2^53",
      sealed({ nonce: "0123456789abcdef-9007199254740993" }),
      stranger,
      "it would be another",
    ),
    attack("a session without end", sealed({ nonce: "0".repeat(10_000) }), stranger, "16 digits"),

    attack("to another node", rpc(ping, signed(ping, { to: third.id })), elsewhere, "it went astray"),
    attack(
      "to another ring",
      rpc(ping, { ...signed(), "X-Rondo-Cluster": "other" }),
      elsewhere,
      "two with one secret",
    ),
    attack(
      "to nobody in particular",
      rpc(ping, signed(ping, { to: "" })),
      forbidden,
      "a joiner may ask who we are",
    ),
    attack("who are you", rpc(body("node.info"), signed(body("node.info"), { to: "" })), done, "and no more"),
    attack("no JSON, signed", rpc("{", signed("{")), "200 -32700 null", "a member's mistake"),
    ...([
      ["a member leaves", "chord.leave", bySelf, done, "it is asked, and is still there"],
      ["a member says that another leaves", "chord.leave", ofThird, forbidden, "each speaks for itself"],
      ["a member says that we leave", "chord.leave", { ...ofThird, node: node.self }, forbidden, "of us too"],
      [
        "a member says that another restarts",
        "chord.restarting",
        { node: third, backWithinMs: 60_000 },
        forbidden,
        "it would be waited for",
      ],
      [
        "a member under an id of choice",
        "chord.notify",
        { node: { ...neighbour.self, url: "http://evil.test" } },
        "200 -32602 1",
        "it follows from the address",
      ],
    ] as const).map(([name, method, params, want, why]) => {
      const text = body(method, params);
      return attack(name, rpc(text, signed(text)), want, why);
    }),
    ...batchRows(signed, ofThird),
    attack(
      "a call to leave with a token",
      rpc(body("chord.leave", bySelf), { ...json, ...token }),
      forbidden,
      "no token makes a node",
    ),
  ];
};

function batchRows(signed: (text: string) => Shown, ofThird: unknown): readonly Attack[] {
  const text = `[${ping},${body("chord.leave", ofThird)}]`;
  return [
    attack("a lie in a batch", rpc(text, signed(text)), "200 [result 1, -32002 1]", "each call is looked at"),
  ];
}
