import { describe, isFound, type Operation } from "./history.ts";

/**
 * A write and all reads that saw it (Gibbons and Korach 1997, "Testing Shared Memories").
 *
 *     write   |-------|
 *     read       |---------|
 *     read                    |----|
 *                     ^       ^
 *           effectiveMs       lastCallMs
 *       the value is there    and there still
 */
export class Cluster {
  effectiveMs = Infinity;
  lastCallMs = -Infinity;
  /** The member whose end is `effectiveMs`. */
  firstEnded: Operation | null = null;
  /** The member whose beginning is `lastCallMs`. */
  lastBegun: Operation | null = null;
  readonly reads: Operation[] = [];

  constructor(
    /** Null for the state before all writes, and for a tombstone of which nobody knows who wrote it. */
    readonly write: Operation | null,
    /** No member's write began earlier. */
    readonly startMs: number,
    /** Null while no answer has told. */
    public version: string | null,
  ) {
    if (write !== null) this.#stretch(write);
  }

  add(read: Operation): void {
    this.reads.push(read);
    this.#stretch(read);
  }

  #stretch(member: Operation): void {
    if (member.outcome === "ok" && member.returnMs < this.effectiveMs) {
      this.effectiveMs = member.returnMs;
      this.firstEnded = member;
    }
    if (member.callMs > this.lastCallMs) {
      this.lastCallMs = member.callMs;
      this.lastBegun = member;
    }
  }
}

/** A read that no order of the writes can explain. */
export interface Misfit {
  readonly kind: "phantom" | "future" | "falseAbsent";
  readonly read: Operation;
  /** The write that its value or version names; null if none does. */
  readonly write: Operation | null;
  readonly why: string;
}

/** The operations on one key, sorted by what they tell of. Writes that certainly failed are left out. */
export class KeyHistory {
  readonly clusters: Cluster[] = [];
  readonly misfits: Misfit[] = [];
  /** Tombstones that reads reported and no answered write made: by one of `silent`, but who knows which. */
  readonly tombstones: Cluster[] = [];
  /** Writes without an answer that may have left a tombstone; first begun, first. */
  readonly silent: readonly Operation[];
  readonly #byValue = new Map<string | null, Cluster>();
  readonly #byVersion = new Map<string, Cluster>();
  readonly #refused = new Map<string | null, Operation>();

  constructor(readonly key: string, operations: readonly Operation[]) {
    const reads = operations.filter(({ kind, outcome }) => kind === "get" && outcome === "ok");
    for (const operation of operations) if (operation.kind !== "get") this.#addWrite(operation);
    for (const read of reads) if (isFound(read)) this.#addFound(read);
    // By now every version that goes with a value is known, so those left over are of tombstones.
    this.silent = this.clusters.flatMap(({ write, version }) =>
      write !== null && version === null && canVanish(write) ? [write] : []
    ).sort((a, b) => a.callMs - b.callMs);
    const beginning = new Cluster(null, -Infinity, null);
    beginning.effectiveMs = -Infinity;
    this.clusters.push(beginning);
    for (const read of reads) if (!isFound(read)) this.#addAbsent(read, beginning);
  }

  /** @throws RangeError when two writes share a value: then nobody can say which of them a read saw. */
  #addWrite(write: Operation): void {
    const { value, version } = write;
    if (write.outcome === "fail") {
      this.#refused.set(value, write);
      return;
    }
    const cluster = new Cluster(write, write.callMs, version);
    this.clusters.push(cluster);
    if (version !== null) this.#byVersion.set(version, cluster);
    if (value === null) return;
    if (this.#byValue.has(value)) {
      throw new RangeError(`Cannot judge "${this.key}": "${value}" was written twice`);
    }
    this.#byValue.set(value, cluster);
  }

  #addFound(read: Operation): void {
    const { value, version } = read;
    const cluster = this.#byValue.get(value);
    if (cluster === undefined) {
      const refused = this.#refused.get(value) ?? null;
      const why = refused === null ? "nobody wrote it" : "its write was refused";
      return this.#misfit("phantom", read, refused, why);
    }
    const holder = version === null ? undefined : this.#byVersion.get(version);
    if (holder !== undefined && holder !== cluster) {
      return this.#misfit("phantom", read, cluster.write, `its version ${version} is another write's`);
    }
    if (this.#isEarly(read, cluster)) return;
    if (version !== null) this.#learn(cluster, version);
    cluster.add(read);
  }

  #addAbsent(read: Operation, beginning: Cluster): void {
    const { version } = read;
    if (version === null) return beginning.add(read);
    const cluster = this.#byVersion.get(version) ?? this.#newTombstone(version);
    if (cluster === null) {
      return this.#misfit("phantom", read, null, `nobody wrote the tombstone ${version}`);
    }
    const { write } = cluster;
    if (write !== null && !canVanish(write)) {
      return this.#misfit("falseAbsent", read, write, `at ${version} lies ${describe(write)}`);
    }
    if (!this.#isEarly(read, cluster)) cluster.add(read);
  }

  /** Null when there is nobody who could have written it. */
  #newTombstone(version: string): Cluster | null {
    const [first] = this.silent;
    if (first === undefined) return null;
    const cluster = new Cluster(null, first.callMs, version);
    this.#byVersion.set(version, cluster);
    this.clusters.push(cluster);
    this.tombstones.push(cluster);
    return cluster;
  }

  #isEarly(read: Operation, { write, startMs }: Cluster): boolean {
    if (read.returnMs >= startMs) return false;
    this.#misfit("future", read, write, `its write began only at ${Math.round(startMs)} ms`);
    return true;
  }

  /** What nobody acknowledged gets its version from who saw it; and what was stored twice, the later one. */
  #learn(cluster: Cluster, version: string): void {
    this.#byVersion.set(version, cluster);
    if (cluster.version === null || version > cluster.version) cluster.version = version;
  }

  #misfit(kind: Misfit["kind"], read: Operation, write: Operation | null, why: string): void {
    this.misfits.push({ kind, read, write, why: `${describe(read)} of "${this.key}": ${why}` });
  }
}

export function keyHistories(operations: readonly Operation[]): KeyHistory[] {
  const byKey = Map.groupBy(operations, ({ key }) => key);
  return [...byKey].map(([key, ofKey]) => new KeyHistory(key, ofKey));
}

/** Whether a read that meets the write may honestly answer "absent". */
function canVanish(write: Operation): boolean {
  return write.kind === "delete" || write.expiresAtMs !== null;
}
