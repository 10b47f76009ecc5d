import * as z from "zod";
import type { Caller } from "../guard/caller.ts";
import type { MacKey } from "../trust/mac.ts";

/** Long enough for a walk round a large ring, short enough to be of little use to whoever finds one. */
export const ticketMs = 5 * 60_000;
/** How far the clocks of two nodes may be apart. */
const skewMs = 60_000;

export const ticketPrefix = "rondot_";
/** Far more than a name takes. */
const ticketCharsMax = 512;

const encoder = new TextEncoder();
const base64url = { alphabet: "base64url", omitPadding: true } as const;
const contents = z.strictObject({ name: z.string().max(64), expiresAtMs: z.int() });

export interface TicketOptions {
  /**
   * What all nodes of the ring know and nobody else: the first makes tickets, all are good. None: the ring has no
   * secret, so that no node could tell the ticket of another.
   */
  readonly keys: () => readonly Pick<MacKey, "sign" | "verifies">[];
  readonly cluster: string;
  readonly wallNow: () => number;
}

/** Lets somebody whom one node of the ring knows look at the others: to read, and for minutes. */
export class Tickets {
  constructor(readonly options: TicketOptions) {}

  /** Null where the ring has no secret. */
  issue({ name }: Caller): { ticket: string; expiresAtMs: number } | null {
    const [key] = this.options.keys();
    if (key === undefined) return null;
    const expiresAtMs = this.options.wallNow() + ticketMs;
    const body = encoder.encode(JSON.stringify({ name, expiresAtMs })).toBase64(base64url);
    const mac = key.sign(this.#text(body));
    return { ticket: `${ticketPrefix}${body}.${mac}`, expiresAtMs };
  }

  /** Null: it is none of ours, or its time is over. */
  read(ticket: string): Caller | null {
    if (ticket.length > ticketCharsMax) return null;
    const [body = "", mac = "", ...more] = ticket.slice(ticketPrefix.length).split(".");
    if (more.length > 0 || !this.options.keys().some((key) => key.verifies(this.#text(body), mac))) {
      return null;
    }
    const text = new TextDecoder().decode(Uint8Array.fromBase64(body, { alphabet: "base64url" }));
    const { name, expiresAtMs } = contents.parse(JSON.parse(text));
    const leftMs = expiresAtMs - this.options.wallNow();
    if (leftMs <= 0 || leftMs > ticketMs + skewMs) return null;
    return { name, role: "read", by: "ticket", isStillKnown: () => this.options.wallNow() < expiresAtMs };
  }

  /** The words before it keep a signature of the ring's secret for anything else from being a ticket. */
  #text(body: string): string {
    return `rondo-ticket-v1\n${this.options.cluster}\n${body}`;
  }
}
