import { type ChordError, DeadlineError, PeerUnreachableError } from "../core/errors.ts";
import { type MethodName, methods } from "../core/protocol.ts";
import type { Deadlined } from "./call_deadlines.ts";
import { batchFullReason } from "./json_rpc.ts";
import type { RpcOutcome } from "./rpc_answers.ts";

/** A call of a peer from the moment it was made until it is settled, which happens once. */
export class PendingCall implements Deadlined {
  readonly #answer = Promise.withResolvers<unknown>();
  /** Method and parameters as they travel. */
  readonly text: string;
  /** An upper bound of what the text takes in UTF-8, exact for long texts. */
  readonly bytes: number;
  /** From here on a failure no longer means that nothing happened. */
  isSent = false;
  isSettled = false;
  /** Told once, after the call is settled. */
  onSettled: () => void = () => {};

  constructor(
    readonly url: string,
    readonly method: MethodName,
    params: unknown,
    readonly deadlineMs: number,
    /** Told once, whatever becomes of the call. */
    readonly onDone: (call: PendingCall) => void,
  ) {
    this.text = `"method":"${method}","params":${JSON.stringify(params)}`;
    this.bytes = bytesAtMost(this.text);
  }

  get answer(): Promise<unknown> {
    return this.#answer.promise;
  }

  get isIdempotent(): boolean {
    return methods[this.method].isIdempotent;
  }

  /** Settles the call by what the peer said; a result is checked first. */
  accept(outcome: RpcOutcome): void {
    if ("error" in outcome) return this.reject(outcome.error);
    const parsed = methods[this.method].result.safeParse(outcome.result);
    if (!parsed.success) {
      return this.reject(new PeerUnreachableError(this.url, false, { cause: parsed.error }));
    }
    this.#settle(() => this.#answer.resolve(parsed.data));
  }

  reject(error: ChordError): void {
    this.#settle(() => this.#answer.reject(error));
  }

  expire(): void {
    this.reject(new DeadlineError(`call ${this.method} of ${this.url}`, !this.isSent));
  }

  #settle(tell: () => void): void {
    if (this.isSettled) return;
    this.isSettled = true;
    tell();
    this.onDone(this);
    this.onSettled();
  }
}

/** The peer ran the call, but its answer did not fit beside the others of the batch. */
export function wasLeftOut(outcome: RpcOutcome): boolean {
  return "error" in outcome && outcome.error.data.reason === batchFullReason;
}

/** Texts up to this length are not worth an exact count. */
const estimatedCharsMax = 4_096;

function bytesAtMost(text: string): number {
  return text.length <= estimatedCharsMax ? text.length * 3 : new TextEncoder().encode(text).length;
}
