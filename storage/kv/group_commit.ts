/** Something that waits for the next commit. */
export interface Queued {
  /** Its share of `bytesMax`. */
  readonly bytes: number;
  /** Nothing that came later may be committed with it or before it. */
  readonly isLast: boolean;
}

/** Beyond these a batch only makes its first members wait, and the memory fill. */
const batchMax = { count: 500, bytes: 4 * 1024 * 1024 };

/**
 * One batch at a time; what arrives meanwhile is the next one.
 *
 * Deno KV syncs the disk on every commit, on one thread. With a disk that takes 1 ms, single writes reach
 * 565/s and grouped ones 13,700/s (deno.md section 0). Nothing waits for company: on a quiet store each write
 * is committed at once.
 */
export class GroupCommit<T extends Queued> {
  #queue: T[] = [];
  #inHand = 0;
  #running: Promise<void> | null = null;

  /** @param carryOut sees to each item in the end, whatever happens; it never rejects. */
  constructor(readonly carryOut: (batch: readonly T[]) => Promise<void>) {}

  get waiting(): number {
    return this.#queue.length + this.#inHand;
  }

  add(item: T): void {
    this.#queue.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // whatever is added in this same turn comes along
    while (this.#queue.length > 0) {
      const batch = this.#take();
      this.#inHand = batch.length;
      await this.carryOut(batch);
    }
    this.#inHand = 0;
    this.#running = null;
  }

  #take(): T[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.#queue) {
      bytes += item.bytes;
      if (count > 0 && (count >= batchMax.count || bytes > batchMax.bytes)) break;
      count++;
      if (item.isLast) break;
    }
    return this.#queue.splice(0, count);
  }
}
