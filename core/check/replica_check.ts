import { IdSpace } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import { type Partition, PartitionMap, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { Ask, OnProgress } from "./ask.ts";
import { askHolders } from "./holders.ts";
import { type Finding, type Shortfall, shortfalls, verdictOn } from "./partition_verdict.ts";
import type { CheckedMember, RingParameters } from "./ring_check.ts";

/** Partitions in one question. It bounds the answers, and what the check has in memory: this times the members. */
const askedAboutMax = 1_024;
/** What falls short is looked at again after so long: writes, or a change of hands, may just have been going on. */
const againAfterMs = 1_000;
/** Ranges named of each shortfall; the counts are of all. */
const rangesShown = 8;

/** The part of a ring's check that the copies are judged by. */
export interface KeepingRing {
  readonly parameters: Pick<RingParameters, "bits" | "hash" | "partitions" | "replicas">;
  /** In the order of the ring. */
  readonly members: readonly CheckedMember[];
}

/** Partitions that fall short in one way. */
export interface Affected {
  readonly shortfall: Shortfall;
  readonly partitions: number;
  /** The first few of them. */
  readonly ranges: readonly PartitionRange[];
}

/** What one node lacks, or has and should not. */
export interface AffectedAt extends Affected {
  readonly node: NodeRef;
}

export interface ReplicaCheck {
  /** Partitions in all, and how many fall short in which way. One may do so in several. */
  readonly counts: { readonly partitions: number } & Readonly<Record<Shortfall, number>>;
  /** What there is of each shortfall, the gravest first; those that are not there are left out. */
  readonly affected: readonly Affected[];
  /** The same node by node. */
  readonly nodes: readonly AffectedAt[];
  /** Nothing falls short. Orphans are no harm: they are let go of once their keepers have them. */
  readonly isHealthy: boolean;
}

export interface ReplicaCheckOptions {
  readonly pause: (ms: number) => Promise<void>;
  readonly onProgress?: OnProgress;
}

type Findings = Map<Partition, readonly Finding[]>;

/**
 * Asks every member about every partition, and says where the copies are not what and where they should be.
 *
 * What falls short is asked about once more a moment later, and only counts if it still does.
 */
export async function checkReplicas(
  ask: Ask,
  ring: KeepingRing,
  { pause, onProgress = () => {} }: ReplicaCheckOptions,
): Promise<ReplicaCheck> {
  const { bits, hash, partitions, replicas } = ring.parameters;
  const map = new PartitionMap(new IdSpace(bits, hash), partitions);
  const look = new Look(ask, ring.members, map, replicas);
  const findings: Findings = new Map();
  await look.at([...partitionsOf([{ first: 0, last: partitions - 1 }])], findings, onProgress);
  const doubtful = [...findings].filter(([, list]) => list.some(isFailure)).map(([partition]) => partition);
  if (doubtful.length > 0) {
    await pause(againAfterMs);
    await look.at(doubtful, findings, () => {});
  }
  return report(partitions, findings);
}

/** Looks at partitions, as often as need be. */
class Look {
  constructor(
    readonly ask: Ask,
    readonly members: readonly CheckedMember[],
    readonly partitions: PartitionMap,
    readonly replicas: number,
  ) {}

  /** Puts what is found in place of what was found before. */
  async at(partitions: readonly Partition[], findings: Findings, onProgress: OnProgress): Promise<void> {
    const chunks = Math.ceil(partitions.length / askedAboutMax);
    let answered = 0;
    const onAnswered = () => onProgress(++answered, chunks * this.members.length);
    for (let i = 0; i < partitions.length; i += askedAboutMax) {
      const chunk = partitions.slice(i, i + askedAboutMax);
      for await (const [partition, said] of askHolders(this.ask, this.members, chunk, onAnswered)) {
        findings.set(partition, verdictOn(said, this.#wanted(partition)));
      }
    }
  }

  /** The first min(R, N) members at and after the partition's position, clockwise. */
  #wanted(partition: Partition): NodeRef[] {
    const { members, replicas } = this;
    const position = this.partitions.position(partition);
    const owner = members.findIndex(({ id }) => id >= position);
    const clockwise = owner === -1 ? members : [...members.slice(owner), ...members.slice(0, owner)];
    return clockwise.slice(0, replicas);
  }
}

function isFailure({ shortfall }: Finding): boolean {
  return shortfall !== "orphans";
}

function report(partitions: number, findings: Findings): ReplicaCheck {
  const affected: Affected[] = [];
  const nodes: AffectedAt[] = [];
  for (const shortfall of shortfalls) {
    const { where, byNode } = gather(findings, shortfall);
    if (where.length > 0) affected.push({ shortfall, ...sumOf(where) });
    for (const [{ id, url }, held] of byNode) nodes.push({ node: { id, url }, shortfall, ...sumOf(held) });
  }
  const counts = Object.fromEntries(shortfalls.map((name) => {
    return [name, affected.find(({ shortfall }) => shortfall === name)?.partitions ?? 0];
  })) as Record<Shortfall, number>;
  return {
    counts: { partitions, ...counts },
    affected,
    nodes,
    isHealthy: affected.every(({ shortfall }) => shortfall === "orphans"),
  };
}

/** The partitions that fall short in this way, in all and node by node. */
function gather(findings: Findings, shortfall: Shortfall) {
  const where: Partition[] = [];
  const byNode = new Map<string, [node: NodeRef, partitions: Partition[]]>();
  for (const [partition, list] of findings) {
    const finding = list.find((one) => one.shortfall === shortfall);
    if (finding === undefined) continue;
    where.push(partition);
    for (const node of finding.nodes) {
      const [, partitions] = byNode.get(node.id) ?? byNode.set(node.id, [node, []]).get(node.id) ?? [];
      partitions?.push(partition);
    }
  }
  return { where, byNode: byNode.values() };
}

function sumOf(partitions: readonly Partition[]): Omit<Affected, "shortfall"> {
  return { partitions: partitions.length, ranges: toRanges(partitions).slice(0, rangesShown) };
}
