import type { StoredRecord } from "../../core/data/record.ts";
import { packHead, type Pieces } from "./head.ts";
import { documentsPartition, encodedBytes, headKey, type Place, uploadKey } from "./layout.ts";

/** Everything that must change together for one place. */
export interface RowMutation {
  readonly head: { readonly key: Deno.KvKey; readonly bytes: Uint8Array | null };
  readonly deletes: readonly Deno.KvKey[];
}

interface Weight {
  readonly mutations: number;
  readonly keyBytes: number;
  readonly bytes: number;
}

/** Deno KV's limits on one atomic, a little lowered: its sizes include a few bytes that we do not count. */
const atomicMax: Weight = { mutations: 1_000, keyBytes: 80_000, bytes: 800_000 };

/** The head that is to stand at the place (none: it is removed), and what that makes superfluous. */
export function rowMutation(
  place: Place,
  { next, pieces, superfluous }: {
    next: StoredRecord | null;
    pieces: Pieces | null;
    superfluous: readonly Deno.KvKey[];
  },
): RowMutation {
  return {
    head: { key: headKey(place), bytes: next === null ? null : packHead(next, pieces) },
    deletes: pieces === null ? superfluous : [...superfluous, uploadKey(pieces.upload)],
  };
}

/**
 * Cuts the rows into as few atomics as Deno KV's limits allow.
 *
 * In order of the partitions, which SQLite's tree takes twice as fast as any other, and documents last: a
 * document may speak of records that were merged before it was saved.
 */
export function packAtomics<T extends { readonly place: Place; readonly mutation: RowMutation }>(
  rows: readonly T[],
): T[][] {
  const atomics: T[][] = [];
  let open: T[] = [];
  let weight: Weight = { mutations: 0, keyBytes: 0, bytes: 0 };
  for (const row of rows.toSorted((a, b) => rank(a.place) - rank(b.place))) {
    const own = weightOf(row.mutation);
    const sum = add(weight, own);
    const fits = open.length === 0 || isWithin(sum);
    if (!fits) atomics.push(open);
    open = fits ? open : [];
    weight = fits ? sum : own;
    open.push(row);
  }
  return open.length === 0 ? atomics : [...atomics, open];
}

export function addTo(atomic: Deno.AtomicOperation, { head, deletes }: RowMutation): void {
  if (head.bytes === null) atomic.delete(head.key);
  else atomic.set(head.key, head.bytes);
  for (const key of deletes) atomic.delete(key);
}

function rank({ partition }: Place): number {
  return partition === documentsPartition ? Infinity : partition;
}

function weightOf({ head, deletes }: RowMutation): Weight {
  let keyBytes = encodedBytes(head.key);
  for (const key of deletes) keyBytes += encodedBytes(key);
  return { mutations: 1 + deletes.length, keyBytes, bytes: keyBytes + (head.bytes?.length ?? 0) };
}

function add(a: Weight, b: Weight): Weight {
  return {
    mutations: a.mutations + b.mutations,
    keyBytes: a.keyBytes + b.keyBytes,
    bytes: a.bytes + b.bytes,
  };
}

function isWithin({ mutations, keyBytes, bytes }: Weight): boolean {
  return mutations <= atomicMax.mutations && keyBytes <= atomicMax.keyBytes && bytes <= atomicMax.bytes;
}
