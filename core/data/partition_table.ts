import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";

/** Consecutive partitions with equal states. */
export interface StateRange<State> extends PartitionRange {
  readonly state: State;
}

/** A state for each partition. Partitions with equal histories share one, so 4,096 of them cost little. */
export class PartitionTable<State extends object> {
  /** Counts the changes, so that whoever saves knows whether there is anything new. */
  revision = 0;
  readonly #states = new Map<Partition, State>();
  /** Equal states are one object, by their JSON. */
  readonly #shared = new Map<string, State>();

  constructor(ranges: Iterable<StateRange<State>> = []) {
    for (const { first, last, state } of ranges) this.update([{ first, last }], () => state);
  }

  get(partition: Partition): State | null {
    return this.#states.get(partition) ?? null;
  }

  /** Replaces each state (null: none) by what `next` makes of it; says whether anything changed. */
  update(ranges: Iterable<PartitionRange>, next: (state: State | null) => State | null): boolean {
    const made = new Map<State | null, State | null>();
    const { revision } = this;
    for (const partition of partitionsOf(ranges)) {
      const before = this.get(partition);
      if (!made.has(before)) made.set(before, this.#share(next(before)));
      this.#set(partition, before, made.get(before) ?? null);
    }
    return this.revision !== revision;
  }

  /** The partitions of the ranges by their state, in ring order; those without one come under null. */
  group(partitions: Iterable<Partition>): Map<State | null, Partition[]> {
    const groups = new Map<State | null, Partition[]>();
    for (const partition of partitions) {
      const state = this.get(partition);
      const group = groups.get(state);
      if (group === undefined) groups.set(state, [partition]);
      else group.push(partition);
    }
    return groups;
  }

  /** Partitions that have a state that fits, in ring order. */
  matching(fits: (state: State) => boolean): Partition[] {
    const fitting = new Map<State, boolean>();
    const partitions: Partition[] = [];
    for (const [partition, state] of this.#states) {
      let isFit = fitting.get(state);
      if (isFit === undefined) fitting.set(state, isFit = fits(state));
      if (isFit) partitions.push(partition);
    }
    return partitions.sort((a, b) => a - b);
  }

  /** All states as ranges, in ring order. */
  ranges(): StateRange<State>[] {
    const ranges: { first: number; last: number; state: State }[] = [];
    for (const partition of this.matching(() => true)) {
      const state = this.#states.get(partition) as State;
      const open = ranges.at(-1);
      if (open !== undefined && open.last + 1 === partition && open.state === state) open.last = partition;
      else ranges.push({ first: partition, last: partition, state });
    }
    return ranges;
  }

  #set(partition: Partition, before: State | null, after: State | null): void {
    if (after === before) return;
    this.revision++;
    if (after === null) this.#states.delete(partition);
    else this.#states.set(partition, after);
  }

  #share(state: State | null): State | null {
    if (state === null) return null;
    const text = JSON.stringify(state);
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    if (this.#shared.size >= sharedMax) this.#shared.clear();
    this.#shared.set(text, state);
    return state;
  }
}

/** States remembered for sharing. Past it the memory starts anew: sharing saves work, it decides nothing. */
const sharedMax = 4_096;
