import { defaultConfig, type NodeConfig } from "../../core/config.ts";
import { makeRecord, type StoredRecord } from "../../core/data/record.ts";
import { HybridClock } from "../../core/data/version.ts";
import { VersionConflictError } from "../../core/errors.ts";
import { type Id, IdSpace } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import { PartitionMap } from "../../core/partition.ts";
import type { Log } from "../../core/ports.ts";
import type { MethodName, NodeInfo, Params, ParsedParams, Result } from "../../core/protocol.ts";
import type {
  CallContext,
  Hop,
  LookupResult,
  NodeService,
  ReadOutcome,
  WriteOptions,
  WriteOutcome,
} from "../../core/service.ts";
import type { Fetch } from "../../transport/exchange.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { createHandler, type Handler, type HandlerOptions } from "../../transport/handler.ts";

const space = new IdSpace(160);

export function nodeAt(port: number): NodeRef {
  const url = `http://127.0.0.1:${port}`;
  return { id: nodeIdOf(space, "rondo", url), url };
}

export type Answers = {
  [M in MethodName]?: (params: ParsedParams<M>, context: CallContext) => Result<M> | Promise<Result<M>>;
};

/** A node whose answers a test writes. Keys really are kept, in memory, by the rules of a ring of one. */
export class FakeNode implements NodeService {
  readonly self: NodeRef;
  readonly config: NodeConfig;
  readonly space = space;
  readonly partitions = new PartitionMap(space, 64);
  readonly phase = "member";
  readonly records = new Map<string, StoredRecord>();
  /** What `handle` answers, by method. */
  readonly answers: Answers = {};
  /** What peers answer, whoever they are. */
  readonly peerAnswers: Answers = { "partition.views": () => ({ views: [] }) };
  readonly peers = new Map<string, NodeRef>();
  /** What the next call of get, put, delete or lookup throws. */
  failure: Error | null = null;
  hops: Hop[] = [];
  /** Everything asked of the node, as one line each. */
  readonly calls: string[] = [];
  readonly #clock: HybridClock;

  constructor(config: Partial<NodeConfig> = {}, self: NodeRef = nodeAt(8440)) {
    this.self = self;
    this.config = { ...defaultConfig, valueBytesMax: 1_000, ...config };
    let wallMs = 1_700_000_000_000;
    this.#clock = new HybridClock(self.id, () => wallMs++);
  }

  async handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    this.calls.push(`${method} ${JSON.stringify(params)} ${context.timeoutMs}`);
    return await answerOf(this.answers, method, params, context);
  }

  async callPeer<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    this.calls.push(`${peer.url} ${method} ${JSON.stringify(params)}`);
    return await answerOf(this.peerAnswers, method, params as ParsedParams<M>, context);
  }

  get(key: string, context: CallContext & { readonly consistency?: string }): Promise<ReadOutcome> {
    return this.#run(`get ${key} ${context.consistency ?? ""}`, () => {
      const record = this.records.get(key) ?? null;
      return { record, found: record !== null && record.value !== null, owner: this.self, hops: 2 };
    });
  }

  put(key: string, value: Uint8Array, options: WriteOptions): Promise<WriteOutcome> {
    return this.#run(`put ${key} ${value.length} ${JSON.stringify(options)}`, () => {
      return this.#write(key, value, options);
    });
  }

  delete(key: string, options: WriteOptions): Promise<WriteOutcome> {
    return this.#run(`delete ${key} ${JSON.stringify(options)}`, () => this.#write(key, null, options));
  }

  async *lookup(target: Id): AsyncGenerator<Hop, LookupResult, undefined> {
    await this.#run(`lookup ${target}`, () => {});
    for (const hop of this.hops) yield hop;
    return { owner: nodeAt(8441), successors: [nodeAt(8442), nodeAt(8443)], namedBy: this.self, hops: 1 };
  }

  knownPeer(id: Id): NodeRef | null {
    return this.peers.get(id) ?? null;
  }

  info(): Promise<NodeInfo> {
    return this.handle("node.info", {}, { timeoutMs: 0 });
  }

  partitionOf(key: string): number {
    return this.partitions.ofKey(key);
  }

  #write(key: string, value: Uint8Array | null, options: WriteOptions): WriteOutcome {
    const before = this.records.get(key);
    const current = before !== undefined && before.value !== null ? before.version : null;
    const isRefused = options.ifAbsent ? current !== null : (options.ifVersion ?? current) !== current;
    if (isRefused) throw new VersionConflictError(current);
    const expiresAtMs = options.ttlMs === undefined ? null : 1_700_000_000_000 + options.ttlMs;
    const version = this.#clock.next();
    const requestId = options.requestId ?? null;
    this.records.set(key, makeRecord({ key, value, version, expiresAtMs, requestId }));
    return {
      version,
      created: current === null,
      expiresAtMs,
      owner: this.self,
      replicas: [this.self],
      hops: 0,
    };
  }

  // deno-lint-ignore require-await -- so that what `work` throws rejects
  async #run<T>(line: string, work: () => T): Promise<T> {
    this.calls.push(line);
    if (this.failure !== null) throw this.failure;
    return work();
  }
}

async function answerOf<M extends MethodName>(
  answers: Answers,
  method: M,
  params: ParsedParams<M>,
  context: CallContext,
): Promise<Result<M>> {
  const answer = answers[method];
  if (answer === undefined) throw new TypeError(`Nobody said what ${method} answers`);
  return await answer(params, context);
}

export const infoOf = (node: FakeNode, over: Partial<NodeInfo> = {}): NodeInfo => ({
  id: node.self.id,
  url: node.self.url,
  cluster: "rondo",
  protocol: 1,
  bits: 160,
  hash: "sha256",
  partitions: 64,
  replicas: 1,
  writeQuorum: 1,
  readQuorum: 1,
  incarnation: 3,
  phase: "member",
  ready: true,
  reason: null,
  keyCount: 0,
  recordCount: 0,
  partitionsOwned: 64,
  partitionsHeld: 64,
  partitionsUnsynced: 0,
  uptimeMs: 5,
  version: "0.1.0",
  cpu: null,
  memory: null,
  ...over,
});

/** Collects what was logged. */
export function logbook(): { readonly log: Log; readonly events: string[]; readonly fields: unknown[] } {
  const events: string[] = [];
  const fields: unknown[] = [];
  return {
    events,
    fields,
    log: (_level, event, more) => {
      events.push(event);
      fields.push(more);
    },
  };
}

/** The node behind its HTTP handler, called without a network. */
export function served(node: FakeNode, options: Partial<HandlerOptions> = {}): Ask {
  const handler = createHandler(node, { log: () => {}, onLeave: () => {}, ...options });
  return asker(handler);
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Null unless the answer is JSON. */
  readonly json: unknown;
}

/** The code of a REST error, once its body has been found to be of the right form. */
export function errorCodeIn({ json }: Asked): string {
  const parsed = shapes.error.strict().safeParse(json);
  if (!parsed.success) throw new Error(`No REST error: ${JSON.stringify(json)}`);
  return parsed.data.error.code;
}

export type Ask = (method: string, path: string, init?: RequestInit) => Promise<Asked>;

function asker(handler: Handler): Ask {
  return async (method, path, init = {}) => {
    const response = await handler(new Request(`http://127.0.0.1:8440${path}`, { method, ...init }));
    const text = await response.text();
    const isJson = text !== "" && response.headers.get("content-type") === "application/json";
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  };
}

/** A fetch that goes to a handler instead of a network. */
export function fetchFrom(handler: Handler): Fetch {
  return async (url, init) => await handler(new Request(url, init));
}
