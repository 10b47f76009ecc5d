import type { ChordError } from "../../core/errors.ts";
import type { StoredRecord } from "../../core/data/record.ts";
import { commitFailure } from "../store_errors.ts";
import { addTo, packAtomics, type RowMutation, rowMutation } from "./commit_packing.ts";
import type { Queued } from "./group_commit.ts";
import type { Pieces } from "./head.ts";
import type { KnownRows } from "./known_rows.ts";
import { type Place, placeName } from "./layout.ts";
import { allPieceKeys, pieceKeys, removePieces, storePieces, valueHereBytesMax } from "./pieces.ts";
import type { Row } from "./row_reader.ts";

/** A change of one place, asked for and not yet made. */
export interface Change extends Queued {
  readonly place: Place;
  /** What is to stand there, given what stands there by then. Called once, in the order of the calls. */
  decide(current: StoredRecord | null): StoredRecord | null;
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
  isWritable = true;
  #abandoned: { readonly place: Place; readonly pieces: Pieces }[] = [];

  constructor(
    readonly kv: Deno.Kv,
    readonly known: KnownRows,
    readonly onDamage: (place: Place) => void,
  ) {}

  async carryOut(batch: readonly Change[]): Promise<void> {
    const rows = await this.#take(batch);
    const prepared: PreparedRow[] = [];
    for (const row of rows) {
      if (!isChanged(row)) settleAll(row, null);
      else await this.#prepare(row).then((ready) => prepared.push(ready), (error) => this.#fail(row, error));
    }
    for (const atomic of packAtomics(prepared)) await this.#commit(atomic);
    if (this.isWritable) await this.#removeAbandoned();
  }

  /** The rows that the changes touch, the changes decided; empty when the disk could not be read. */
  async #take(batch: readonly Change[]): Promise<RowInHand[]> {
    try {
      const rows = await this.#load(batch);
      for (const change of batch) {
        const row = rows.get(placeName(change.place));
        if (row === undefined) continue;
        row.changes.push(change);
        row.next = change.decide(row.next);
      }
      return [...rows.values()];
    } catch (error) {
      for (const change of batch) change.settle(commitFailure(error));
      return [];
    }
  }

  async #load(batch: readonly Change[]): Promise<Map<string, RowInHand>> {
    const places = new Map(batch.map(({ place }) => [placeName(place), place]));
    const rows = new Map<string, RowInHand>();
    const unknown: Place[] = [];
    for (const [name, place] of places) {
      const before = this.known.find(place);
      if (before === undefined) unknown.push(place);
      else rows.set(name, inHand(place, before));
    }
    const read = await this.known.reader.readMany(unknown);
    for (const [i, place] of unknown.entries()) {
      const before = read[i] as Row;
      if (before.kind === "damaged") this.onDamage(place);
      rows.set(placeName(place), inHand(place, before));
    }
    return rows;
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

  async #commit(rows: readonly PreparedRow[]): Promise<void> {
    const atomic = this.kv.atomic();
    for (const { mutation } of rows) addTo(atomic, mutation);
    try {
      await atomic.commit();
    } catch (error) {
      for (const row of rows) this.#fail(row, error);
      return;
    }
    this.commits++;
    this.isWritable = true;
    for (const { place, before, next, pieces } of rows) {
      this.known.committed(place, before, next === null ? null : { record: next, pieces });
    }
    for (const row of rows) settleAll(row, null);
  }

  /** After an indefinite failure the head may stand after all, so its pieces stay until the store opens again. */
  #fail(row: RowInHand & { readonly pieces?: Pieces | null }, error: unknown): void {
    const { place, pieces = null } = row;
    const failure = commitFailure(error);
    this.isWritable = false;
    if (!failure.data.definite) this.known.doubt(place);
    else if (pieces !== null) this.#abandoned.push({ place, pieces });
    settleAll(row, failure);
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

function inHand(place: Place, before: Row): RowInHand {
  return { place, before, changes: [], next: recordOf(before) };
}

function isChanged({ before, next }: RowInHand): boolean {
  return before.kind === "damaged" || next !== recordOf(before);
}

function recordOf(row: Row): StoredRecord | null {
  return row.kind === "sound" ? row.held.record : null;
}

function settleAll({ changes }: RowInHand, failure: ChordError | null): void {
  for (const change of changes) change.settle(failure);
}
