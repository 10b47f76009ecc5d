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
/** How far ahead of our wall clock a peer's version may lie (CockroachDB and others refuse at their bound too). */
export const skewMsMax = 60_000;
/** A bound lies this far ahead of the versions, so it is saved at most about once a second. */
const boundAheadMs = 1_000;
/** Versions come within reach of the bound this long before it, so that saving the next one is not waited for. */
const boundReachMs = 250;
const versionForm = /^[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{2,40}$/;

/** Lies below every version. */
export const versionZero = "000000000000.0000.00" as Version;

export function isVersion(text: unknown): text is Version {
  return typeof text === "string" && versionForm.test(text);
}

/** Wall-clock milliseconds since 1970 at which the version was made, by its maker's clock. */
export function versionMs(version: Version): number {
  return parseInt(version.slice(0, 12), 16);
}

/** The part of a version that its maker's clock decides. */
interface Stamp {
  readonly ms: number;
  readonly counter: number;
}

/**
 * Makes one node's versions: each above the one before it and above all that it was shown, also over restarts.
 *
 * A node that comes back with a slow wall clock must not make versions below those that it made before. So a bound
 * is saved ahead of the versions (`needsBound`), and a new life begins above the bound of the last one.
 */
export class HybridClock {
  #last: Stamp;
  /** The last version above one of our own store that lay too far ahead for the clock to follow. */
  #lastFar: Stamp = { ms: 0, counter: 0 };
  #boundMs: number;

  /** @param floorMs the bound saved by the life before; 0 in the first one. */
  constructor(readonly node: Id, readonly wallNow: () => number, floorMs = 0) {
    this.#last = { ms: floorMs, counter: floorMs === 0 ? 0 : counterMax };
    this.#boundMs = floorMs;
  }

  /** No version above this may be told to anybody before a higher bound is saved. */
  get boundMs(): number {
    return this.#boundMs;
  }

  /**
   * A version above `above` and above every version made or observed here.
   *
   * @param above of our own store. It was accepted once, so it is never refused, whatever our wall clock shows now.
   * From too far ahead, as after a jump of the clock, it is topped once without the clock following it: else
   * everything made here from then on would be from the future, and refused by all peers.
   */
  next(above?: Version): Version {
    const least = above === undefined ? this.#last : later(this.#last, stampOf(above));
    if (least !== this.#last && this.#isFar(least)) {
      this.#lastFar = following(later(this.#lastFar, least));
      return this.#format(this.#lastFar);
    }
    this.#last = this.#isFar(this.#lastFar) ? least : later(least, this.#lastFar);
    const wallMs = Math.floor(this.wallNow());
    this.#last = wallMs > this.#last.ms ? { ms: wallMs, counter: 0 } : following(this.#last);
    return this.#format(this.#last);
  }

  /**
   * Lets the clock know of a version made elsewhere, so that what is made here comes after it.
   *
   * @throws ChordError (clockSkew) for a version too far ahead: one node with a wrong clock would take all others
   * along into its future, and every write with a right clock would then lose.
   */
  observe(version: Version): void {
    const made = stampOf(version);
    if (this.#isFar(made)) {
      const aheadMs = Math.round(made.ms - this.wallNow());
      throw new ChordError(
        errorCode.clockSkew,
        `Cannot accept a version ${aheadMs} ms ahead of this node's clock`,
        { reason: "clockSkew" },
      );
    }
    this.#last = later(this.#last, made);
  }

  /** The bound to save next, before the latest version is told to anybody; null while the present one is enough. */
  needsBound(): number | null {
    const isInReach = this.#last.ms >= this.#boundMs - boundReachMs;
    return isInReach ? Math.max(this.#last.ms, Math.floor(this.wallNow())) + boundAheadMs : null;
  }

  /** The bound is saved. */
  bounded(boundMs: number): void {
    this.#boundMs = Math.max(this.#boundMs, boundMs);
  }

  #isFar({ ms }: Stamp): boolean {
    return ms - this.wallNow() > skewMsMax;
  }

  #format({ ms, counter }: Stamp): Version {
    return formatVersion(ms, counter, this.node);
  }
}

function stampOf(version: Version): Stamp {
  return { ms: versionMs(version), counter: parseInt(version.slice(13, 17), 16) };
}

function later(a: Stamp, b: Stamp): Stamp {
  return a.ms > b.ms || (a.ms === b.ms && a.counter >= b.counter) ? a : b;
}

/** @throws ChordError (clockSkew) at the end of time: a version must never become wider, or it would sort wrongly. */
function following({ ms, counter }: Stamp): Stamp {
  if (counter < counterMax) return { ms, counter: counter + 1 };
  if (ms < msMax) return { ms: ms + 1, counter: 0 };
  throw new ChordError(errorCode.clockSkew, "Cannot make a version: the clock is at its end");
}

export function formatVersion(ms: number, counter: number, node: Id): Version {
  return `${ms.toString(16).padStart(12, "0")}.${counter.toString(16).padStart(4, "0")}.${node}` as Version;
}
