import type { Version } from "../core/data/version.ts";
import { ChordError } from "../core/errors.ts";
import type { ReadOutcome, WriteOutcome } from "../core/service.ts";

interface Write {
  /** Null is a delete. */
  readonly value: string | null;
  readonly expiresAtMs: number | null;
  /** Null until acknowledged, and for ever if the outcome stayed unknown. */
  version: Version | null;
}

/** What clients asked of one key, and what they were told. */
interface KeyHistory {
  readonly writes: Write[];
  /** The newest version that was acknowledged. */
  acknowledged: Version | null;
}

const decoder = new TextDecoder();

/**
 * Remembers every operation of the simulated clients and says which answers are lies.
 *
 * An acknowledged key is never absent, nothing deleted or overwritten returns, and nothing outlives its time. An
 * answer of "cannot tell" is never a lie.
 */
export class DataOracle {
  readonly #keys = new Map<string, KeyHistory>();
  /** Operations by how they ended. */
  readonly counts = { acknowledged: 0, unknown: 0, refused: 0, found: 0, absent: 0, uncertain: 0 };

  get keys(): string[] {
    return [...this.#keys.keys()];
  }

  beginWrite(key: string, value: string | null, expiresAtMs: number | null): Write {
    const write: Write = { value, expiresAtMs, version: null };
    this.#history(key).writes.push(write);
    return write;
  }

  acknowledged(key: string, write: Write, outcome: WriteOutcome): void {
    this.counts.acknowledged++;
    write.version = outcome.version;
    const history = this.#history(key);
    if (history.acknowledged === null || outcome.version > history.acknowledged) {
      history.acknowledged = outcome.version;
    }
  }

  /** A write that failed for certain never happened; any other may still turn up. */
  writeFailed(key: string, write: Write, error: unknown): void {
    const isRefused = error instanceof ChordError && error.data.definite;
    if (!isRefused) {
      this.counts.unknown++;
      return;
    }
    this.counts.refused++;
    const { writes } = this.#history(key);
    writes.splice(writes.indexOf(write), 1);
  }

  /** The newest version acknowledged so far; a read that begins now must not answer with less. */
  floor(key: string): Version | null {
    return this.#keys.get(key)?.acknowledged ?? null;
  }

  readFailed(): void {
    this.counts.uncertain++;
  }

  /**
   * What is wrong with the answer, or null.
   *
   * @param floor as it was when the read began.
   * @param period wall-clock times between which the read ran.
   */
  judge(
    key: string,
    outcome: ReadOutcome,
    floor: Version | null,
    period: { readonly beganMs: number; readonly endedMs: number },
  ): string | null {
    this.counts[outcome.found ? "found" : "absent"]++;
    return outcome.found ? this.#judgeValue(key, outcome, floor, period.beganMs) : this.#judgeAbsence(
      key,
      outcome,
      floor,
      period.endedMs,
    );
  }

  /** Whether the key should be readable: its newest acknowledged write is a value that has not expired. */
  isExpected(key: string, wallNowMs: number): boolean {
    const history = this.#keys.get(key);
    const last = history?.writes.find((write) =>
      write.version !== null && write.version === history.acknowledged
    );
    return last !== undefined && last.value !== null && !isOver(last, wallNowMs);
  }

  #judgeValue(key: string, { record }: ReadOutcome, floor: Version | null, beganMs: number): string | null {
    if (record === null || record.value === null) return `"${key}" was found without a value`;
    if (floor !== null && record.version < floor) {
      return `"${key}" went back from ${floor} to ${record.version}`;
    }
    const value = decoder.decode(record.value);
    const write = this.#history(key).writes.find((write) => write.value === value);
    if (write === undefined) return `"${key}" has a value that nobody wrote: ${value}`;
    if (write.version !== null && write.version !== record.version) {
      return `"${key}" has the value of ${write.version} at version ${record.version}`;
    }
    return isOver(write, beganMs) ? `"${key}" outlived its time` : null;
  }

  #judgeAbsence(key: string, { record }: ReadOutcome, floor: Version | null, endedMs: number): string | null {
    if (floor === null) return null;
    if (record === null || record.version < floor) {
      return `"${key}" is acknowledged at ${floor} and was answered as absent`;
    }
    const { writes } = this.#history(key);
    const write = writes.find((write) => write.version === record.version);
    const candidates = write === undefined ? writes.filter((write) => write.version === null) : [write];
    const isGone = candidates.some((write) => write.value === null || isOver(write, endedMs));
    return isGone
      ? null
      : `"${key}" at ${record.version} was answered as absent, and is neither deleted nor expired`;
  }

  #history(key: string): KeyHistory {
    const history = this.#keys.get(key) ?? { writes: [], acknowledged: null };
    this.#keys.set(key, history);
    return history;
  }
}

function isOver(write: Write, wallNowMs: number): boolean {
  return write.expiresAtMs !== null && wallNowMs >= write.expiresAtMs;
}
