import type { StoredRecord } from "../core/data/record.ts";
import type { Version } from "../core/data/version.ts";
import type { Partition, PartitionRange } from "../core/partition.ts";
import type { Cursor, PageLimits, RecordPage, Store } from "../core/ports.ts";
import { MemoryStore } from "../storage/memory_store.ts";
import type { Scheduler } from "./scheduler.ts";

/** Virtual time from asking for a write until it is durable, and from there until the asker knows. */
const commitMs = 1;
const answerMs = 0.2;

/**
 * One life's view of a disk that outlives it. A write becomes durable some time after it was asked for and is
 * acknowledged later still; a crash in between leaves it durable but unknown, or undone.
 */
export class SimStore implements Store {
  constructor(readonly disk: MemoryStore, readonly scheduler: Scheduler, readonly isAlive: () => boolean) {}

  async get(partition: Partition, key: string): Promise<StoredRecord | null> {
    return await this.disk.get(partition, key);
  }

  async merge(partition: Partition, record: StoredRecord): Promise<StoredRecord> {
    return await this.#commit(() => this.disk.merge(partition, record));
  }

  async page(range: PartitionRange, after: Cursor | null, limits: PageLimits): Promise<RecordPage> {
    return await this.disk.page(range, after, limits);
  }

  async drop(partition: Partition, key: string, version: Version): Promise<boolean> {
    return await this.#commit(() => this.disk.drop(partition, key, version));
  }

  count(range: PartitionRange): number {
    return this.disk.count(range);
  }

  async loadDocument(name: string): Promise<string | null> {
    return await this.disk.loadDocument(name);
  }

  async saveDocument(name: string, text: string): Promise<void> {
    await this.#commit(() => this.disk.saveDocument(name, text));
  }

  #commit<T>(effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.scheduler.after(commitMs, () => {
        if (!this.isAlive()) return;
        effect().then((result) => {
          this.scheduler.after(answerMs, () => {
            if (this.isAlive()) resolve(result);
          });
        }, reject);
      });
    });
  }
}
