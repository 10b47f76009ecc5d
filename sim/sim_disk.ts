import type { Partition } from "../core/partition.ts";
import { MemoryStore } from "../storage/memory_store.ts";

/** Virtual time from asking for a write until it is durable. */
const commitMs = 1;

/** The disk of a host, and what ails it. It outlives the lives of the node. */
export class SimDisk {
  /** What a power cut leaves. */
  readonly store: MemoryStore;
  /** How many times longer than usual everything takes; only on a slow disk do reads take time. */
  slowness = 1;
  #lastCommitAtMs = 0;
  #onDamage: ((partition: Partition) => void) | null = null;
  readonly #unheard = new Set<Partition>();

  /** @param name of the disk; another after a loss. */
  constructor(readonly name: string) {
    this.store = new MemoryStore(name);
    this.store.onDamage((partition) => {
      if (this.#onDamage === null) this.#unheard.add(partition);
      else this.#onDamage(partition);
    });
  }

  /** When a write asked for now will be durable. Writes take effect in the order in which they were asked for. */
  nextCommitAtMs(nowMs: number): number {
    this.#lastCommitAtMs = Math.max(this.#lastCommitAtMs, nowMs + commitMs * this.slowness);
    return this.#lastCommitAtMs;
  }

  /** Time from looking at a record until knowing it; 0: at once. */
  get readMs(): number {
    return this.slowness === 1 ? 0 : commitMs * this.slowness / 4;
  }

  /** The life that runs on the disk now hears of damage, also of what was found while there was none. */
  listen(listener: (partition: Partition) => void): void {
    this.#onDamage = listener;
    for (const partition of this.#unheard) listener(partition);
    this.#unheard.clear();
  }

  /** Whoever listened is dead. */
  unplug(): void {
    this.#onDamage = null;
  }
}
