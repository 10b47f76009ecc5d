import { ChordError, errorCode } from "../errors.ts";
import type { Id } from "../id.ts";

/**
 * When and where a record was written, as sortable text: `MS(12 hex).COUNTER(4 hex).NODEID`.
 *
 * A hybrid logical clock (Kulkarni et al. 2014, "Logical Physical Clocks"): close to wall time, and never at or
 * below a version already seen. The text's order is the order of versions, node id last, so no two writes tie.
 */
export type Version = string & { readonly __brand: "Version" };

const counterMax = 0xffff;
/** The last millisecond that twelve hex digits can say, in the year 10,889. */
const msMax = 0xffff_ffff_ffff;
const versionForm = /^[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{2,40}$/;

/** Lies below every version. */
export const versionZero = "000000000000.0000.00" as Version;

export function isVersion(text: string): text is Version {
  return versionForm.test(text);
}

/** Wall-clock milliseconds since 1970 at which the version was made, by its maker's clock. */
export function versionMs(version: Version): number {
  return parseInt(version.slice(0, 12), 16);
}

/** Makes one node's versions: each above the one before it and above all that it was shown. */
export class HybridClock {
  #ms = 0;
  #counter = 0;

  constructor(readonly node: Id, readonly wallNow: () => number, floorMs = 0) {
    this.#ms = floorMs;
  }
  needsBound(): number | null {
    return null;
  }
  bounded(_ms: number): void {}

  /** A version above `above` and above every version made or observed here. */
  next(above?: Version): Version {
    if (above !== undefined) this.observe(above);
    const wallMs = Math.floor(this.wallNow());
    if (wallMs > this.#ms) this.#set(wallMs, 0);
    else if (this.#counter < counterMax) this.#counter++;
    else this.#set(this.#ms + 1, 0);
    return formatVersion(this.#ms, this.#counter, this.node);
  }

  /** Lets the clock know of a version made elsewhere, so that what is made here comes after it. */
  observe(version: Version): void {
    const ms = versionMs(version);
    const counter = parseInt(version.slice(13, 17), 16);
    if (ms > this.#ms) this.#set(ms, counter);
    else if (ms === this.#ms && counter > this.#counter) this.#counter = counter;
  }

  /** @throws ChordError (clockSkew) at the end of time: a version must never become wider, or it would sort wrongly. */
  #set(ms: number, counter: number): void {
    if (ms > msMax) {
      throw new ChordError(errorCode.clockSkew, "Cannot make a version: the clock is at its end");
    }
    this.#ms = ms;
    this.#counter = counter;
  }
}

export function formatVersion(ms: number, counter: number, node: Id): Version {
  return `${ms.toString(16).padStart(12, "0")}.${counter.toString(16).padStart(4, "0")}.${node}` as Version;
}
