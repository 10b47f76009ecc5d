import type * as z from "zod/mini";
import type { MethodName, NodeInfo, Params, Result } from "../core/protocol.ts";
import type { NodeRef } from "../core/node_ref.ts";
import { fingerTable, nodeInfo, peerTable } from "../core/node_shapes.ts";
import * as answers from "./answers.ts";
import type {
  ClientOptions,
  DeleteOptions,
  ListOptions,
  PutManyOptions,
  PutOptions,
} from "./client_options.ts";
import { type Attempt, exchange, type Fetch, type HttpRequest } from "./exchange.ts";
import { ownFetch } from "./page_session.ts";
import { keyPath, withQuery } from "./key_path.ts";
import { Persistence } from "./persistence.ts";
import { putBatch, type PutRow, type RowResult } from "./put_batch.ts";
import { batchesOf, concurrencyDefault, inFlight } from "./put_many.ts";
import {
  type CallOptions,
  isSuccess,
  nodePath,
  type PeerOptions,
  readAs,
  writeHeaders,
} from "./rest_form.ts";
import { batchCallsMax, decodeBatch, encodeBatch } from "./rpc_batch.ts";
import { type Answer, badAnswer, errorOfAnswer, parseJson } from "./server_error.ts";
import { realTiming } from "./timing.ts";
import { withToken } from "./token.ts";

const timeoutDefaultMs = 5_000;
const batchTimeoutDefaultMs = 30_000;
const attemptsDefault = 5;
/** Most keys that a node lists in one answer. */
const pageKeysMax = 1_000;

/**
 * Talks to a Rondo ring through any of its nodes. Runs wherever there is `fetch`, browsers included.
 *
 * Calls are repeated through passing trouble, writes under one idempotency key, so a repeat is never a second
 * write. What fails for good is a `RondoError`; see its `definite` before saying that a write failed.
 */
export class RondoClient {
  readonly #persistence: Persistence;
  /** The network as this client has it, for answers that are read while they are made. */
  readonly fetch: Fetch;
  readonly #timeoutMs: number;
  readonly #attemptsMax: number;

  constructor(options: ClientOptions) {
    const urls = options.urls ?? (options.url === undefined ? [] : [options.url]);
    this.#persistence = new Persistence(urls.map((url) => new URL(url).origin), options.timing ?? realTiming);
    this.fetch = withToken(options.fetch ?? ownFetch, options.token);
    this.#timeoutMs = options.timeoutMs ?? timeoutDefaultMs;
    this.#attemptsMax = options.attemptsMax ?? attemptsDefault;
  }

  /** The nodes it was given, as origins. */
  get urls(): readonly string[] {
    return this.#persistence.urls;
  }

  get(key: string, options: CallOptions = {}): Promise<answers.GetResult> {
    const read = (answer: Answer) => {
      const missing = answer.status === 404 ? answers.notFoundAnswer.safeParse(parseJson(answer.text)) : null;
      if (missing?.success !== true) return readAs(answer, answers.foundAnswer, false);
      return { ...missing.data, value: null, expiresAt: null, owner: null, hops: null };
    };
    return this.#call({ method: "GET", path: keyPath("/api/keys", key), effect: "none" }, read, options);
  }

  /** The value as UTF-8 text; null when the key is not found. */
  async getText(key: string, options: CallOptions = {}): Promise<string | null> {
    const { value } = await this.get(key, options);
    return value === null ? null : new TextDecoder().decode(value);
  }

