import { ChordError, errorCode, QuorumError, StampTooLowError, VersionConflictError } from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Copies, Written } from "./copies.ts";
import type { WriteTerms } from "./keeper.ts";
import { type Gathered, isMovingIn, type Quorum, readsFor, reasonsOf, writesFor } from "./quorum.ts";
import { makeRecord, type StoredRecord } from "./record.ts";
import type { Version } from "./version.ts";
import { type Replica, toRef, type View } from "./view.ts";

/** A write that enough copies have, and which. */
export interface Kept {
  readonly record: StoredRecord;
  readonly copies: NodeRef[];
}

/** Brings a record to as many copies as a write needs, exactly once however often it is tried. */
export class QuorumWrite {
  constructor(readonly quorum: Quorum, readonly copies: Copies) {}

  /**
   * Sends the record to every member, until `needed` have it, or had it before something newer came.
   *
   * A repeat of a write that got somewhere is brought to its end as the version that it had then.
   *
   * @throws StampTooLowError when copies are above it, and it has certainly had no effect.
   */
  async spread(
    view: View,
    partition: Partition,
    record: StoredRecord,
    needed: number,
    terms: WriteTerms,
  ): Promise<Kept> {
    const { version } = record;
    const isKept = ({ answer }: { answer: Written }) => answer.version === version || answer.had === "yes";
    const gathered = await this.quorum.all(
      view.members,
      needed,
      (to) => this.copies.write(to, view, partition, record, terms),
      (answer) => isKept({ answer }) || answer.repeated === true,
    );
    const { answers, isDefinite } = gathered;
    const kept = answers.filter(isKept);
    if (kept.length >= needed) return { record, copies: kept.map(({ from }) => toRef(from)) };
    const earlier = newestOf(
      answers.filter(({ answer }) => answer.repeated === true).map(({ answer }) => answer),
    );
    if (earlier !== null) {
      // A copy that took the present version keeps it, so the write can only end as that.
      const isOnWay = kept.length > 0 && version > earlier;
      return isOnWay
        ? await this.spread(view, partition, record, needed, { ...terms, instead: earlier })
        : await this.spread(view, partition, makeRecord({ ...record, version: earlier }), needed, {
          floor: terms.floor,
        });
    }
    const refusals = answers.filter((answer) => !isKept(answer)).map(({ answer }) => answer);
    const newest = newestOf(refusals);
    if (newest === null || !this.#isWithoutEffect(view, refusals)) {
      throw failure(view, needed, kept.length, gathered);
    }
    const isNothing = kept.length === 0 && isDefinite;
    throw terms.base === undefined
      ? new StampTooLowError(version, newest, isNothing)
      : overtaken(newest, isNothing);
  }

  /**
   * Holds the key on enough copies that no other conditional write can. One that does not get there leaves nothing.
   *
   * @throws VersionConflictError when something newer than the base is there.
   * @throws QuorumError when others are at it, or too few copies answer; nothing was written.
   */
  async reserve(
    view: View,
    partition: Partition,
    wanted: { readonly key: string; readonly version: Version; readonly base: Version },
    needed: number,
  ): Promise<void> {
    const ask = (to: Replica) => this.copies.reserve(to, view, partition, wanted);
    const gathered = await this.quorum.all(view.members, needed, ask, ({ granted }) => granted);
    const granted = gathered.answers.filter(({ answer }) => answer.granted);
    if (granted.length >= needed) return;
    const free = (to: Replica) => this.copies.reserve(to, view, partition, { ...wanted, release: true });
    for (const to of view.members) free(to).catch(ignoreSilence);
    const newer = newestOf(
      gathered.answers.flatMap(({ answer: { version } }) => version === null ? [] : [{ version }]),
    );
    if (newer !== null && newer > wanted.base) throw new VersionConflictError(newer);
    const isMoving = isMovingIn(gathered.failures) || gathered.answers.length > granted.length;
    throw new QuorumError(
      `Cannot write: ${granted.length} of ${needed} copies are free for it${reasonsOf(gathered.failures)}`,
      true,
      { isMoving },
    );
  }

  /**
   * Whether so many members refused the record, and never had it, that no read has answered with it or ever will: the
   * others are too few to acknowledge it, and a read asks at least one that has something newer.
   */
  #isWithoutEffect(view: View, refusals: readonly Written[]): boolean {
    const { replicas } = this.quorum;
    const never = refusals.filter(({ had }) => had === "no").length;
    const quorum = Math.min(readsFor("quorum", view, replicas), writesFor("quorum", view, replicas));
    return never > view.members.length - quorum;
  }
}

function failure(
  view: View,
  needed: number,
  got: number,
  { answers, failures, isDefinite }: Gathered<unknown>,
): ChordError {
  const full = failures.find(({ error }) => error.code === errorCode.storageFull);
  const isNothing = got === 0 && isDefinite && answers.length === 0;
  if (full !== undefined && failures.length > view.members.length - needed) {
    return new ChordError(errorCode.storageFull, "Cannot write: too many keepers have no room", {
      definite: isNothing,
    });
  }
  const isMoving = isMovingIn(failures);
  return new QuorumError(
    `Cannot tell whether it was written: ${got} of ${needed} copies confirmed it${reasonsOf(failures)}`,
    isNothing,
    { cause: failures[0]?.error, isMoving },
  );
}

/** Somebody else's write came between a condition and what depended on it. */
function overtaken(newest: Version, isNothing: boolean): ChordError {
  if (isNothing) return new VersionConflictError(newest);
  return new QuorumError("Cannot tell whether it was written: another write of the key came between", false);
}

/** A reservation that is not let go of runs out by itself. */
function ignoreSilence(error: unknown): void {
  if (!(error instanceof ChordError)) throw error;
}

/** The largest version that the answers tell of. */
function newestOf(answers: readonly Pick<Written, "version">[]): Version | null {
  return answers.reduce<Version | null>(
    (max, { version }) => max === null || version > max ? version : max,
    null,
  );
}
