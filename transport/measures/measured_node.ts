import type { Id } from "../../core/id.ts";
import type { MethodName, Params, ParsedParams, Result } from "../../core/protocol.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type {
  CallContext,
  Consistency,
  Hop,
  LookupResult,
  NodeService,
  ReadOutcome,
  WriteOptions,
  WriteOutcome,
} from "../../core/service.ts";
import type { Measures } from "./measures.ts";

/** A node whose hops are counted: of clients' reads and writes, and of the lookups that they ask for. */
export class MeasuredNode implements NodeService {
  readonly self;
  readonly config;
  readonly space;
  readonly partitions;

  constructor(readonly node: NodeService, readonly measures: Measures) {
    this.self = node.self;
    this.config = node.config;
    this.space = node.space;
    this.partitions = node.partitions;
  }

  get phase(): NodeService["phase"] {
    return this.node.phase;
  }

  handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    const answer = this.node.handle(method, params, context);
    return isClientsCall(method, params) ? this.#counted(answer) : answer;
  }

  get(key: string, context: CallContext & { readonly consistency?: Consistency }): Promise<ReadOutcome> {
    return this.#counted(this.node.get(key, context));
  }

  put(
    key: string,
    value: Uint8Array,
    options: WriteOptions,
    context: CallContext,
  ): Promise<WriteOutcome> {
    return this.#counted(this.node.put(key, value, options, context));
  }

  delete(key: string, options: WriteOptions, context: CallContext): Promise<WriteOutcome> {
    return this.#counted(this.node.delete(key, options, context));
  }

  async *lookup(target: Id, context: CallContext): AsyncGenerator<Hop, LookupResult, undefined> {
    const result = yield* this.node.lookup(target, context);
    this.measures.arrived(result.hops);
    return result;
  }

  callPeer<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    return this.node.callPeer(peer, method, params, context);
  }

  knownPeer(id: Id): NodeRef | null {
    return this.node.knownPeer(id);
  }

  info(): ReturnType<NodeService["info"]> {
    return this.node.info();
  }

  partitionOf(key: string): number {
    return this.node.partitionOf(key);
  }

  async #counted<T>(answer: Promise<T>): Promise<T> {
    const outcome = await answer;
    const hops = (outcome as { readonly hops?: unknown }).hops;
    if (typeof hops === "number") this.measures.arrived(hops);
    return outcome;
  }
}

/** Not a call that another node passes on: that one counts there. */
function isClientsCall(method: MethodName, params: unknown): boolean {
  const isOfKey = method === "kv.get" || method === "kv.put" || method === "kv.delete";
  return isOfKey && (params as { readonly forwarded?: boolean }).forwarded !== true;
}
