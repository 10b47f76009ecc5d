import { assertEquals, unreachable } from "@std/assert";
import type { Fetch } from "../../transport/exchange.ts";
import { HttpTransport, type HttpTransportOptions } from "../../transport/http_transport.ts";
import { nodeAt } from "./fake_node.ts";

export const peer = nodeAt(8440);
export const ample = 10_000;

export function transportOver(fetch: Fetch, options: Partial<HttpTransportOptions> = {}): HttpTransport {
  return new HttpTransport({ cluster: "rondo", valueBytesMax: 1_000_000, fetch, ...options });
}

export interface Sent {
  readonly id: number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** One request that was sent, and the way to answer it. */
export class Letter {
  readonly answer = Promise.withResolvers<Response>();
  readonly calls: readonly Sent[];
  readonly isBatch: boolean;

  constructor(readonly url: string, readonly init: RequestInit) {
    const message: Sent | Sent[] = JSON.parse(String(init.body));
    this.isBatch = Array.isArray(message);
    this.calls = [message].flat();
    this.answer.promise.catch(() => {});
    init.signal?.addEventListener("abort", () => this.answer.reject(init.signal?.reason));
  }

  reply(text: string): void {
    this.answer.resolve(new Response(text));
  }

  /** Answers each call with the pong of a ping, or what `make` makes of it. */
  pong(make: (call: Sent) => unknown = () => pong): void {
    const answers = this.calls.map((call) => ({ jsonrpc: "2.0", result: make(call), id: call.id }));
    this.reply(JSON.stringify(this.isBatch ? answers : answers[0]));
  }
}

export const pong = { id: peer.id, incarnation: 1, phase: "member" };
export const absent = { found: false, value: null, version: null, expiresAtMs: null, owner: peer, hops: 0 };

/** A transport whose requests are kept for the test to answer. */
export function byHand(options: Partial<HttpTransportOptions> = {}) {
  const letters: Letter[] = [];
  const arrivals = Array.from({ length: 8 }, () => Promise.withResolvers<Letter>());
  const transport = transportOver((url, init) => {
    const letter = new Letter(url, init);
    arrivals[letters.push(letter) - 1]?.resolve(letter);
    return letter.answer.promise;
  }, options);
  const ping = (timeoutMs = ample) => transport.call(peer, "chord.ping", {}, timeoutMs);
  /** The request of that number, once it is sent. */
  const letter = async (place: number) => await arrivals[place]?.promise ?? unreachable();
  return { letters, letter, transport, ping };
}

/** A transport to a peer that answers every request with the text. */
export function told(text: (calls: readonly Sent[]) => string, init: ResponseInit = {}): HttpTransport {
  return transportOver((url, request) => {
    return Promise.resolve(new Response(text(new Letter(url, request).calls), init));
  });
}

/** Ends calls that a test leaves open. */
export async function endAll(transport: HttpTransport, calls: Promise<unknown>[]): Promise<void> {
  const settled = Promise.allSettled(calls);
  await transport.close();
  for (const outcome of await settled) assertEquals(outcome.status, "rejected");
}
