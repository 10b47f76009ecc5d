import { TooLargeError } from "../../core/errors.ts";
import type { Pieces } from "./head.ts";
import { encodedBytes, pieceKey, piecesPrefix, type Place, uploadKey, uploadsPrefix } from "./layout.ts";

/** Deno KV's longest value. */
export const pieceBytes = 65_536;

/**
 * The longest value that stays in its head.
 *
 * Well below `pieceBytes`, because Deno KV cannot list keys without values: the scan at open and every page
 * read all the heads of their range.
 */
export const valueHereBytesMax = 16_384;

/** 720,896 bytes of pieces and their keys stay below the 819,200 of an atomic. */
const piecesPerCommit = 11;

/** All pieces of a value must be removable in one atomic, which takes 81,920 bytes of keys. */
const pieceKeysBytesMax = 60_000;

/** Deno KV answers at most this many keys at once. */
export const keysPerGet = 10;

interface UploadNote extends Place {
  readonly pieces: number;
}

/**
 * Refuses a value of so many pieces that no single commit could replace it. It takes tens of megabytes under a
 * short key, 3 MiB under the longest.
 *
 * @throws TooLargeError
 */
export function assertRemovable(place: Place, valueBytes: number): void {
  if (valueBytes <= valueHereBytesMax) return;
  const keyBytes = encodedBytes(pieceKey(place, crypto.randomUUID(), 0));
  if (pieceCount(valueBytes) * keyBytes > pieceKeysBytesMax) {
    throw new TooLargeError(`Cannot store a value of ${valueBytes} bytes under this key`);
  }
}

/** Keys of all pieces of an upload. */
export function pieceKeys(place: Place, { upload, bytes }: Pieces): Deno.KvKey[] {
  return Array.from({ length: pieceCount(bytes) }, (_, index) => pieceKey(place, upload, index));
}

/**
 * Stores the value under `pieces`, ahead of its head.
 *
 * The first commit also leaves a note of the upload, which the commit of the head removes. Whatever is cut off
 * in between can so be found again without a scan through all values.
 */
export async function storePieces(
  kv: Deno.Kv,
  place: Place,
  pieces: Pieces,
  value: Uint8Array,
): Promise<void> {
  const keys = pieceKeys(place, pieces);
  for (let first = 0; first < keys.length; first += piecesPerCommit) {
    const atomic = kv.atomic();
    if (first === 0) atomic.set(uploadKey(pieces.upload), noteOf(place, keys.length));
    for (const [i, key] of keys.slice(first, first + piecesPerCommit).entries()) {
      const start = (first + i) * pieceBytes;
      atomic.set(key, value.subarray(start, start + pieceBytes));
    }
    await atomic.commit();
  }
}

/** The value put together again; null when a piece is missing or too short. */
export async function loadPieces(kv: Deno.Kv, place: Place, pieces: Pieces): Promise<Uint8Array | null> {
  const value = new Uint8Array(pieces.bytes);
  const keys = pieceKeys(place, pieces);
  let filled = 0;
  for (let first = 0; first < keys.length; first += keysPerGet) {
    for (const { value: piece } of await kv.getMany(keys.slice(first, first + keysPerGet))) {
      if (!(piece instanceof Uint8Array) || filled + piece.length > value.length) return null;
      value.set(piece, filled);
      filled += piece.length;
    }
  }
  return filled === value.length ? value : null;
}

/** Removes what uploads left behind that never got their head. Says how many there were. */
export async function sweepUploads(kv: Deno.Kv): Promise<number> {
  const notes = await Array.fromAsync(kv.list<UploadNote>({ prefix: uploadsPrefix }));
  for (const { key, value } of notes) {
    await removePieces(kv, value, { upload: String(key[1]), bytes: value.pieces * pieceBytes });
  }
  return notes.length;
}

export async function removePieces(kv: Deno.Kv, place: Place, pieces: Pieces): Promise<void> {
  const atomic = kv.atomic().delete(uploadKey(pieces.upload));
  for (const key of pieceKeys(place, pieces)) atomic.delete(key);
  await atomic.commit();
}

/** Keys of every piece that lies under the place, whichever upload it is of. */
export async function allPieceKeys(kv: Deno.Kv, place: Place): Promise<Deno.KvKey[]> {
  const entries = kv.list({ prefix: piecesPrefix(place) }, { batchSize: keysPerGet });
  return (await Array.fromAsync(entries)).map(({ key }) => key);
}

/** At least one, so that the note of an upload is always written with something. */
function pieceCount(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / pieceBytes));
}

function noteOf({ partition, key }: Place, pieces: number): UploadNote {
  return { partition, key, pieces };
}
