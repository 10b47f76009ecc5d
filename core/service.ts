import type { NodeConfig } from "./config.ts";
import type { StoredRecord } from "./data/record.ts";
import type { Version } from "./data/version.ts";
import type { Id, IdSpace } from "./id.ts";
import type { NodeRef } from "./node_ref.ts";
import type { Partition, PartitionMap } from "./partition.ts";
import type { MethodName, NodeInfo, Params, ParsedParams, Phase, Result } from "./protocol.ts";

/** A request as it came in, beside its parameters. */
export interface CallContext {
  /** What is left of the caller's time. */
  readonly timeoutMs: number;
  /** Id of the node that has signed the call; none of a client's, and where nodes do not sign. */
  readonly from?: string | undefined;
}

/** How strongly a read must be vouched for; `one` takes the first copy at hand. */
export type Consistency = "one" | "quorum" | "all";

export interface WriteOptions {
  readonly ttlMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly ifVersion?: Version | undefined;
  readonly ifAbsent?: boolean | undefined;
  readonly requestId?: string | undefined;
  /** The version that an earlier try of the same write may have left behind; used again unless something newer is there. */
  readonly version?: Version | undefined;
  /** A version that this very write had before, and that copies were above of. */
  readonly instead?: Version | undefined;
  /** Names one try of the write, so that a request that is delivered twice is carried out once. */
  readonly attempt?: string | undefined;
  /** Copies that have to be durable; the ring's write quorum by default. */
  readonly consistency?: Consistency | undefined;
}

export interface ReadOutcome {
  /** The live record, or the tombstone that proves the key gone, or null: never heard of. */
  readonly record: StoredRecord | null;
  /** Whether `record` is live; false is an honest "not found". */
  readonly found: boolean;
  /** The node that answered for the key. */
  readonly owner: NodeRef;
  readonly hops: number;
}

export interface WriteOutcome {
  readonly version: Version;
  /** The key had no live value before. */
  readonly created: boolean;
  readonly expiresAtMs: number | null;
  readonly owner: NodeRef;
  /** Who had it durably by the time of the answer. */
  readonly replicas: readonly NodeRef[];
  readonly hops: number;
}

/** One request of a lookup, answered or not. */
export interface Hop {
  /** From 1, in the order of asking. */
  readonly number: number;
  readonly node: NodeRef;
  /** Where the asker knew the node from. */
  readonly via: "self" | "finger" | "successor" | "cache" | "answer";
  readonly rttMs: number;
  /** What it said: the owner, closer nodes, or nothing. */
  readonly outcome: "owner" | "closer" | "failed";
}

export interface LookupResult {
  readonly owner: NodeRef;
  /** The owner's successors, as the node before it knows them. */
  readonly successors: readonly NodeRef[];
  /** The node that named the owner: its predecessor, unless the owner named itself. */
  readonly namedBy: NodeRef;
  /** Requests that were answered. */
  readonly hops: number;
}

/**
 * One running node, as everything around the core sees it: transport serves it, main starts and stops it, the
 * pages look at it.
 */
export interface NodeService {
  readonly self: NodeRef;
  readonly config: NodeConfig;
  readonly space: IdSpace;
  readonly partitions: PartitionMap;
  readonly phase: Phase;

  /** Answers one call of the protocol. `params` were parsed by the method table. */
  handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: CallContext,
  ): Promise<Result<M>>;

  get(key: string, context: CallContext & { readonly consistency?: Consistency }): Promise<ReadOutcome>;
  put(key: string, value: Uint8Array, options: WriteOptions, context: CallContext): Promise<WriteOutcome>;
  delete(key: string, options: WriteOptions, context: CallContext): Promise<WriteOutcome>;

  /** Finds the owner of a point, hop by hop. */
  lookup(target: Id, context: CallContext): AsyncGenerator<Hop, LookupResult, undefined>;

  /** Calls a peer on behalf of someone who cannot reach it. */
  callPeer<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    context: CallContext,
  ): Promise<Result<M>>;

  /** A peer this node knows, by id. */
  knownPeer(id: Id): NodeRef | null;
  info(): Promise<NodeInfo>;
  partitionOf(key: string): Partition;
}

/** Live measurements that only the edge can take. */
export interface Vitals {
  /** Share of one core used over the last seconds; null when unknown. */
  readonly cpu: number | null;
  /** Resident bytes; null when unknown. */
  readonly memory: number | null;
}
