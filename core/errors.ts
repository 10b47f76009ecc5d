import type { Version } from "./data/version.ts";
import type { View } from "./data/view.ts";

/**
 * Codes of the ring's own errors on the wire (JSON-RPC's server range), beside the five of JSON-RPC itself.
 * docs/protocol.md lists them with their meaning.
 */
export const errorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  unavailable: -32000,
  unauthenticated: -32001,
  forbidden: -32002,
  notOwner: -32003,
  wrongRing: -32004,
  staleIncarnation: -32005,
  replayedOrExpired: -32006,
  deadlineExceeded: -32007,
  overloaded: -32008,
  tooLarge: -32009,
  storageFull: -32010,
  hopLimit: -32011,
  clockSkew: -32012,
  badRecord: -32013,
  draining: -32014,
  versionConflict: -32015,
} as const;

export type ErrorCode = typeof errorCode[keyof typeof errorCode];

/** What may accompany an error on the wire. */
export interface ErrorData {
  /** True: the effect did not happen and never will. False: it may have happened, or may yet. */
  readonly definite: boolean;
  readonly reason?: string;
  /** The node that the refuser believes is the right one to ask. */
  readonly hint?: { readonly id: string; readonly url: string };
  readonly [member: string]: unknown;
}

/**
 * The world's failures, as against a programmer's mistakes (those are built-in errors, thrown loudly).
 *
 * Every one knows whether what was asked may have happened anyway; a caller that must not do a thing twice
 * reads `data.definite` before it tries again.
 */
export class ChordError extends Error {
  override readonly name: string = "ChordError";
  readonly data: ErrorData;

  constructor(
    readonly code: ErrorCode,
    message: string,
    data: Partial<ErrorData> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.data = { definite: true, ...data };
  }
}

/** The peer gave no answer, so what it did is unknown. */
export class PeerUnreachableError extends ChordError {
  override readonly name: string = "PeerUnreachableError";

  /**
   * @param refused nobody listens there.
   * @param definite the call certainly did not arrive; false when an earlier try of it was cut off.
   */
  constructor(url: string, readonly refused: boolean, options?: ErrorOptions, definite = refused) {
    super(errorCode.unavailable, `Cannot reach ${url}`, { definite, reason: "unreachable" }, options);
  }
}

/** Somebody answers at the peer's address, but nothing shows that it is the peer: as good as silence. */
export class UntrustedPeerError extends PeerUnreachableError {
  override readonly name = "UntrustedPeerError";

  constructor(url: string, readonly why: string, options?: ErrorOptions) {
    super(url, false, options);
    this.message = `Cannot trust the answer of ${url}: ${why}`;
  }
}

/** The peer's answer is one that no honest node gives; what it did is unknown. */
export class DishonestAnswerError extends ChordError {
  override readonly name = "DishonestAnswerError";

  constructor(url: string, method: string) {
    super(errorCode.unavailable, `Cannot believe the answer of ${url} to ${method}`, {
      definite: false,
      reason: "dishonest",
    });
  }
}

/** A node speaks for another, or a client for a node. */
export class ForbiddenError extends ChordError {
  override readonly name = "ForbiddenError";

  constructor(message: string) {
    super(errorCode.forbidden, message);
  }
}

/** The node asked is not the one that answers for this key. */
export class NotOwnerError extends ChordError {
  override readonly name = "NotOwnerError";

  constructor(partition: number, hint?: { id: string; url: string }) {
    super(
      errorCode.notOwner,
      `Cannot serve partition ${partition}: this node does not own it`,
      hint === undefined ? {} : { hint },
    );
  }
}

/**
 * The receiver does not keep this partition in the view that the caller goes by: it has moved on, has not heard of
 * it yet, or is about to change it (then the view is the caller's own).
 */
export class OtherViewError extends ChordError {
  override readonly name = "OtherViewError";

