import type { Id } from "../id.ts";
import type { Phase } from "../protocol.ts";

/** What a peer's last answer about itself was like. */
export interface PeerReport {
  /** From the question to the answer, the time it waited here for others to travel with included. */
  readonly rttMs: number;
  readonly phase: Phase;
}

/** The last report of each peer, for people who look at the ring. Nothing is decided by it. */
export class PeerReports {
  readonly #last = new Map<Id, PeerReport>();

  heard(id: Id, report: PeerReport): void {
    this.#last.set(id, report);
  }

  /** Null when the peer has said nothing of itself in this life. */
  of(id: Id): PeerReport | null {
    return this.#last.get(id) ?? null;
  }

  forget(id: Id): void {
    this.#last.delete(id);
  }
}
