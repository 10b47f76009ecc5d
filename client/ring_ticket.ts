import * as z from "zod/mini";
import type { RondoClient } from "./rondo_client.ts";
import { RondoError } from "./rondo_error.ts";

const ticketAnswer = z.object({ ticket: z.string(), expiresAt: z.iso.datetime() });
/** A walk that begins with a ticket ends with it. */
const spareMs = 60_000;
/** A node without the ring's secret will not have one in the next seconds either. */
const askAgainAfterMs = 30_000;

/** What a signed-in visitor shows to other nodes than the one that knows him. */
export class RingTicket {
  #ticket: string | null = null;
  #goodUntilMs = -Infinity;
  #asked: Promise<void> | null = null;

  constructor(readonly client: Pick<RondoClient, "ask">, readonly wallNow: () => number = Date.now) {}

  /** Null: there is none, so other nodes are asked through this one. */
  readonly current = async (): Promise<string | null> => {
    if (this.wallNow() >= this.#goodUntilMs) await (this.#asked ??= this.#renew());
    return this.#ticket;
  };

  async #renew(): Promise<void> {
    try {
      const { ticket, expiresAt } = await this.client.ask("/api/ticket", ticketAnswer);
      this.#ticket = ticket;
      this.#goodUntilMs = Date.parse(expiresAt) - spareMs;
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      this.#ticket = null;
      this.#goodUntilMs = this.wallNow() + askAgainAfterMs;
    } finally {
      this.#asked = null;
    }
  }
}
