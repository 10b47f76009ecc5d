import type { StoredRecord } from "../../core/data/record.ts";
import { GroupCommit } from "./group_commit.ts";
import { documentsPartition, type Place } from "./layout.ts";
import type { Change, RowWriter } from "./row_writer.ts";

/** What a second look at a row found. */
export interface Finding {
  /** What can be served, if anything. */
  readonly record: StoredRecord | null;
  readonly wasDamaged: boolean;
}

/** Says what is to stand at a place, and what to tell the caller. */
export type Decide<T> = (current: StoredRecord | null) => [next: StoredRecord | null, answer: T];

/** Queues what is asked of the rows, in the order of the calls. */
export class ChangeQueue {
  readonly #commits: GroupCommit<Change>;

  constructor(readonly writer: RowWriter) {
    this.#commits = new GroupCommit((batch) => writer.carryOut(batch));
  }

  get waiting(): number {
    return this.#commits.waiting;
  }

  /** Changes a row; resolves once that is durable. `bytes` is the length of the new value. */
  change<T>(place: Place, bytes: number, decide: Decide<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let settle: () => void = () => {};
      this.#commits.add({
        place,
        bytes,
        isLast: place.partition === documentsPartition,
        isDistrusted: false,
        decide(current) {
          const [next, answer] = decide(current);
          settle = () => resolve(answer);
          return next;
        },
        settle: (failure) => failure === null ? settle() : reject(failure),
      });
    });
  }

  /**
   * Looks at a row that seemed damaged once more, here, where no commit can get between a head and its pieces. If it
   * is damaged indeed it is removed: it counts as missing, and a replica will refill it. A copy in memory takes its
   * place if there is one; to be told of the damage then, distrust that copy.
   */
  inspect(place: Place, { isDistrusted = false } = {}): Promise<Finding> {
    return new Promise((resolve, reject) => {
      let finding: Finding | null = null;
      this.#commits.add({
        place,
        bytes: 0,
        isLast: false,
        isDistrusted,
        decide(record, wasDamaged) {
          finding = { record, wasDamaged };
          return record;
        },
        // Damage that was found is found, even if it could not be removed.
        settle: (failure) => finding === null ? reject(failure) : resolve(finding),
      });
    });
  }

  /** Removes every record, after all that was asked before and before all that is asked later. */
  clear(): Promise<void> {
    return this.#commits.alone(() => this.writer.clear());
  }

  /** Puts right what damage or a strange failure left uncertain of the figures. */
  recount(): Promise<void> {
    return this.#commits.alone(() => this.writer.recount());
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }
}
