import { ChordError, errorCode } from "../core/errors.ts";
import { batchMax } from "./json_rpc.ts";
import type { PendingCall } from "./pending_call.ts";

/**
 * Requests in flight from which on further calls wait for company.
 *
 * One batch of 64 calls costs little more than one call, so under load it pays to wait for the answer to one of
 * two requests rather than to send a third. A lone call never waits.
 */
const inFlightUsual = 2;

/** How long calls wait behind slow requests before one more is sent. Else two slow calls would stop all others. */
const patienceMs = 20;

/** Bound of requests in flight when the peer is slow. */
const inFlightMax = 16;

/** Bound of calls that wait; beyond it the caller is told at once. */
const waitingMax = 4_096;

/** Sends the calls in one request, settles them, and gives back those that have to be sent again. */
export type SendBatch = (calls: readonly PendingCall[]) => Promise<readonly PendingCall[]>;

/** Calls of one kind to one peer: sent at once while few are under way, in batches when many are. */
export class PeerLane {
  #waiting: PendingCall[] = [];
  #inFlight = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param bodyBytesMax what the peer takes in one request. */
  constructor(readonly send: SendBatch, readonly bodyBytesMax: number) {}

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  add(call: PendingCall): void {
    if (this.#waiting.length >= waitingMax) return call.reject(tooManyWaiting());
    this.#waiting.push(call);
    this.#pump(inFlightUsual);
  }

  #pump(inFlightAllowed: number): void {
    while (this.#inFlight < inFlightAllowed && this.#waiting.length > 0) this.#sendNext();
    this.#setPatience();
  }

  #sendNext(): void {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    this.#inFlight++;
    this.send(batch).then((again) => {
      this.#inFlight--;
      this.#waiting.unshift(...again.filter(({ isSettled }) => !isSettled));
      this.#pump(inFlightUsual);
    });
  }

  /** The calls that wait longest, as many as one request may carry, but at least one. */
  #takeBatch(): PendingCall[] {
    const open = this.#waiting.filter(({ isSettled }) => !isSettled);
    let bytes = 0;
    let count = 0;
    for (const call of open.slice(0, batchMax)) {
      bytes += call.bytes + envelopeBytes;
      if (count > 0 && bytes > this.bodyBytesMax) break;
      count++;
    }
    this.#waiting = open.slice(count);
    return open.slice(0, count);
  }

  #setPatience(): void {
    if (this.#waiting.length === 0 || this.#inFlight >= inFlightMax) {
      clearTimeout(this.#patience);
      this.#patience = undefined;
    } else {
      this.#patience ??= setTimeout(() => {
        this.#patience = undefined;
        this.#pump(this.#inFlight + 1);
      }, patienceMs);
    }
  }
}

/** `{"jsonrpc":"2.0",` … `,"id":9007199254740991},` and what the batch itself adds. */
const envelopeBytes = 64;

function tooManyWaiting(): ChordError {
  return new ChordError(errorCode.overloaded, `Cannot queue more than ${waitingMax} calls to one peer`);
}
