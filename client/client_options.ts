import type { Fetch } from "./exchange.ts";
import type { CallOptions, WriteOptions } from "./rest_form.ts";
import type { Timing } from "./timing.ts";
import type { Token } from "./token.ts";

export interface ClientOptions {
  /** A node, or several equals: when one is gone the next is asked. A page of a node may leave it out. */
  readonly url?: string;
  readonly urls?: readonly string[];
  /** What one call may take in all, repeats included. */
  readonly timeoutMs?: number;
  /** Attempts at one call. More outlast a longer trouble, within `timeoutMs`. */
  readonly attemptsMax?: number;
  readonly fetch?: Fetch;
  /** What nodes with a token file ask for; asked for before each call, null for none. */
  readonly token?: Token | undefined;
  readonly timing?: Timing;
}

export interface PutOptions extends CallOptions, WriteOptions {
  readonly ttlSeconds?: number;
}

export type DeleteOptions = CallOptions & Omit<WriteOptions, "ifAbsent">;

export interface ListOptions extends CallOptions {
  readonly prefix?: string;
  /** Most keys in all. */
  readonly limit?: number;
  readonly cursor?: string;
  /** `node`: only what the asked node holds. */
  readonly scope?: "node" | "ring";
}

export interface PutManyOptions extends CallOptions {
  /** Rows in a request, at most 64. */
  readonly batch?: number;
  /** Requests in flight. */
  readonly concurrency?: number;
  /** What a batch may take, repeats included: long enough for a ring to get over the death of a node. */
  readonly batchTimeoutMs?: number;
}
