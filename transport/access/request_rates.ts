import type { Caller } from "../guard/caller.ts";
import type { Rates } from "../guard/guard.ts";
import { isLoopback, networkOf } from "../guard/addresses.ts";
import { type Rate, TokenBuckets } from "../guard/token_bucket.ts";
import { addressOf, type RestCall } from "../rest_call.ts";
import { RestError } from "../rest_error.ts";

/** Addresses and tokens remembered at once, some hundred bytes each. */
const bucketsMax = 16_384;
/** Wrong tokens: a script with an old one stops hammering, and a person never gets there. */
export const wrongTokenRate: Rate = { perSecond: 1, burst: 30 };
/** Sockets of a page come together; a pause is worth a second of requests. */
const burstSeconds = 2;

export interface RequestRateOptions {
  /** Requests a second of one address; 0: as many as it likes. */
  readonly perAddress: number;
  /** Of one token, its sessions and tickets included. */
  readonly perToken: number;
}

/**
 * How often one address and one token may ask.
 *
 * Addresses of the machine itself are not limited: behind them may be a proxy with everybody, and who is there can do
 * worse. Their wrong tokens are.
 */
export class RequestRates implements Rates {
  readonly #addresses: TokenBuckets | null;
  readonly #tokens: TokenBuckets | null;
  readonly #wrong: TokenBuckets;

  /** @param nowMs a clock that never goes back. */
  constructor({ perAddress, perToken }: RequestRateOptions, nowMs: () => number) {
    this.#addresses = bucketsOf(perAddress, nowMs);
    this.#tokens = bucketsOf(perToken, nowMs);
    this.#wrong = new TokenBuckets({ ...wrongTokenRate, bucketsMax }, nowMs);
  }

  checkAddress(call: RestCall): void {
    if (this.#addresses === null) return;
    const address = addressOf(call);
    if (address === "" || isLoopback(address)) return;
    refuse(this.#addresses.take(networkOf(address)));
  }

  checkCaller({ by, name }: Caller): void {
    if (by !== "anyone" && this.#tokens !== null) refuse(this.#tokens.take(name));
  }

  /** @throws RestError 429 when it is one too many. */
  readonly noteWrong = (call: RestCall): void => refuse(this.#wrong.take(networkOf(addressOf(call))));
}

function bucketsOf(perSecond: number, nowMs: () => number): TokenBuckets | null {
  if (perSecond === 0) return null;
  return new TokenBuckets({ perSecond, burst: perSecond * burstSeconds, bucketsMax }, nowMs);
}

function refuse(waitMs: number): void {
  if (waitMs > 0) throw tooMany(waitMs);
}

export function tooMany(waitMs: number): RestError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new RestError(429, "TOO_MANY_REQUESTS", `Cannot take more requests from here: wait ${seconds} s`, {
    "retry-after": String(seconds),
  });
}
