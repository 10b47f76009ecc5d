import { type ChordError, UncertainError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Copies, Written } from "./copies.ts";
import { type Keeper, newestOf } from "./keeper.ts";
import { type Gathered, isMovingIn, type Quorum, reasonsOf, writesFor } from "./quorum.ts";
import type { StoredRecord } from "./record.ts";
import type { Replica, View } from "./view.ts";

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
    const members = this.quorum.inOrder(view);
    const local = this.keeper.read(partition, key, view.epoch);
    local.catch(() => undefined);
    const { answers, failures } = await this.quorum.some(
      members,
      needed,
      async (from) =>
        this.copies.isOurs(from) ? await local : await this.copies.read(from, view, partition, key, local),
    );
    if (answers.length < needed) throw uncertain(key, needed, answers.length, failures);
    const newest = answers.reduce<StoredRecord | null>(
      (best, { answer }) => answer === null ? best : newestOf(best, answer),
      null,
    );
    if (newest !== null) await this.#repair(view, partition, newest, answers);
    return newest;
  }

  /** Brings the newest version to those that answered with less, before anybody is told of it. */
  async #repair(
    view: View,
    partition: Partition,
    newest: StoredRecord,
    answers: Gathered<StoredRecord | null>["answers"],
  ): Promise<void> {
    const needed = writesFor("quorum", view, this.keeper.replicas);
    const having = answers.filter(({ answer }) => answer?.version === newest.version).map(({ from }) => from);
    if (having.length === answers.length && having.length >= needed) return;
    const lacking = view.members.filter((member) => !having.includes(member));
    const isThere = (answer: Written) => answer.version >= newest.version;
    const ask = (to: Replica) => this.copies.write(to, view, partition, newest, {});
    const missing = Math.max(0, needed - having.length);
    const { answers: written, failures } = await this.quorum.all(lacking, missing, ask, isThere);
    const copies = written.filter(({ answer }) => isThere(answer)).length;
    if (copies < missing) throw uncertain(newest.key, needed, having.length + copies, failures);
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
