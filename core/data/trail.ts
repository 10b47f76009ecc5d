import { ChordError, errorCode, QuorumError } from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import { isRingMoving } from "./key_service.ts";
import { isVersion, type Version } from "./version.ts";

/** Pause before a call is routed again; doubles up to the last. Handoffs take milliseconds, elections do not exist. */
const retryMsFirst = 20;
const retryMsMax = 500;
/** Versions given to one write. Each was overtaken by somebody else's: more would be a queue of its own. */
const stampsMax = 5;
/** Nodes tried that do not answer. Each has its copies on others, so a few suffice. */
const unreachableTriesMax = 4;

/** What one call has learned on its way. */
export class Trail {
  hops = 0;
  /** A guess costs one request at most; after a refusal without a hint we ask the ring. */
  mayGuess = true;
  /** Nodes that did not answer this call. */
  readonly silent = new Set<string>();
  /** Where the last refusal pointed; used once, so that two confused nodes cannot play ping-pong with us. */
  #hint: NodeRef | null = null;
  #wasHinted = false;
  #pauseMs = retryMsFirst;
  #stamps = 0;
  /** Whether every failure so far was certainly without effect. */
  #isDefinite = true;

  constructor(readonly deadlineMs: number) {}

  get hint(): NodeRef | null {
    const hint = this.#hint;
    this.#hint = null;
    return hint;
  }

  /** How long to wait before the next try; throws the error on when no try can help or none is left. */
  pauseAfter(error: unknown, asked: NodeRef | null, nowMs: number): number {
    if (!(error instanceof ChordError)) throw error;
    this.#isDefinite &&= error.data.definite;
    const isSilent = asked !== null && isOfNoUse(error);
    if (isSilent) this.silent.add(asked.id);
    const isRestamped = tooLowIn(error) !== null && ++this.#stamps < stampsMax;
    if (isRestamped && nowMs < this.deadlineMs) return 0;
    const canHelp = isSilent ? this.silent.size < unreachableTriesMax : isRingMoving(error);
    if (!canHelp || nowMs + this.#pauseMs >= this.deadlineMs) throw this.#inAll(error);
    if (isSilent) return 0;
    return this.#pauseBefore(error);
  }

  #pauseBefore({ data }: ChordError): number {
    if (data.hint !== undefined && !this.#wasHinted && !this.silent.has(data.hint.id)) {
      this.#hint = data.hint as NodeRef;
      this.#wasHinted = true;
      return 0;
    }
    this.#wasHinted = false;
    this.mayGuess = false;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, retryMsMax);
    return pauseMs;
  }

  /** The last error, which must not be called certain when an earlier try may have had its effect. */
  #inAll(error: ChordError): ChordError {
    if (this.#isDefinite || !error.data.definite) return error;
    if (error.code === errorCode.versionConflict) {
      return new QuorumError(
        "Cannot tell whether it was written: another write of the key came between",
        false,
      );
    }
    return new ChordError(error.code, error.message, { ...error.data, definite: false }, { cause: error });
  }
}

/** A version of the write that certainly had no effect, and what copies are at instead. */
export interface TooLow {
  readonly tooLow: Version;
  readonly above: Version;
}

export function tooLowIn(error: unknown): TooLow | null {
  if (!(error instanceof ChordError) || error.data.reason !== "stampTooLow") return null;
  const { above, tooLow } = error.data;
  return isVersion(above) && isVersion(tooLow) ? { above, tooLow } : null;
}

/** Whether the node that was asked is gone or too slow for us; it may have said the latter itself. */
function isOfNoUse(error: ChordError): boolean {
  return error.data.reason === "unreachable" || error.code === errorCode.deadlineExceeded;
}
