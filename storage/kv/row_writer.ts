import type { StoredRecord } from "../../core/data/record.ts";
import type { ChordError } from "../../core/errors.ts";
import type { Partition } from "../../core/partition.ts";
import type { Room } from "../room.ts";
import { clearFailure, commitFailure, isFull, readFailure, StorageFullError } from "../store_errors.ts";
import { clearRecords } from "./clearing.ts";
import { addTo, packAtomics, type RowMutation, rowMutation } from "./commit_packing.ts";
import type { Queued } from "./group_commit.ts";
import type { Pieces } from "./head.ts";
import type { KnownRows } from "./known_rows.ts";
import { documentsPartition, type Place, placeName } from "./layout.ts";
import { allPieceKeys, pieceKeys, removePieces, storePieces, valueHereBytesMax } from "./pieces.ts";
import type { Reserve } from "./reserve.ts";
import type { Row } from "./row_reader.ts";

/** A change of one place, asked for and not yet made. */
export interface Change extends Queued {
  readonly place: Place;
  /** Whether the row has to be read from disk, even though it is in memory. */
  readonly isDistrusted: boolean;
  /** What is to stand there, given what stands there by then. Called once, in the order of the calls. */
  decide(current: StoredRecord | null, wasDamaged: boolean): StoredRecord | null;
  /** Called once, when the outcome is durable or has failed. */
  settle(failure: ChordError | null): void;
}

/** A place that a batch touches. */
interface RowInHand {
  readonly place: Place;
  readonly before: Row;
  readonly changes: Change[];
  next: StoredRecord | null;
}

/** A place that the batch will change, with what is to be committed for it. */
interface PreparedRow extends RowInHand {
  readonly pieces: Pieces | null;
  readonly mutation: RowMutation;
}

/**
 * Carries out batches of changes, one batch at a time.
 *
 * Reads what the batch touches, decides the changes in order of the calls, stores long values as pieces, and
 * commits the heads. Nothing outside sees a batch before it is durable. A damaged row is never kept: it goes
 * with the first change that looks at it, even one that wanted nothing else.
 */
export class RowWriter {
  commits = 0;
  /** False from a commit that failed until one that brings a value succeeds: deletions pass on a full disk too. */
  isWritable: boolean;
  readonly reserve: Reserve;
  readonly room: Room;
  #abandoned: { readonly place: Place; readonly pieces: Pieces }[] = [];
  readonly #miscounted = new Set<Partition>();

  constructor(
    readonly kv: Deno.Kv,
    readonly known: KnownRows,
    { reserve, room }: { readonly reserve: Reserve; readonly room: Room },
    readonly onDamage: (place: Place) => void,
  ) {
    this.reserve = reserve;
    this.room = room;
    this.isWritable = !reserve.isSpent;
  }

  async carryOut(batch: readonly Change[]): Promise<void> {
    const rows = await this.#take(batch);
    const prepared: PreparedRow[] = [];
    for (const row of rows) {
      if (!isChanged(row)) settleAll(row, null);
      else if (this.room.isFull() && isGrowth(row)) settleAll(row, new StorageFullError());
      else if (!isDeletion(row) && !await this.#hasRoom()) this.#fail(row, new StorageFullError());
      else await this.#prepare(row).then((ready) => prepared.push(ready), (error) => this.#fail(row, error));
    }
    for (const atomic of packAtomics(prepared)) await this.#commit(atomic);
    if (this.isWritable) await this.#removeAbandoned();
  }

  /** Removes every record. Like a batch, it may not run beside one. */
  async clear(isLastTry = false): Promise<void> {
    try {
      await clearRecords(this.kv, (gone) => {
        this.commits++;
        for (const { place, outline } of gone) this.known.removed(place, outline);
      });
      this.known.cleared();
    } catch (error) {
      this.isWritable = false;
      if (!isFull(error) || isLastTry) throw clearFailure(error);
      await this.reserve.makeRoom();
      await this.clear(true);
    }
  }

  /** Counts anew what damage or a strange failure left uncertain; what cannot be read waits for the next time. */
  async recount(): Promise<void> {
    for (const partition of this.#miscounted) {
      try {
        await this.known.recount(partition);
        this.#miscounted.delete(partition);
      } catch {
        return;
      }
    }
  }

  /** The rows that the changes touch, the changes decided. What the disk would not give has failed already. */
  async #take(batch: readonly Change[]): Promise<RowInHand[]> {
    const rows = await this.#load(batch);
    for (const change of batch) {
      const row = rows.get(placeName(change.place));
      if (row === undefined) continue;
      row.changes.push(change);
      row.next = change.decide(row.next, row.before.kind === "damaged");
    }
    return [...rows.values()];
  }

  async #load(batch: readonly Change[]): Promise<Map<string, RowInHand>> {
    const rows = new Map<string, RowInHand>();
    const unknown = new Map<string, Place>();
    for (const { place, isDistrusted } of batch) {
      const before = isDistrusted ? undefined : this.known.find(place);
      if (before === undefined) unknown.set(placeName(place), place);
      else rows.set(placeName(place), inHand(place, before, recordOf(before)));
    }
    const read = await this.known.reader.readMany([...unknown.values()]);
    for (const [i, [name, place]] of [...unknown].entries()) {
      const before = read[i];
      rows.delete(name);
      if (before === undefined) continue;
      if (before.kind === "unreadable") failUnread(batch, name, before.error);
      else rows.set(name, inHand(place, before, this.#remains(place, before)));
    }
    return rows;
  }

  /** The record of a row that was read; of a damaged one, the copy in memory, if there is one. */
  #remains(place: Place, row: Row): StoredRecord | null {
    if (row.kind !== "damaged") return recordOf(row);
    this.onDamage(place);
    return this.known.cached(place);
  }

