import type { StoredRecord } from "./record.ts";
import { type Version, versionMs } from "./version.ts";

/** Requests remembered. A client repeats one within seconds; at 1,000 writes a second this is ten of them. */
const requestsMax = 10_000;
/** A version older than this is not worth remembering: data that moves is mostly old, and would push out the rest. */
export const memoryMs = 60_000;

/**
 * Which version a request made, for a while: a repeat of it is the same write, even if the key was overwritten since,
 * and must not be made again with a version above that.
 */
export class RequestMemory {
  readonly #versions = new Map<string, Version>();
  #forgottenMs = 0;

  versionOf({ key, requestId }: StoredRecord): Version | null {
    return requestId === null ? null : this.#versions.get(nameOf(key, requestId)) ?? null;
  }

  /** Every version made after this moment that was noted is still known; wall-clock milliseconds, like `nowMs`. */
  sinceMs(nowMs: number): number {
    return Math.max(this.#forgottenMs, nowMs - memoryMs);
  }

  note({ key, requestId, version }: StoredRecord, nowMs: number): void {
    if (requestId === null || versionMs(version) <= nowMs - memoryMs) return;
    this.#versions.set(nameOf(key, requestId), version);
    for (const [oldest, forgotten] of this.#versions) {
      if (this.#versions.size <= requestsMax) return;
      this.#versions.delete(oldest);
      this.#forgottenMs = Math.max(this.#forgottenMs, versionMs(forgotten));
    }
  }
}

function nameOf(key: string, requestId: string): string {
  return `${requestId.length} ${requestId} ${key}`;
}
