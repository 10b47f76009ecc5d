import type { StoredRecord } from "../core/data/record.ts";
import type { Version } from "../core/data/version.ts";
import { ChordError, errorCode } from "../core/errors.ts";
import type { Partition, PartitionRange } from "../core/partition.ts";
import type { Cursor, PageLimits, RecordPage, Store } from "../core/ports.ts";
import type { Faults } from "./faults.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimDisk } from "./sim_disk.ts";
import type { Cause } from "./sim_life.ts";

/** Virtual time from a write being durable until the asker knows. */
const answerMs = 0.2;

/**
 * One life's view of a disk that outlives it. A write becomes durable some time after it was asked for and is
 * acknowledged later still; a crash in between leaves it durable but unknown, or undone.
 */
export class SimStore implements Store {
  constructor(
    readonly disk: SimDisk,
    readonly scheduler: Scheduler,
    readonly life: { readonly isAlive: boolean; run(cause: Cause, event: () => void): void },
    readonly faults: Faults,
  ) {}

  async get(partition: Partition, key: string): Promise<StoredRecord | null> {
    return await this.#look(() => this.disk.store.get(partition, key));
  }

  async merge(partition: Partition, record: StoredRecord): Promise<StoredRecord> {
    return await this.#commit(() => this.disk.store.merge(partition, record));
  }

  async page(range: PartitionRange, after: Cursor | null, limits: PageLimits): Promise<RecordPage> {
    return await this.#look(() => this.disk.store.page(range, after, limits));
  }

  async drop(partition: Partition, key: string, version: Version): Promise<boolean> {
    return await this.#commit(() => this.disk.store.drop(partition, key, version));
  }

  async clear(): Promise<void> {
    await this.#commit(() => this.disk.store.clear());
  }

  count(range: PartitionRange): number {
    return this.disk.store.count(range);
  }

  digest(partition: Partition): string {
    return this.disk.store.digest(partition);
  }

  onDamage(listener: (partition: Partition) => void): void {
    this.disk.listen((partition) => this.life.run("disk", () => listener(partition)));
  }

  isWritable(): boolean {
    return this.disk.store.isWritable();
  }

  isCrowded(): boolean {
    return this.disk.store.isCrowded();
  }

  async loadDocument(name: string): Promise<string | null> {
    return await this.disk.store.loadDocument(name);
  }

  async saveDocument(name: string, text: string): Promise<void> {
    await this.#commit(() => this.disk.store.saveDocument(name, text));
  }

  /** What was there at the moment of looking may be old when the asker gets to know it. */
  async #look<T>(look: () => Promise<T>): Promise<T> {
    const seen = await look();
    const { readMs } = this.disk;
    if (readMs > 0) {
      await new Promise<void>((resolve) =>
        this.scheduler.after(readMs, () => this.life.run("disk", resolve))
      );
    }
    return seen;
  }

  /** The disk works on while the process is stopped, but not without power. */
  #commit<T>(effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { nowMs } = this.scheduler;
      const know = (how: () => void) => this.scheduler.after(answerMs, () => this.life.run("disk", how));
      this.scheduler.after(this.disk.nextCommitAtMs(nowMs) - nowMs, () => {
        if (!this.life.isAlive) return;
        effect().then((result) => know(() => resolve(result)), (error) => {
          if (error instanceof ChordError && error.code === errorCode.storageFull) {
            this.faults.hit("fullWrite");
          }
          know(() => reject(error));
        });
      });
    });
  }
}
