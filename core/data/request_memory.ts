import type { StoredRecord } from "./record.ts";
import type { Version } from "./version.ts";

/** Requests remembered. A client repeats one within seconds; at 1,000 writes a second this is ten of them. */
const requestsMax = 10_000;

/**
 * Which version a request made, for a while: a repeat of it is the same write, even if the key was overwritten since,
 * and must not be made again with a version above that.
 */
export class RequestMemory {
  readonly #versions = new Map<string, Version>();

  versionOf({ key, requestId }: StoredRecord): Version | null {
    return requestId === null ? null : this.#versions.get(nameOf(key, requestId)) ?? null;
  }

  note({ key, requestId, version }: StoredRecord): void {
    if (requestId === null) return;
    this.#versions.set(nameOf(key, requestId), version);
    for (const oldest of this.#versions.keys()) {
      if (this.#versions.size <= requestsMax) return;
      this.#versions.delete(oldest);
    }
  }
}

function nameOf(key: string, requestId: string): string {
  return `${requestId.length} ${requestId} ${key}`;
}
