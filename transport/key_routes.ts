import * as z from "zod";
import type { StoredRecord } from "../core/data/record.ts";
import { TooLargeError } from "../core/errors.ts";
import type { Consistency, NodeService, WriteOptions } from "../core/service.ts";
import { readBody } from "./bounded_body.ts";
import type { Guard } from "./guard/guard.ts";
import { rpcBodyBytesMax } from "./json_rpc.ts";
import { absentResponse, bytesResponse, foundResponse, writtenResponse } from "./key_answers.ts";
import { type ContextOf, json, readJsonBody, readTarget, type RestCall } from "./rest_call.ts";
import { methodNotAllowed } from "./rest_error.ts";
import { badRequest, checkKey, readConditions, readTtlMs, ttlSecondsMax } from "./rest_input.ts";

/** Where single keys live; the key is the rest of the path. */
export const keyPrefix = "/api/keys/";
const allowed = ["GET", "HEAD", "PUT", "DELETE"];

/**
 * The live record of a key that this node may answer for without asking anyone; undefined when it may not.
 *
 * Called before anything else and synchronously, so it must only look into memory.
 */
export type Peek = (key: string) => { readonly record: StoredRecord } | undefined;

export interface KeyRoutesOptions {
  readonly node: NodeService;
  readonly contextOf: ContextOf;
  readonly peek?: Peek | undefined;
  readonly guard?: Guard | undefined;
}

/** GET, PUT and DELETE of one key, and POST of one. Answered without a router: this is the hot path. */
export class KeyRoutes {
  readonly #node: NodeService;
  readonly #contextOf: ContextOf;
  readonly #peek: Peek | undefined;
  readonly #guard: Guard | undefined;
  /** The owner as JSON; it is always this node when the fast path answers. */
  readonly #selfJson: string;

  constructor({ node, contextOf, guard, peek }: KeyRoutesOptions) {
    this.#node = node;
    this.#contextOf = contextOf;
    this.#peek = peek;
    this.#guard = guard;
    this.#selfJson = JSON.stringify(node.self);
  }

  answer(call: RestCall): Response | Promise<Response> {
    switch (call.request.method) {
      case "GET":
      case "HEAD":
        this.#guard?.admit(call, "read");
        return this.#get(call);
      case "PUT":
        this.#guard?.admit(call, "write");
        return this.#put(call);
      case "DELETE":
        this.#guard?.admit(call, "write");
        return this.#delete(call);
      default:
        throw methodNotAllowed(allowed);
    }
  }

  #get(call: RestCall): Response | Promise<Response> {
    const { key, query } = readTarget(call, keyPrefix, ["consistency"]);
    const wantsBytes = call.request.headers.get("accept")?.includes("application/octet-stream") ?? false;
    const consistency = readConsistency(query.get("consistency"));
    const record = consistency === undefined || consistency === "one" ? this.#peek?.(key)?.record : undefined;
    if (record === undefined || record.value === null) return this.#ask(call, key, wantsBytes, consistency);
    const { value, version } = record;
    return wantsBytes ? bytesResponse(value, version) : foundResponse(key, value, record, this.#selfJson, 0);
  }

  async #ask(
    { request }: RestCall,
    key: string,
    wantsBytes: boolean,
    consistency: Consistency | undefined,
  ): Promise<Response> {
    const context = this.#contextOf(request.headers);
    const outcome = await this.#node.get(
      key,
      consistency === undefined ? context : { ...context, consistency },
    );
    const { record, owner, hops } = outcome;
    if (!outcome.found || record === null || record.value === null) return absentResponse(outcome);
    if (wantsBytes) return bytesResponse(record.value, record.version);
    return foundResponse(key, record.value, record, JSON.stringify(owner), hops);
  }

  async #put(call: RestCall): Promise<Response> {
    const { key, query } = readTarget(call, keyPrefix, ["ttl", "consistency"]);
    const ttl = query.get("ttl");
    const options = {
      ...readConditions(call.request.headers),
      ...writeConsistency(query.get("consistency")),
      ...(ttl === undefined ? {} : { ttlMs: readTtlMs(ttl) }),
    };
    const context = this.#contextOf(call.request.headers);
    const value = await readBody(call.request, this.#node.config.valueBytesMax);
    return writtenResponse(key, await this.#node.put(key, value, options, context));
  }

  /** `POST /api/keys`: the same write for those who would rather send JSON. */
  async create({ request }: RestCall): Promise<Response> {
    const { valueBytesMax } = this.#node.config;
    const conditions = readConditions(request.headers);
    const context = this.#contextOf(request.headers);
    const body = await readJsonBody(request, createBody, rpcBodyBytesMax(valueBytesMax));
    const key = checkKey(body.key);
    const value = decodeBase64(body.value, valueBytesMax);
    const options = { ...conditions, ...(body.ttl_seconds ? { ttlMs: body.ttl_seconds * 1000 } : {}) };
    return writtenResponse(key, await this.#node.put(key, value, options, context));
  }

  async #delete(call: RestCall): Promise<Response> {
    const { key, query } = readTarget(call, keyPrefix, ["consistency"]);
    const options: WriteOptions = {
      ...readConditions(call.request.headers),
      ...writeConsistency(query.get("consistency")),
    };
    if (options.ifAbsent) throw badRequest("BAD_CONDITION", "Cannot delete only what does not exist");
    const { version } = await this.#node.delete(key, options, this.#contextOf(call.request.headers));
    return json({ success: true, version });
  }
}

/** The body of `POST /api/keys`. */
export const createBody = z.strictObject({
  key: z.string(),
  value: z.string().describe("base64"),
  ttl_seconds: z.int().min(1).max(ttlSecondsMax).optional(),
});

function decodeBase64(text: string, bytesMax: number): Uint8Array {
  let value: Uint8Array;
  try {
    value = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    throw badRequest("BAD_BODY", "Cannot use the body: value is not base64");
  }
  if (value.length > bytesMax) throw new TooLargeError(`Cannot store a value of more than ${bytesMax} bytes`);
  return value;
}

export const consistencies: readonly Consistency[] = ["one", "quorum", "all"];

function writeConsistency(text: string | undefined): Pick<WriteOptions, "consistency"> {
  const consistency = readConsistency(text);
  return consistency === undefined ? {} : { consistency };
}

function readConsistency(text: string | undefined): Consistency | undefined {
  if (text === undefined) return undefined;
  const known = consistencies.find((consistency) => consistency === text);
  if (known === undefined) {
    throw badRequest("BAD_QUERY", `Cannot use this consistency: it takes ${consistencies.join(", ")}`);
  }
  return known;
}
