import type { Id } from "../id.ts";

/** How a node names the life that answers: both are in the answers of `chord.ping` and `chord.neighbors`. */
export interface Life {
  /** Grows with each start of the node over the same disk. */
  readonly incarnation?: number | undefined;
  /** Names the store. Another one means that the disk was lost, and with it the count of lives. */
  readonly disk?: string | undefined;
}

/** For how long an earlier life of a node may still be heard after a later one, as from a process that was paused. */
const overlapMs = 60_000;

interface LastLife {
  readonly incarnation: number;
  readonly disk: string | null;
  readonly heardAtMs: number;
}

/** Which life of each peer is the present one, and over which disk it runs. */
export class Lives {
  readonly #last = new Map<Id, LastLife>();

  /** Whether the answer comes from a life that a later one has followed. It says nothing about that one. */
  isPast(id: Id, { incarnation, disk }: Life, nowMs: number): boolean {
    const last = this.#last.get(id);
    if (last === undefined || incarnation === undefined) return false;
    const isEarlier = (disk ?? null) === last.disk && incarnation < last.incarnation;
    return isEarlier && nowMs - last.heardAtMs < overlapMs;
  }

  /** Takes the answer's life for the present one. Says whether it is another than before. */
  heard(id: Id, { incarnation, disk }: Life, nowMs: number): boolean {
    if (incarnation === undefined) return false;
    const last = this.#last.get(id);
    this.#last.set(id, { incarnation, disk: disk ?? null, heardAtMs: nowMs });
    return last !== undefined && (last.incarnation !== incarnation || last.disk !== (disk ?? null));
  }

  /** Null while the peer has not said it. */
  diskOf(id: Id): string | null {
    return this.#last.get(id)?.disk ?? null;
  }

  forget(id: Id): void {
    this.#last.delete(id);
  }
}