  /** @param view the latest that the receiver has heard of; null for none. */
  constructor(partition: number, view: View | null) {
    super(
      errorCode.notOwner,
      `Cannot serve partition ${partition}: it is in another view here`,
      { reason: "otherView", partition, view },
    );
  }
}

/**
 * Copies of the key are at or above the version of the write. Only who began it may give it another one: a message
 * that comes again after minutes must not become a new write.
 */
export class StampTooLowError extends ChordError {
  override readonly name = "StampTooLowError";

  /**
   * @param tooLow the version that certainly had no effect.
   * @param above the newest version found; the write has to be stamped above it.
   */
  constructor(tooLow: Version, above: Version, definite: boolean) {
    super(errorCode.unavailable, `Cannot write under this version: ${above} is there`, {
      reason: "stampTooLow",
      tooLow,
      above,
      definite,
    });
  }
}

/** Options of an error that may come from a view that is changing at the moment, so that trying again can help. */
export interface MovingOptions extends ErrorOptions {
  readonly isMoving?: boolean;
}

/** Fewer copies than needed could be reached; `definite` says whether any may have been written. */
export class QuorumError extends ChordError {
  override readonly name = "QuorumError";

  constructor(message: string, definite: boolean, { isMoving = false, ...options }: MovingOptions = {}) {
    super(errorCode.unavailable, message, { reason: isMoving ? "moving" : "quorum", definite }, options);
  }
}

/**
 * Nobody who could be asked knows: the copy that would decide is out of reach.
 *
 * Answering "not found" here would be a guess (promise P3).
 */
export class UncertainError extends ChordError {
  override readonly name = "UncertainError";

  constructor(what: string, { isMoving = false, ...options }: MovingOptions = {}) {
    super(errorCode.unavailable, `Cannot tell: ${what}`, { reason: "uncertain", isMoving }, options);
  }
}

/** The condition of a conditional write did not hold; nothing was written. */
export class VersionConflictError extends ChordError {
  override readonly name = "VersionConflictError";

  constructor(readonly current: string | null) {
    super(
      errorCode.versionConflict,
      current === null
        ? "Cannot write: the key does not exist"
        : `Cannot write: the key is at version ${current}`,
      { current },
    );
  }
}

/** The node is on its way out and takes nothing new. */
export class DrainingError extends ChordError {
  override readonly name = "DrainingError";

  constructor() {
    super(errorCode.draining, "Cannot accept this: the node is leaving the ring");
  }
}

/** Time ran out. Whether the work happened is unknown unless `definite` says so. */
export class DeadlineError extends ChordError {
  override readonly name = "DeadlineError";

  constructor(what: string, definite = false) {
    super(errorCode.deadlineExceeded, `Cannot ${what} in time`, { definite });
  }
}

/** Whether a call was not answered by its receiver at all; an error that it sent itself is an answer like any other. */
export function isSilence(error: unknown): boolean {
  return error instanceof PeerUnreachableError || error instanceof DeadlineError;
}

/** The joiner does not fit this ring: another cluster, protocol, width, hash or partition count. */
export class WrongRingError extends ChordError {
  override readonly name = "WrongRingError";

  constructor(message: string) {
    super(errorCode.wrongRing, message);
  }
}

/** The data of a record does not match its checksum. */
export class BadRecordError extends ChordError {
  override readonly name = "BadRecordError";

  constructor(key: string, options?: ErrorOptions) {
    const message = `Cannot trust the record of "${key.slice(0, 64)}": its checksum does not match`;
    super(errorCode.badRecord, message, {}, options);
  }
}

/** The caller sent something that can never be served. */
export class InvalidParamsError extends ChordError {
  override readonly name = "InvalidParamsError";

  constructor(message: string, data: Partial<ErrorData> = {}) {
    super(errorCode.invalidParams, message, data);
  }
}

/** The value or the body is over the ring's limit. */
export class TooLargeError extends ChordError {
  override readonly name = "TooLargeError";

  constructor(message: string) {
    super(errorCode.tooLarge, message);
  }
}
