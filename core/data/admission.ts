import { BadRecordError, ChordError, errorCode, InvalidParamsError, TooLargeError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import { checkKey } from "./key_form.ts";
import { isLive, type StoredRecord } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import type { HybridClock } from "./version.ts";

/** A value that expired longer ago than clocks may differ is refused instead of stored. */
const expirySlackMs = 500;

/** Looks over what peers send before any of it is stored, and counts what it turns away. */
export class Admission {
  /** Refusals by reason, for the metrics. */
  readonly refusals = new Map<string, number>();

  constructor(readonly replicas: Replicas, readonly clock: HybridClock) {}

  /** @throws InvalidParamsError when the key belongs to another partition. */
  checkPlace(partition: Partition, key: string): void {
    if (this.replicas.partitions.ofKey(key) === partition) return;
    throw new InvalidParamsError(
      `Cannot use "${key.slice(0, 64)}" in partition ${partition}: it is not in there`,
      { reason: "otherPartition" },
    );
  }

  /** @throws ChordError for a record that no client of ours could have written, or that is over. */
  check(record: StoredRecord): StoredRecord {
    const { config: { valueBytesMax }, peers: { clocks } } = this.replicas.member;
    checkKey(record.key);
    if ((record.value?.length ?? 0) > valueBytesMax) {
      throw new TooLargeError(`Cannot keep ${record.value?.length} bytes: the limit is ${valueBytesMax}`);
    }
    if (record.value !== null && !isLive(record, clocks.expiryNow() - expirySlackMs)) {
      throw new ChordError(
        errorCode.replayedOrExpired,
        `Cannot keep "${record.key.slice(0, 64)}": it has expired`,
        { reason: "expired" },
      );
    }
    this.clock.observe(record.version);
    return record;
  }

  async counting<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await answer();
    } catch (error) {
      if (error instanceof ChordError) this.#count(error);
      throw error;
    }
  }

  #count(error: ChordError): void {
    const reason = error instanceof BadRecordError ? "badRecord" : error.data.reason ?? String(error.code);
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}
