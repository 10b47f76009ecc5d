import type { StoredRecord } from "../core/data/record.ts";
import type { Partition } from "../core/partition.ts";

/** A key whose value is to go from a moment on. */
export interface Expiry {
  readonly atMs: number;
  readonly partition: Partition;
  readonly key: string;
}

/** Below this many outdated entries the heap is not worth cleaning. */
const outdatedMin = 64;

/**
 * Which keys expire next: a binary heap by moment, beside a map that knows the valid entry of each key.
 *
 * A key that is written again leaves its old entry in the heap; it is skipped when it surfaces. Were they
 * never cleaned, one busy key with a long life could fill the memory, so the heap is rebuilt when most of it
 * is outdated.
 */
export class ExpiryIndex {
  readonly #valid = new Map<string, Expiry>();
  #heap: Expiry[] = [];

  /** Notes when the record's value is due; a record without one, or without an end, is forgotten. */
  note(partition: Partition, record: StoredRecord): void {
    const { key, value, expiresAtMs } = record;
    if (value === null || expiresAtMs === null) this.forget(partition, key);
    else this.add({ atMs: expiresAtMs, partition, key });
  }

  add(expiry: Expiry): void {
    this.#valid.set(nameOf(expiry.partition, expiry.key), expiry);
    this.#heap.push(expiry);
    this.#rise(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#valid.size + outdatedMin) this.#rebuild();
  }

  forget(partition: Partition, key: string): void {
    if (this.#valid.size > 0) this.#valid.delete(nameOf(partition, key));
  }

  clear(): void {
    this.#valid.clear();
    this.#heap = [];
  }

  /** Takes out at most `countMax` keys that are due at `wallNowMs`, the earliest first. */
  takeDue(wallNowMs: number, countMax: number): Expiry[] {
    const due: Expiry[] = [];
    while (due.length < countMax) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > wallNowMs) break;
      this.#removeFirst();
      const name = nameOf(first.partition, first.key);
      if (this.#valid.get(name) !== first) continue;
      this.#valid.delete(name);
      due.push(first);
    }
    return due;
  }

  #rebuild(): void {
    this.#heap = [...this.#valid.values()].sort((a, b) => a.atMs - b.atMs);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (this.#at(parent) <= this.#at(child)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(from: number): void {
    for (let parent = from;;) {
      const left = 2 * parent + 1;
      const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(parent) <= this.#at(child)) return;
      this.#swap(parent, child);
      parent = child;
    }
  }

  /** Moment of a place in the heap; past its end it is never, so that a missing child loses. */
  #at(place: number): number {
    return this.#heap[place]?.atMs ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a] as Expiry;
    this.#heap[a] = this.#heap[b] as Expiry;
    this.#heap[b] = first;
  }
}

function nameOf(partition: Partition, key: string): string {
  return `${partition}:${key}`;
}
