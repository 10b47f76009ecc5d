import { ChordError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Consistency } from "../service.ts";
import type { Replicas } from "./replicas.ts";
import { hasReplica, readsNeeded, type Replica, sameReplica, type View, writesNeeded } from "./view.ts";

/** A copy that has not answered a read for so long is not waited for alone: another is asked as well. */
const hedgeMs = 50;

/** What came of asking members of a view. */
export interface Gathered<T> {
  readonly answers: readonly { readonly from: Replica; readonly answer: T }[];
  /** Whether the call certainly had no effect anywhere it failed. */
  readonly isDefinite: boolean;
  readonly failures: readonly { readonly from: Replica; readonly error: ChordError }[];
}

export function readsFor(consistency: Consistency, view: View, replicas: Replicas): number {
  if (consistency === "one") return 1;
  return consistency === "all" ? view.members.length : readsNeeded(view.members.length, replicas.quorums);
}

export function writesFor(consistency: Consistency, view: View, replicas: Replicas): number {
  if (consistency === "one") return 1;
  return consistency === "all" ? view.members.length : writesNeeded(view.members.length, replicas.quorums);
}

/** A few words on why copies did not answer. */
export function reasonsOf(failures: Gathered<unknown>["failures"]): string {
  return failures.length === 0
    ? ""
    : `: ${failures.map(({ from, error }) => `${from.url} ${error.message}`).join("; ")}`;
}

/** Whether a member refused because its view is another one, or about to be: a moment later it may answer. */
export function isMovingIn(failures: Gathered<unknown>["failures"]): boolean {
  return failures.some(({ error }) => error.data.reason === "otherView");
}

/** Asks the members of one view, ourselves among them, and stops waiting as soon as enough have answered. */
export class Quorum {
  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
  ) {}

  /**
   * Members in the order of asking: ourselves, those who were members before, the newer ones, the silent.
   *
   * A copy that is being filled up has to ask others for each key, and has enough to do: it comes after complete ones.
   *
   * @param isComplete whether our own copy is.
   */
  inOrder({ members, previous }: View, isComplete = true): Replica[] {
    const rank = (replica: Replica) => {
      if (this.isSelf(replica)) return isComplete ? 0 : 3;
      if (!this.member.peers.isUsable(replica.id)) return 4;
      return hasReplica(previous, replica) ? 1 : 2;
    };
    return [...members].sort((a, b) => rank(a) - rank(b));
  }

  isSelf(replica: Replica): boolean {
    return sameReplica(replica, this.replicas.self);
  }

  /** Asks `needed` of them, and another for each that fails or keeps us waiting. */
  async some<T>(
    members: readonly Replica[],
    needed: number,
    ask: (member: Replica) => Promise<T>,
  ): Promise<Gathered<T>> {
    return await this.#gather(members, needed, needed, ask);
  }

  /** Asks all of them at once; those that are not waited for go on by themselves. */
  async all<T>(
    members: readonly Replica[],
    needed: number,
    ask: (member: Replica) => Promise<T>,
    isGood: (answer: T) => boolean,
  ): Promise<Gathered<T>> {
    return await this.#gather(members, members.length, needed, ask, isGood);
  }

  #gather<T>(
    members: readonly Replica[],
    atOnce: number,
    needed: number,
    ask: (member: Replica) => Promise<T>,
    isGood: (answer: T) => boolean = () => true,
  ): Promise<Gathered<T>> {
    return new Promise((resolve, reject) => {
      const clock: Clock = this.member.ports.clock;
      const answers: { from: Replica; answer: T }[] = [];
      const failures: { from: Replica; error: ChordError }[] = [];
      let next = 0;
      let isOver = false;
      let cancelHedge = () => {};
      const finish = () => {
        isOver = true;
        cancelHedge();
        resolve({ answers, failures, isDefinite: failures.every(({ error }) => error.data.definite) });
      };
      const settle = () => {
        if (isOver) return;
        const good = answers.filter(({ answer }) => isGood(answer)).length;
        if (good >= needed || answers.length + failures.length === members.length) finish();
      };
      const askNext = () => {
        const from = members[next++];
        if (from === undefined) return;
        ask(from).then((answer) => {
          if (isOver) return;
          answers.push({ from, answer });
          settle();
        }, (error) => {
          if (!(error instanceof ChordError)) return reject(error);
          if (isOver) return;
          failures.push({ from, error });
          askNext();
          settle();
        });
      };
      const hedge = () => {
        cancelHedge = clock.after(hedgeMs, () => {
          if (isOver) return;
          askNext();
          if (next < members.length) hedge();
        });
      };
      for (let i = 0; i < atOnce; i++) askNext();
      if (members.length === 0) finish();
      else if (next < members.length) hedge();
    });
  }
}
