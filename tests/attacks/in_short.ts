import { assert, assertEquals } from "@std/assert";
import { isObject } from "../../transport/json_rpc.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { assertHarmless } from "../fuzz/well_formed.ts";
import { specified } from "./attack.ts";

/** An answer as it came over the wire. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The first answer in what a connection gave; null: it was closed without one. Interim answers are passed over. */
export function readAnswer(text: string): Heard | null {
  if (text === "") return null;
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  const body = rest.join("\r\n\r\n");
  if (status === 100) return readAnswer(body);
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  return { status, headers, body: headers.get("transfer-encoding") === "chunked" ? unchunked(body) : body };
}

function unchunked(body: string): string {
  const [size = "", ...rest] = body.split("\r\n");
  const length = parseInt(size, 16);
  const text = rest.join("\r\n");
  return length > 0 ? text.slice(0, length) + unchunked(text.slice(length + 2)) : "";
}

/**
 * What an answer says, without what differs from one to the next: the status, then the code of an error, or the body
 * as it is. The form is held on the way: a refusal that is not of our form has no short one.
 */
export function inShort(heard: Heard | null): string {
  if (heard === null) return "closed";
  const { status, headers, body } = heard;
  assertHarmless(body);
  if (body === "") return `${status}`;
  if (headers.get("content-type") !== "application/json") return `${status} ${body}`;
  const said: unknown = JSON.parse(body);
  if (isObject(said) && said["jsonrpc"] !== undefined) return `${status} ${rpcInShort(said)}`;
  if (Array.isArray(said)) return `${status} [${said.map(rpcInShort).join(", ")}]`;
  const refusal = shapes.error.strict().safeParse(said);
  if (!refusal.success) return `${status} ${restInShort(said)}`;
  assert(/^[0-9a-f-]{36}$/.test(refusal.data.error.requestId));
  return `${status} ${refusal.data.error.code}`;
}

/** `-32601 "x"` or `result 1`: what it is, and whose. */
function rpcInShort(said: unknown): string {
  assert(isObject(said) && said["jsonrpc"] === "2.0");
  const { error, id } = said;
  assertEquals(Object.hasOwn(said, "result"), !Object.hasOwn(said, "error"));
  if (error === undefined) return `result ${JSON.stringify(id)}`;
  assert(isObject(error) && typeof error["message"] === "string");
  const text = specified[Number(error["code"])];
  if (text !== undefined) assertEquals(error["message"], text);
  return `${error["code"]} ${JSON.stringify(id)}`;
}

/** A good answer: a write or a value by its name, whatever is short as it is. */
function restInShort(said: unknown): string {
  if (shapes.written.strict().safeParse(said).success) return "written";
  if (shapes.deleted.strict().safeParse(said).success) return "deleted";
  const value = shapes.value.strict().safeParse(said);
  if (value.success) return `value ${value.data.value}`;
  if (shapes.badFile.safeParse(said).success) return "BAD_FILE";
  return JSON.stringify(said);
}
