import type { FaultKind } from "../faults.ts";
import type { World } from "../world.ts";

/** Faults last for a while; whoever has had enough ends them all at once. */
export class Spells {
  /** What is still wrong: each entry puts it right. */
  readonly #open = new Set<() => void>();

  constructor(readonly world: World) {}

  /** A fault begins: it is counted and noted. */
  hit(kind: FaultKind, where = ""): void {
    this.world.faults.hit(kind);
    this.world.journal.note(kind, where);
  }

  /** Puts it right after a while, or when all faults end. */
  during(ms: number, putRight: () => void): void {
    this.#plan(ms, putRight, putRight);
  }

  /** Makes it worse after a while, unless all faults have ended by then. */
  later(ms: number, harm: () => void): void {
    this.#plan(ms, harm, () => {});
  }

  endAll(): void {
    for (const end of [...this.#open]) end();
  }

  #plan(ms: number, inTime: () => void, atTheEnd: () => void): void {
    const end = () => {
      if (this.#open.delete(end)) atTheEnd();
    };
    this.#open.add(end);
    this.world.scheduler.after(ms, () => {
      if (this.#open.delete(end)) inTime();
    });
  }
}
