import { UntrustedPeerError } from "../../core/errors.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type { MacKey } from "./mac.ts";
import type { RawAnswer, RingTrust } from "./ring_trust.ts";

/** How long a peer that did not know our first secret is spoken to in the second, before it is tried again. */
const secondKeyMs = 5_000;

/** Sends the body under this signature. */
export type Send = (signature: string) => Promise<RawAnswer>;

/**
 * Signs what is sent to one peer, and believes only what it has signed.
 *
 * While secrets are replaced, a peer may not have read the new one yet: it refuses the request before it looks at it,
 * and gets it once more under the old one. So nodes may learn of a new secret in any order.
 */
export class PeerSeal {
  #secondUntil = -Infinity;

  constructor(readonly trust: RingTrust, readonly peer: NodeRef, readonly now: () => number) {}

  /** @throws UntrustedPeerError when nothing shows that the answer is the peer's. */
  async post(body: string, send: Send): Promise<RawAnswer> {
    const [first, second] = this.trust.keys;
    const [best, other] = second !== undefined && this.now() < this.#secondUntil
      ? [second, first]
      : [first, second];
    const answer = await this.#postWith(best, body, send);
    if (answer !== null) return answer;
    const otherAnswer = other === undefined ? null : await this.#postWith(other, body, send);
    if (otherAnswer === null) throw new UntrustedPeerError(this.peer.url, "it does not accept our secret");
    this.#secondUntil = other === second ? this.now() + secondKeyMs : -Infinity;
    return otherAnswer;
  }

  /** Null when the peer does not know the key. Nobody else could say so either, so it need not sign that. */
  async #postWith(key: MacKey | undefined, body: string, send: Send): Promise<RawAnswer | null> {
    if (key === undefined) throw new TypeError("Cannot sign without a secret");
    const request = this.trust.sign(this.peer.id, body, key);
    const answer = await send(request.signature);
    if (answer.status === 401 && answer.signature === null) return null;
    if (request.isAnsweredBy(answer)) return answer;
    throw new UntrustedPeerError(
      this.peer.url,
      answer.signature === null
        ? "its answer is not signed, as if its nodes had no secret"
        : "its answer is signed by somebody else",
    );
  }
}
