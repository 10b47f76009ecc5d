import { keyBytesMax } from "../core/data/record.ts";
import { isVersion } from "../core/data/version.ts";
import { ttlMsMax } from "../core/protocol.ts";
import type { WriteOptions } from "../core/service.ts";
import { RestError } from "./rest_error.ts";

/** Reads what people and scripts write into paths, queries and headers. Everything odd is a 400 that says why. */

export type Query = ReadonlyMap<string, string>;

/**
 * The members of a query string, each allowed and at most once.
 *
 * An unknown one is refused rather than ignored: `?tll=60` would otherwise store a value for ever.
 */
export function readQuery(text: string, allowed: readonly string[]): Query {
  const query = new Map<string, string>();
  for (const part of text.split("&").filter((part) => part !== "")) {
    const [name, value] = part.split(/=(.*)/s, 2).map((piece) => decodePercent(piece.replaceAll("+", " ")));
    if (name === undefined || !allowed.includes(name) || query.has(name)) {
      throw badRequest(
        "BAD_QUERY",
        `Cannot use the query: it takes ${allowed.join(", ") || "nothing"}, once each`,
      );
    }
    query.set(name, value ?? "");
  }
  return query;
}

/** Decodes once; `%2525` is `%25`, and what is not UTF-8 is refused. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest("BAD_ENCODING", "Cannot decode the percent-encoding");
  }
}

/** The key as given, if it is one: text that UTF-8 can carry, of 1 to 512 bytes. */
export function checkKey(key: string): string {
  if (key === "") {
    throw badRequest("KEY_EMPTY", `Cannot use an empty key: it takes 1 to ${keyBytesMax} bytes`);
  }
  if (!key.isWellFormed()) throw badRequest("KEY_MALFORMED", "Cannot use a key that is not Unicode text");
  if (isOverKeyLimit(key)) {
    throw badRequest("KEY_TOO_LARGE", `Cannot use a key of more than ${keyBytesMax} bytes`);
  }
  return key;
}

const encoder = new TextEncoder();

/** A UTF-16 unit becomes one to three bytes, so most keys need no encoding to be judged. */
function isOverKeyLimit(key: string): boolean {
  if (key.length * 3 <= keyBytesMax) return false;
  return key.length > keyBytesMax || encoder.encode(key).length > keyBytesMax;
}

export const ttlSecondsMax = ttlMsMax / 1_000;

/** `?ttl=`: whole seconds, as milliseconds. */
export function readTtlMs(text: string): number {
  const seconds = Number(text);
  if (!/^[1-9][0-9]*$/.test(text) || seconds > ttlSecondsMax) {
    throw badRequest("BAD_TTL", "Cannot use this ttl: it takes a whole number of seconds from 1");
  }
  return seconds * 1000;
}

const requestIdCharsMax = 128;

/** The conditions of a write and the client's name for it, from its headers. */
export function readConditions(headers: Headers): WriteOptions {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  const requestId = headers.get("idempotency-key");
  if (match !== null && noneMatch !== null) {
    throw badRequest("BAD_CONDITION", "Cannot use If-Match and If-None-Match together");
  }
  return {
    ...(match === null ? {} : readIfMatch(match)),
    ...(noneMatch === null ? {} : readIfNoneMatch(noneMatch)),
    ...(requestId === null ? {} : { requestId: checkRequestId(requestId) }),
  };
}

/** A quoted text that is no version matches nothing, as RFC 9110 has it; other forms are not built. */
function readIfMatch(text: string): WriteOptions {
  const quoted = /^"([^"]*)"$/.exec(text)?.[1];
  if (quoted === undefined) {
    throw badRequest(
      "BAD_CONDITION",
      "Cannot use this If-Match: it takes one version in quotes, as ETag gives it",
    );
  }
  if (!isVersion(quoted)) {
    throw new RestError(412, "VERSION_CONFLICT", "Cannot write: no key is ever at this version");
  }
  return { ifVersion: quoted };
}

function readIfNoneMatch(text: string): WriteOptions {
  if (text !== "*") throw badRequest("BAD_CONDITION", "Cannot use this If-None-Match: it takes *");
  return { ifAbsent: true };
}

function checkRequestId(text: string): string {
  if (text === "" || text.length > requestIdCharsMax) {
    throw badRequest(
      "BAD_IDEMPOTENCY_KEY",
      `Cannot use this Idempotency-Key: it takes 1 to ${requestIdCharsMax} characters`,
    );
  }
  return text;
}

export function badRequest(code: string, message: string): RestError {
  return new RestError(400, code, message);
}
