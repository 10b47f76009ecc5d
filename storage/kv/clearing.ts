import { RowsOutOfOrderError } from "../store_errors.ts";
import { addTo, packAtomics, type RowMutation } from "./commit_packing.ts";
import { type HeadOutline, outlineHead, unpackHead } from "./head.ts";
import { type ListedHead, listHeads } from "./head_listing.ts";
import { headKey, type Place, placeName, recordsPrefix } from "./layout.ts";
import { allPieceKeys, pieceKeys } from "./pieces.ts";

/** A record on its way out. */
export interface Doomed {
  readonly place: Place;
  /** Null when its head cannot be read. */
  readonly outline: HeadOutline | null;
  readonly mutation: RowMutation;
}

/** Heads in memory at once: at most 16 KiB each. */
const roundRows = 500;

/**
 * Removes every record with its pieces, and tells of each commit what it took.
 *
 * Values are not read. Nothing else may be committed meanwhile.
 *
 * @throws RowsOutOfOrderError when a record that was removed is still listed, and what Deno KV throws.
 */
export async function clearRecords(
  kv: Deno.Kv,
  onCommit: (gone: readonly Doomed[]) => void,
): Promise<void> {
  let before: ListedHead | undefined;
  for (;;) {
    const heads = await Array.fromAsync(listHeads(kv, { prefix: recordsPrefix }, { limit: roundRows }));
    const [first] = heads;
    if (first === undefined) return;
    if (before !== undefined && placeName(first.place) === placeName(before.place)) {
      throw new RowsOutOfOrderError();
    }
    before = first;
    const doomed = await Promise.all(heads.map((head) => doom(kv, head)));
    for (const rows of packAtomics(doomed)) {
      const atomic = kv.atomic();
      for (const { mutation } of rows) addTo(atomic, mutation);
      await atomic.commit();
      onCommit(rows);
    }
  }
}

async function doom(kv: Deno.Kv, { place, head }: ListedHead): Promise<Doomed> {
  const outline = outlineHead(head);
  const deletes = await keysOfPieces(kv, place, head);
  return { place, outline, mutation: { head: { key: headKey(place), bytes: null }, deletes } };
}

async function keysOfPieces(kv: Deno.Kv, place: Place, head: unknown): Promise<Deno.KvKey[]> {
  const unpacked = unpackHead(place.key, head);
  if (unpacked === null) return await allPieceKeys(kv, place);
  return unpacked.pieces === null ? [] : pieceKeys(place, unpacked.pieces);
}