  /** Stores the value, durably when this resolves. Text is stored as UTF-8. */
  put(key: string, value: Uint8Array | string, options: PutOptions = {}): Promise<answers.PutResult> {
    const { ttlSeconds } = options;
    return this.#call(
      {
        method: "PUT",
        path: keyPath("/api/keys", key, ttlSeconds === undefined ? {} : { ttl: String(ttlSeconds) }),
        headers: { "content-type": "application/octet-stream", ...writeHeaders(options) },
        body: value,
        effect: "repeatable",
      },
      (answer) => ({ ...readAs(answer, answers.putAnswer, true), created: answer.status === 201 }),
      options,
    );
  }

  /** Deletes the key, which need not exist. */
  delete(key: string, options: DeleteOptions = {}): Promise<answers.DeleteResult> {
    return this.#call(
      {
        method: "DELETE",
        path: keyPath("/api/keys", key),
        headers: { "content-type": "application/json", ...writeHeaders(options) },
        effect: "repeatable",
      },
      (answer) => readAs(answer, answers.deleteAnswer, true),
      options,
    );
  }

  /** The keys with a prefix, page by page as they are taken. */
  async *list(options: ListOptions = {}): AsyncGenerator<answers.ListedKey, void, undefined> {
    let left = options.limit ?? Infinity;
    let cursor = options.cursor ?? null;
    while (left > 0) {
      const limit = Math.min(left, pageKeysMax);
      const page = await this.page({ ...options, limit, ...(cursor === null ? {} : { cursor }) });
      yield* page.keys.slice(0, left);
      left -= page.keys.length;
      cursor = page.cursor;
      if (cursor === null) return;
    }
  }

  /** One page of `list`; its cursor is null when nothing follows. */
  page({ prefix = "", limit, cursor, scope, signal }: ListOptions = {}): Promise<answers.KeysPage> {
    const query = {
      ...(prefix === "" ? {} : { prefix }),
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(scope === undefined ? {} : { scope }),
    };
    return this.#read(
      withQuery("/api/keys", query),
      answers.keysAnswer,
      signal === undefined ? {} : { signal },
    );
  }

  /** Who answers for the key, and how the asked node found out. */
  lookup(key: string, options: CallOptions = {}): Promise<answers.Lookup> {
    return this.#read(keyPath("/api/lookup", key), answers.lookupAnswer, options);
  }

  /** Without `peer`, what the asked node says of itself; with it, what that peer does, relayed. */
  info(options: PeerOptions = {}): Promise<NodeInfo> {
    return this.#read(nodePath("info", options), nodeInfo, options);
  }

  async successors(options: PeerOptions = {}): Promise<NodeRef[]> {
    return (await this.#read(nodePath("successors", options), answers.successorsAnswer, options)).successors;
  }

  async predecessor(options: PeerOptions = {}): Promise<NodeRef | null> {
    return (await this.#read(nodePath("predecessor", options), answers.predecessorAnswer, options))
      .predecessor;
  }

  async fingers(options: PeerOptions = {}): Promise<answers.Fingers> {
    return (await this.#read(nodePath("fingers", options), fingerTable, options)).entries;
  }

  /** Every peer the asked node has known. */
  async peers(options: CallOptions = {}): Promise<answers.Peers> {
    return (await this.#read("/api/node/peers", peerTable, options)).peers;
  }

  /** The ring as the asked node walks it, from itself on, in ring order. */
  ring(options: CallOptions = {}): Promise<answers.Ring> {
    return this.#read("/api/ring", answers.ringAnswer, options);
  }

  /** Whether the node takes work. "Not ready" is an answer, not an error. */
  ready(options: CallOptions = {}): Promise<answers.Readiness> {
    const read = (answer: Answer) => {
      if (answer.status === 200) return { ready: true, reason: null };
      if (answer.status !== 503) throw errorOfAnswer(answer, false);
      return {
        ready: false,
        reason: answers.readyReason.safeParse(parseJson(answer.text)).data?.reason ?? null,
      };
    };
    return this.#call({ method: "GET", path: "/ready", effect: "none" }, read, options);
  }

  /** Asks the node to hand over its keys and to end. Only ever this node, so give the client one URL. */
  async leave(options: CallOptions = {}): Promise<void> {
    await this.tell("/api/node/leave", {}, options);
  }

  /** Reads any path of the node, for what has no method here (client/operations.ts). */
  ask<S extends z.ZodMiniType>(path: string, shape: S, options: CallOptions = {}): Promise<z.output<S>> {
    return this.#read(path, shape, options);
  }

  /** Tells the node to do something that is only ever meant once; how it answers beside "yes" is of no interest. */
  async tell(path: string, body: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: "POST",
        path,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        effect: "once",
      },
      (answer) => {
        if (!isSuccess(answer)) throw errorOfAnswer(answer, true);
      },
      options,
    );
  }

  /**
   * Stores many rows, in batches, a few in flight. Yields the results of each batch as it ends; never throws for a
   * row. Of rows with the same key any may come last: leave out what must lose.
   *
   * It stops taking rows when a batch found no node at all; rows that were not yielded were not sent. Whoever ends
   * the iteration early leaves up to `concurrency` batches unknown.
   */
  putMany<R extends PutRow>(
    rows: Iterable<R> | AsyncIterable<R>,
    options: PutManyOptions = {},
  ): AsyncGenerator<RowResult<R>[], void, undefined> {
    const { batch = batchCallsMax, concurrency = concurrencyDefault, signal } = options;
    const timeoutMs = options.batchTimeoutMs ?? batchTimeoutDefaultMs;
    const send = (request: HttpRequest, at: Attempt) => this.#exchange(request, at);
    const put = (batchRows: R[], stop: AbortSignal) =>
      putBatch(batchRows, this.#persistence, send, {
        timeoutMs,
        attemptsMax: Infinity,
        signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
      });
    return inFlight(batchesOf(rows, batch), put, concurrency);
  }

  /** Any method of the protocol, for what has no method here. It counts as a write: a lost answer is indefinite. */
  async rpc<M extends MethodName>(
    method: M,
    params: Params<M>,
    options: CallOptions = {},
  ): Promise<Result<M>> {
    // Not loaded with the rest: the table is large, and few pages ever call a method.
    const { methods } = await import("../core/protocol.ts");
    const { result, isIdempotent } = methods[method];
    return await this.#call(
      {
        method: "POST",
        path: "/rpc",
        headers: { "content-type": "application/json" },
        body: encodeBatch([{ method, params }]),
        effect: isIdempotent ? "repeatable" : "once",
      },
      (answer) => {
        const [outcome] = decodeBatch(answer, 1, result, true);
        if (outcome === undefined) throw badAnswer(answer, true);
        if ("error" in outcome) throw outcome.error;
        return outcome.result as Result<M>;
      },
      options,
    );
  }

  #read<S extends z.ZodMiniType>(path: string, shape: S, options: CallOptions): Promise<z.output<S>> {
    return this.#call(
      { method: "GET", path, effect: "none" },
      (answer) => readAs(answer, shape, false),
      options,
    );
  }

  #call<T>(request: HttpRequest, read: (answer: Answer) => T, { signal }: CallOptions): Promise<T> {
    return this.#persistence.call(async (at) => read(await this.#exchange(request, at)), {
      timeoutMs: this.#timeoutMs,
      attemptsMax: this.#attemptsMax,
      isRepeatable: request.effect !== "once",
      signal,
    });
  }

  #exchange(request: HttpRequest, at: Attempt): Promise<Answer> {
    return exchange(request, at, { fetch: this.fetch, timing: this.#persistence.timing });
  }
}