  async #prepare(row: RowInHand): Promise<PreparedRow> {
    const { place, next } = row;
    const superfluous = await this.#superfluous(row);
    const value = next?.value ?? null;
    const pieces = value === null || value.length <= valueHereBytesMax
      ? null
      : { upload: crypto.randomUUID(), bytes: value.length };
    if (next !== null) this.known.expect(place);
    if (value !== null && pieces !== null) await this.#upload(place, pieces, value);
    return { ...row, pieces, mutation: rowMutation(place, { next, pieces, superfluous }) };
  }

  /** Keys of the pieces that the present head, once replaced, leaves behind. */
  async #superfluous({ place, before }: RowInHand): Promise<Deno.KvKey[]> {
    if (before.kind === "damaged") return await allPieceKeys(this.kv, place);
    const pieces = before.kind === "sound" ? before.held.pieces : null;
    return pieces === null ? [] : pieceKeys(place, pieces);
  }

  async #upload(place: Place, pieces: Pieces, value: Uint8Array): Promise<void> {
    try {
      await storePieces(this.kv, place, pieces, value);
    } catch (error) {
      this.#abandoned.push({ place, pieces });
      throw error;
    }
  }

  async #commit(rows: readonly PreparedRow[], isLastTry = false): Promise<void> {
    const atomic = this.kv.atomic();
    for (const { mutation } of rows) addTo(atomic, mutation);
    try {
      await atomic.commit();
    } catch (error) {
      return await this.#commitFailed(rows, error, isLastTry);
    }
    this.commits++;
    if (!rows.every(isDeletion)) this.isWritable = true;
    for (const { place, before, next, pieces } of rows) {
      this.known.committed(place, before, next === null ? null : { record: next, pieces });
      if (before.kind === "damaged") this.#doubtCount(place);
    }
    if (rows.some(({ before }) => before.kind === "damaged")) await this.recount();
    for (const row of rows) settleAll(row, null);
  }

  /** Where there is no room for values there may be some for what deletes them, and the reserve is for that. */
  async #commitFailed(rows: readonly PreparedRow[], error: unknown, isLastTry: boolean): Promise<void> {
    const isWorthIt = isFull(error) && !isLastTry;
    const deletions = isWorthIt ? rows.filter(isDeletion) : [];
    for (const row of rows) {
      if (!isWorthIt || !isDeletion(row)) this.#fail(row, error);
    }
    if (isWorthIt) await this.reserve.makeRoom();
    if (deletions.length > 0) await this.#commit(deletions, true);
    await this.recount();
  }

  /** After an indefinite failure the head may stand after all, so its pieces stay until the store opens again. */
  #fail(row: RowInHand & { readonly pieces?: Pieces | null }, error: unknown): void {
    const { place, pieces = null } = row;
    const failure = commitFailure(error);
    this.isWritable = false;
    if (!failure.data.definite) {
      this.known.doubt(place);
      this.#doubtCount(place);
    } else if (pieces !== null) this.#abandoned.push({ place, pieces });
    settleAll(row, failure);
  }

  async #hasRoom(): Promise<boolean> {
    return !this.reserve.isSpent || await this.reserve.refill();
  }

  #doubtCount({ partition }: Place): void {
    if (partition !== documentsPartition) this.#miscounted.add(partition);
  }

  /** Pieces of failed writes; what cannot be removed now is tried again, at the latest when the store opens. */
  async #removeAbandoned(): Promise<void> {
    for (const { place, pieces } of this.#abandoned.splice(0)) {
      try {
        await removePieces(this.kv, place, pieces);
      } catch {
        this.#abandoned.push({ place, pieces });
      }
    }
  }
}

function inHand(place: Place, before: Row, next: StoredRecord | null): RowInHand {
  return { place, before, changes: [], next };
}

function isChanged({ before, next }: RowInHand): boolean {
  return before.kind === "damaged" || next !== recordOf(before);
}

/** Whether the row is removed, or becomes a tombstone. */
function isDeletion({ next }: RowInHand): boolean {
  return next === null || next.value === null;
}

/** Documents are small and few, and without them a node cannot take part in anything that makes room. */
function isGrowth(row: RowInHand): boolean {
  return !isDeletion(row) && row.place.partition !== documentsPartition;
}

function recordOf(row: Row): StoredRecord | null {
  return row.kind === "sound" ? row.held.record : null;
}

/** Nothing was done, and nothing can be, to a row that cannot be read. */
function failUnread(batch: readonly Change[], name: string, error: unknown): void {
  const failure = readFailure(error);
  for (const change of batch) {
    if (placeName(change.place) === name) change.settle(failure);
  }
}

function settleAll({ changes }: RowInHand, failure: ChordError | null): void {
  for (const change of changes) change.settle(failure);
}
