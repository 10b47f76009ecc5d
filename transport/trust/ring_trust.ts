import { ChordError, errorCode } from "../../core/errors.ts";
import { header } from "../deadline.ts";
import { MacKey } from "./mac.ts";
import { type Refusal, ReplayGuard } from "./replay_guard.ts";
import {
  answerText,
  readAnswerSignature,
  readNonce,
  readRequestSignature,
  requestText,
  writeAnswerSignature,
  writeNonce,
  writeRequestSignature,
} from "./signed_text.ts";

/** All that nodes sign is sent there. */
const method = "POST";
const path = "/rpc";

/**
 * SHA-256 in lowercase hex, of bytes or of text in UTF-8. The edge gives it: node:crypto takes 1 µs where a script
 * takes 2, and a tenth of a script's time for long bodies.
 */
export type Digest = (content: Uint8Array | string) => string;

export interface RingTrustOptions {
  /** Our own id. */
  readonly self: string;
  /** As `parseSecrets` gives them. */
  readonly secrets: readonly string[];
  readonly digest: Digest;
  readonly wallNow: () => number;
}

/** What a sender adds to its request, and how it knows the answer. */
export interface SignedRequest {
  readonly signature: string;
  /** Whether this answers the request, and comes from its receiver; from any member, if it was to a mere address. */
  isAnsweredBy(answer: RawAnswer): boolean;
}

/** An answer as it came, before anybody has believed any of it. */
export interface RawAnswer {
  readonly status: number;
  readonly signature: string | null;
  readonly body: Uint8Array;
}

/** A request whose signature is right: it comes from a node that has the secret, under the id it gives. */
export interface VerifiedRequest {
  readonly from: string;
  /** The id that it was sent to; empty when its sender knew only an address. */
  readonly to: string;
  /** Why it is refused all the same: it was used before, or is too old. */
  readonly refusal: ChordError | null;
  /** What signs its answer. */
  answerSignature(status: number, body: string): string;
}

/**
 * What tells the members of a ring from everybody else: a secret that all of them have (tier 1).
 *
 * Whoever has it may speak for any id, so this keeps strangers out and does nothing against a member that lies about
 * itself; core/ring judges what members say.
 */
export class RingTrust {
  readonly #options: RingTrustOptions;
  readonly #session = crypto.getRandomValues(new Uint8Array(8)).toHex();
  readonly #replays: ReplayGuard;
  #lastNumber = 0;
  #keys: readonly MacKey[];

  constructor(options: RingTrustOptions) {
    this.#options = options;
    this.#keys = this.#keysOf(options.secrets);
    this.#replays = new ReplayGuard(options.wallNow());
  }

  /** Goes on with other secrets. Requests under way end with the one they began with. */
  renew(secrets: readonly string[]): void {
    this.#keys = this.#keysOf(secrets);
  }

  /** The keys to sign with, best first. A peer that has not heard of the first yet takes the second. */
  get keys(): readonly MacKey[] {
    return this.#keys;
  }

  /** @param to the receiver's id, or empty when only its address is known. */
  sign(to: string, body: string, key: MacKey): SignedRequest {
    const { digest, self: from, wallNow } = this.#options;
    const time = String(wallNow());
    const nonce = writeNonce({ session: this.#session, number: ++this.#lastNumber });
    const mac = key.sign(requestText({ method, path, digest: digest(body), time, nonce, from, to }));
    return {
      signature: writeRequestSignature({ time, nonce, mac }),
      isAnsweredBy: ({ status, signature, body }) => {
        const signed = readAnswerSignature(signature ?? "");
        if (signed === null || (to !== "" && signed.from !== to)) return false;
        const text = answerText({ status, digest: digest(body), nonce, from: signed.from, to: from });
        return key.verifies(text, signed.mac);
      },
    };
  }

  /** @throws ChordError (unauthenticated) in the same words whatever is wrong with the signature. */
  verify(signature: string, headers: Headers, body: Uint8Array): VerifiedRequest {
    const { digest, self, wallNow } = this.#options;
    const signed = readRequestSignature(signature);
    if (signed === null) throw unauthenticated();
    const { time, nonce, mac } = signed;
    const from = headers.get(header.from) ?? "";
    const to = headers.get(header.to) ?? "";
    const text = requestText({ method, path, digest: digest(body), time, nonce, from, to });
    const key = this.#keys.find((key) => key.verifies(text, mac));
    const number = readNonce(nonce);
    if (key === undefined || number === null) throw unauthenticated();
    const refusal = this.#replays.admit(from, number, Number(time), wallNow());
    return {
      from,
      to,
      refusal: refusal === null ? null : replayedOrExpired(refusal),
      answerSignature: (status, body) => {
        const mac = key.sign(answerText({ status, digest: digest(body), nonce, from: self, to: from }));
        return writeAnswerSignature({ from: self, mac });
      },
    };
  }

  #keysOf(secrets: readonly string[]): MacKey[] {
    return secrets.map((secret) => new MacKey(secret));
  }
}

/** Unknown, wrong or none: whoever asks learns nothing of which. */
export function unauthenticated(): ChordError {
  return new ChordError(errorCode.unauthenticated, "Cannot take this call: nothing shows who sent it");
}

const refusals: Readonly<Record<Refusal, string>> = {
  expired: "it was signed too long ago, or a clock is wrong",
  replayed: "it came before",
  full: "too many nodes have called lately",
};

function replayedOrExpired(refusal: Refusal): ChordError {
  return new ChordError(errorCode.replayedOrExpired, `Cannot take this call: ${refusals[refusal]}`);
}
