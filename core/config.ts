import type { HashName } from "./id.ts";

/**
 * What all nodes of one ring must agree on; a joiner that differs is refused (exit 76).
 */
export interface RingConfig {
  /** Rings with different names never merge, even at the same addresses. */
  readonly cluster: string;
  /** The circle has 2^bits points. 160 in earnest; 8 makes rings that a person can draw. */
  readonly bits: number;
  readonly hash: HashName;
  /** Slices of the circle, a power of two. More spread load more evenly and cost a row of bookkeeping each. */
  readonly partitions: number;
  /** Copies of each key (R), on as many machines, or on all there are if those are fewer. */
  readonly replicas: number;
  /** Durable copies before a write is acknowledged (W). One less may be lost at once and for good without loss. */
  readonly writeQuorum: number;
  /** Copies that a read compares (R_q). With W it exceeds R, so every read meets every acknowledged write. */
  readonly readQuorum: number;
}

/** What each node decides for itself. Times are in milliseconds. */
export interface NodeConfig extends RingConfig {
  /** Successors remembered (r). r-1 neighbours may die together without breaking the ring. */
  readonly successors: number;
  /** How often the neighbours are probed. Halving it halves detection time and doubles idle traffic. */
  readonly stabilizeMs: number;
  /** How often the successor's list is fetched while nothing changes. */
  readonly quietStabilizeMs: number;
  /** A peer that has not answered for this long is dead: its arc is taken over. Shorter risks false deaths. */
  readonly deadAfterMs: number;
  /** One attempt at another node. */
  readonly attemptTimeoutMs: number;
  /** What a client's call may take in all, re-routing included. */
  readonly clientTimeoutMs: number;
  /** How often a peer outside the known ring is asked whether it is back. */
  readonly probeMs: number;
  /** How long a leaving node waits for others to take its data before it stops with it. */
  readonly leaveTimeoutMs: number;
  /** How often the copies of a partition are compared while nothing changes. */
  readonly antiEntropyMs: number;
  /** A deletion is remembered for at least this long. A node that was away for half of it starts anew. */
  readonly tombstoneGraceMs: number;
  /** Largest value in bytes. */
  readonly valueBytesMax: number;
}

export const defaultConfig: NodeConfig = {
  cluster: "rondo",
  bits: 160,
  hash: "sha256",
  partitions: 4096,
  replicas: 3,
  writeQuorum: 2,
  readQuorum: 2,
  successors: 8,
  stabilizeMs: 1_000,
  quietStabilizeMs: 5_000,
  deadAfterMs: 5_000,
  attemptTimeoutMs: 500,
  clientTimeoutMs: 5_000,
  probeMs: 30_000,
  leaveTimeoutMs: 30_000,
  antiEntropyMs: 30_000,
  tombstoneGraceMs: 24 * 3_600_000,
  valueBytesMax: 1024 * 1024,
};

/** The default number of partitions for a circle of `bits` bits. */
export function defaultPartitions(bits: number): number {
  return Math.min(defaultConfig.partitions, 2 ** bits);
}

/**
 * Holds the numbers of copies together: two writes have to meet, and every read every write.
 *
 * @throws RangeError naming the rule that is broken.
 */
export function checkQuorums({ replicas, writeQuorum, readQuorum }: RingConfig): void {
  const numbers = `${replicas} replicas, write quorum ${writeQuorum}, read quorum ${readQuorum}`;
  if (writeQuorum > replicas || readQuorum > replicas) {
    throw new RangeError(`Cannot use ${numbers}: no quorum may exceed the replicas`);
  }
  if (2 * writeQuorum <= replicas) {
    throw new RangeError(`Cannot use ${numbers}: two writes might miss each other; W must exceed half of R`);
  }
  if (writeQuorum + readQuorum <= replicas) {
    throw new RangeError(`Cannot use ${numbers}: a read might miss a write; W + R_q must exceed R`);
  }
}
