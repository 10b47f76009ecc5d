import { PeerUnreachableError, UntrustedPeerError } from "../core/errors.ts";
import type { NodeRef } from "../core/node_ref.ts";
import { readAnswer } from "./bounded_body.ts";
import { header } from "./deadline.ts";
import { MalformedAnswerError, readAnswers } from "./rpc_answers.ts";
import { type PendingCall, wasLeftOut } from "./pending_call.ts";
import { PeerSeal } from "./trust/peer_seal.ts";
import type { RawAnswer, RingTrust } from "./trust/ring_trust.ts";
import { signatureHeader } from "./trust/signed_text.ts";

/** What a peer may answer to one request. It bounds our memory, whatever the peer is. */
const answerBytesMax = 16 * 1024 * 1024;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ExchangePorts {
  readonly fetch: Fetch;
  /** Further members of fetch's second argument, as Deno's `client`. */
  readonly fetchInit: object;
  /** Who calls, and for which ring. */
  readonly headers: Readonly<Record<string, string>>;
  readonly now: () => number;
  /** Unique in this process, so that an answer to another request cannot be taken for one to this. */
  readonly nextId: () => number;
  /** Signs what is sent, and believes only what is signed; nothing on loopback and in a browser. */
  readonly trust?: RingTrust | undefined;
}

/** All requests of one kind to one peer. */
export class PeerExchange {
  /** Connections to the peer may be kept from before, and closed by it just as they are used. */
  #hasAnswered = false;
  readonly #seal: PeerSeal | null;

  /** @param address where the peer is reached, which for tests may be elsewhere than its url says. */
  constructor(readonly peer: NodeRef, readonly address: string, readonly ports: ExchangePorts) {
    const { trust, now } = ports;
    this.#seal = trust === undefined ? null : new PeerSeal(trust, peer, now);
  }

  /** Sends the calls and settles each, but for those it gives back: their answers did not fit. Never rejects. */
  async send(calls: readonly PendingCall[]): Promise<readonly PendingCall[]> {
    try {
      return await this.#attempt(calls);
    } catch (error) {
      return await this.#recover(calls, error);
    }
  }

  /** A kept connection that was closed under the request says nothing of the peer: asks once more, where harmless. */
  async #recover(calls: readonly PendingCall[], error: unknown): Promise<readonly PendingCall[]> {
    const again = this.#hasAnswered && isCutOff(error)
      ? calls.filter(({ isSettled, isIdempotent }) => !isSettled && isIdempotent)
      : [];
    this.#fail(calls.filter((call) => !again.includes(call)), error);
    if (again.length === 0) return [];
    try {
      return await this.#attempt(again);
    } catch (secondError) {
      this.#fail(again, secondError, false);
      return [];
    }
  }

  /** @param isFirst nothing was sent before: a call that was refused did not arrive. */
  #fail(calls: readonly PendingCall[], cause: unknown, isFirst = true): void {
    const refused = isRefused(cause);
    for (const call of calls) {
      call.reject(
        cause instanceof UntrustedPeerError
          ? cause
          : new PeerUnreachableError(this.peer.url, refused, { cause }, refused && isFirst),
      );
    }
  }

  async #attempt(calls: readonly PendingCall[]): Promise<readonly PendingCall[]> {
    const ids = calls.map(() => this.ports.nextId());
    const answer = await this.#exchange(calls, writeBody(calls, ids));
    const outcomes = readAnswers(decoder.decode(answer.body), ids);
    this.#hasAnswered = true;
    return calls.filter((call, place) => {
      const outcome = outcomes.get(ids[place] ?? NaN);
      if (outcome === undefined || (calls.length > 1 && call.isIdempotent && wasLeftOut(outcome))) {
        return true;
      }
      call.accept(outcome);
      return false;
    });
  }

  async #exchange(calls: readonly PendingCall[], body: string): Promise<RawAnswer> {
    if (this.#seal === null) return await this.#post(calls, body);
    return await this.#seal.post(body, (signature) => this.#post(calls, body, signature));
  }

  async #post(calls: readonly PendingCall[], body: string, signature?: string): Promise<RawAnswer> {
    const signed = signature === undefined ? {} : { [signatureHeader]: signature };
    const response = await this.ports.fetch(`${this.address}/rpc`, {
      ...this.ports.fetchInit,
      method: "POST",
      headers: { ...this.#headersFor(calls), ...signed },
      body,
      redirect: "error",
      signal: abortWhenSettled(calls),
    });
    const answer = await readAnswer(response, answerBytesMax);
    if (answer === null) {
      throw new MalformedAnswerError(`Cannot read an answer of more than ${answerBytesMax} bytes`);
    }
    return { status: response.status, signature: response.headers.get(signatureHeader), body: answer };
  }

  /** The peer may work as long as the most patient of the calls waits. */
  #headersFor(calls: readonly PendingCall[]): Record<string, string> {
    const leftMs = Math.max(...calls.map(({ deadlineMs }) => deadlineMs)) - this.ports.now();
    return {
      ...this.ports.headers,
      ...(this.peer.id === "" ? {} : { [header.to]: this.peer.id }),
      [header.deadlineMs]: String(Math.max(0, Math.floor(leftMs))),
    };
  }
}

const decoder = new TextDecoder();

function writeBody(calls: readonly PendingCall[], ids: readonly number[]): string {
  const members = calls.map(({ text }, place) => `{"jsonrpc":"2.0",${text},"id":${ids[place]}}`);
  return members.length === 1 ? members.join() : `[${members.join(",")}]`;
}

/** Gives up the request once nobody waits for it any more; each call keeps its own deadline until then. */
function abortWhenSettled(calls: readonly PendingCall[]): AbortSignal {
  const controller = new AbortController();
  let open = 0;
  for (const call of calls) {
    call.isSent = true;
    if (call.isSettled) continue;
    open++;
    call.onSettled = () => {
      if (--open === 0) controller.abort();
    };
  }
  if (open === 0) controller.abort();
  return controller.signal;
}

/** Runtimes tell the kinds of failure apart only in words. A browser says nothing, and is believed nothing. */
function isRefused(error: unknown): boolean {
  return /connection refused|ECONNREFUSED/i.test(storyOf(error));
}

function isCutOff(error: unknown): boolean {
  return /closed before message completed|connection reset|ECONNRESET|broken pipe/i.test(storyOf(error));
}

function storyOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${storyOf(error.cause)}` : "";
}
