import { type ChordError, UncertainError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Copies, Written } from "./copies.ts";
import { type Keeper, newestOf } from "./keeper.ts";
import { type Gathered, isMovingIn, type Quorum, reasonsOf, writesFor } from "./quorum.ts";
import type { StoredRecord } from "./record.ts";
import type { Replica, View } from "./view.ts";

/** Times a key is read when others keep writing it meanwhile. */
const roundsMax = 5;

type Answers = Gathered<StoredRecord | null>["answers"];

/** Reads as many copies as meet every write, and lets nobody see what a later read might miss. */
export class QuorumRead {
  constructor(readonly quorum: Quorum, readonly copies: Copies, readonly keeper: Keeper) {}

  /** The newest of `needed` copies, once as many have it as a write would need. */
  async read(
    view: View,
    partition: Partition,
    key: string,
    needed: number,
  ): Promise<StoredRecord | null> {
    for (let round = 1; round <= roundsMax; round++) {
      const answers = await this.#ask(view, partition, key, needed);
      const newest = answers.reduce<StoredRecord | null>(
        (best, { answer }) => answer === null ? best : newestOf(best, answer),
        null,
      );
      if (newest === null || await this.#settle(view, partition, newest, answers)) return newest;
    }
    throw new UncertainError(`"${key.slice(0, 64)}" changes faster than it can be read`, { isMoving: true });
  }

  async #ask(view: View, partition: Partition, key: string, needed: number): Promise<Answers> {
    const isComplete = this.keeper.replicas.get(partition)?.isSynced === true;
    let reading: Promise<StoredRecord | null> | null = null;
    const readHere = () => reading ??= this.keeper.read(partition, key, view.epoch);
    const local = isComplete ? readHere() : Promise.resolve(null);
    local.catch(() => undefined);
    const { answers, failures } = await this.quorum.some(
      this.quorum.inOrder(view, isComplete),
      needed,
      async (from) =>
        this.copies.isOurs(from)
          ? await readHere()
          : await this.copies.read(from, view, partition, key, local),
    );
    if (answers.length < needed) throw uncertain(key, needed, answers.length, failures);
    return answers;
  }

  /**
   * Brings the newest version to those that answered with less, before anybody is told of it.
   *
   * False when copies turn out to have gone on to something newer without having had it. They do not count: whoever
   * writes it takes their refusal for proof that nobody can have read it, and gives it another version.
   */
  async #settle(
    view: View,
    partition: Partition,
    newest: StoredRecord,
    answers: Answers,
  ): Promise<boolean> {
    const needed = writesFor("quorum", view, this.keeper.replicas);
    const having = answers.filter(({ answer }) => answer?.version === newest.version).map(({ from }) => from);
    if (having.length === answers.length && having.length >= needed) return true;
    const lacking = view.members.filter((member) => !having.includes(member));
    const isThere = ({ had, version }: Written) => version === newest.version || had === "yes";
    const ask = (to: Replica) => this.copies.write(to, view, partition, newest, {});
    const missing = Math.max(0, needed - having.length);
    const { answers: written, failures } = await this.quorum.all(lacking, missing, ask, isThere);
    const copies = written.filter(({ answer }) => isThere(answer)).length;
    if (copies >= missing) return true;
    if (written.some(({ answer }) => answer.version > newest.version)) return false;
    throw uncertain(newest.key, needed, having.length + copies, failures);
  }
}

function uncertain(
  key: string,
  needed: number,
  got: number,
  failures: Gathered<unknown>["failures"],
): ChordError {
  const isMoving = isMovingIn(failures);
  const what = `${got} of ${needed} copies of "${key.slice(0, 64)}" are within reach${reasonsOf(failures)}`;
  return new UncertainError(what, { cause: failures[0]?.error, isMoving });
}
