import { errorCode } from "../../core/errors.ts";
import type { Target } from "./target.ts";

/** One thing that somebody tries, and exactly what comes of it. */
export interface Attack {
  readonly name: string;
  /** What is sent, byte by byte. */
  readonly send: Uint8Array;
  /**
   * The answer in short (see `inShort`): `405 METHOD_NOT_ALLOWED`, `200 -32601 "x"`, `200 {"ok":true}`. A plain status
   * is an answer of the HTTP parser, without a body; `closed` is none at all.
   */
  readonly want: string;
  /** Headers that matter; null: it must not be there. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly why: string;
}

/** Rows may name what is there: members, records, the node's own id. */
export type Attacks = (target: Target) => readonly Attack[];

type Headers = Attack["headers"];

export function attack(
  name: string,
  send: Uint8Array,
  want: string,
  why: string,
  headers: Headers = {},
): Attack {
  return { name, send, want, why, headers };
}

/** The text as bytes, one for each character: a row may send any byte there is. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Of the node under attack, as its Host header has it. */
export const host = "n0.test";

/** A request line with what every request needs. @param name what its sender calls the node. */
export function line(
  requestLine: string,
  headers: readonly string[] = [],
  body = "",
  name = host,
): Uint8Array {
  return bytes([requestLine, `Host: ${name}`, "Connection: close", ...headers, "", body].join("\r\n"));
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** What its sender calls the node. */
  readonly name?: string;
}

/** A well-formed request to a path that nobody has put in order. */
export function call(method: string, path: string, { headers = {}, body, name }: Sent = {}): Uint8Array {
  const content = typeof body === "string" ? utf8(body) : body ?? new Uint8Array();
  const length = body === undefined ? [] : [`Content-Length: ${content.length}`];
  const named = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  const head = line(`${method} ${path} HTTP/1.1`, [...named, ...length], "", name);
  return new Uint8Array([...head, ...content]);
}

export const json = { "Content-Type": "application/json" } as const;

/** A body at `/rpc`. */
export function rpc(body: unknown, headers: Readonly<Record<string, string>> = {}): Uint8Array {
  const content = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  return call("POST", "/rpc", { headers: { ...json, ...headers }, body: content });
}

/** One call of a method. */
export function ask(
  method: string,
  params: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  return rpc({ jsonrpc: "2.0", method, params, id: 1 }, headers);
}

/** The texts that the specification gives its own codes. */
export const specified: Readonly<Record<number, string>> = {
  [errorCode.parse]: "Parse error",
  [errorCode.invalidRequest]: "Invalid Request",
  [errorCode.methodNotFound]: "Method not found",
};

/** What a browser sends to open a socket, but for its origin. */
export const upgrade = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
} as const;
