import type { Log } from "../../core/ports.ts";
import {
  DirectoryInUseError,
  isCorruption,
  messageOf,
  StoreDamagedError,
  StoreFormatError,
} from "../store_errors.ts";
import { generationKey, lostDataKey, schemaKey } from "./layout.ts";
import { lastQuarantined, quarantine } from "./quarantine.ts";
import { giveUpReserve } from "./reserve.ts";
import { flawOf } from "./soundness.ts";

/** A directory that is ours until it is closed. */
export interface OpenDirectory {
  readonly kv: Deno.Kv;
  readonly generation: string;
  readonly lostData: boolean;
  /** Where the last database is that had to be set aside. */
  readonly quarantined: string | null;
  close(): void;
}

/** How a directory is opened. */
export interface Opening<T> {
  readonly openKv: (path: string) => Promise<Deno.Kv>;
  readonly log: Log;
  /** Is done with the open directory before it counts as opened. */
  readonly ready: (open: OpenDirectory) => Promise<T>;
}

/** Format of what this program writes; it opens this one and older ones. */
const schema = 1;

/**
 * Locks the directory and opens what is in it. A damaged database is set aside, and an empty one takes its place.
 *
 * SQLite opens an emptied file, or one that lost its write-ahead log, as a healthy empty database. So the
 * generation is kept twice, in the database and beside it: when the two disagree, data was lost.
 *
 * @throws DirectoryInUseError, StoreFormatError or StoreDamagedError.
 */
export async function openDirectory<T>(directory: string, opening: Opening<T>): Promise<T> {
  await Deno.mkdir(directory, { recursive: true });
  const lock = await lockDirectory(directory);
  try {
    return await openSound(directory, lock, opening);
  } catch (error) {
    lock.close();
    throw isPlainEnough(error) ? error : new StoreDamagedError(directory, { cause: error });
  }
}

async function openSound<T>(directory: string, lock: Deno.FsFile, opening: Opening<T>): Promise<T> {
  const path = databaseIn(directory);
  let reason = await flawOf(path);
  if (reason === null) {
    try {
      return await openDatabase(directory, lock, opening);
    } catch (error) {
      if (isCorruption(error)) reason = messageOf(error);
      else if (!isForWantOfRoom(error) || !await giveUpReserve(directory)) throw error;
    }
  }
  if (reason !== null) {
    opening.log("error", "store.quarantined", { path: await quarantine(path), reason });
  }
  return await openDatabase(directory, lock, opening);
}

async function openDatabase<T>(
  directory: string,
  lock: Deno.FsFile,
  { openKv, ready }: Opening<T>,
): Promise<T> {
  const kv = await openKv(`${directory}/rondo.kv`);
  try {
    await checkSchema(directory, kv);
    const quarantined = await lastQuarantined(`${directory}/rondo.kv`);
    const marks = await matchGenerations(directory, kv, quarantined !== null);
    return await ready({ kv, ...marks, quarantined, close: () => closeBoth(kv, lock) });
  } catch (error) {
    kv.close();
    throw error;
  }
}

async function lockDirectory(directory: string): Promise<Deno.FsFile> {
  const lock = await Deno.open(`${directory}/lock`, { create: true, write: true });
  if (await lock.tryLock(true)) return lock;
  lock.close();
  throw new DirectoryInUseError(directory);
}

async function checkSchema(directory: string, kv: Deno.Kv): Promise<void> {
  const { value } = await kv.get(schemaKey);
  const isKnown = value === null || (typeof value === "number" && value <= schema);
  if (!isKnown) throw new StoreFormatError(directory, value, schema);
}

async function matchGenerations(
  directory: string,
  kv: Deno.Kv,
  hasQuarantined: boolean,
): Promise<{ generation: string; lostData: boolean }> {
  const path = `${directory}/generation`;
  const beside = await readIfThere(path);
  const inside = (await kv.get<string>(generationKey)).value;
  if (inside !== null && (beside === null || beside === inside)) {
    if (beside === null) await writeWhole(path, inside);
    return { generation: inside, lostData: (await kv.get(lostDataKey)).value === true };
  }
  const lostData = beside !== null || hasQuarantined;
  const generation = crypto.randomUUID();
  await kv.atomic().set(schemaKey, schema).set(generationKey, generation).set(lostDataKey, lostData).commit();
  await writeWhole(path, generation);
  return { generation, lostData };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Writes the file such that a crash leaves all of it or none. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  using file = await Deno.open(draft, { create: true, write: true, truncate: true });
  await file.write(new TextEncoder().encode(text));
  await file.sync();
  await Deno.rename(draft, path);
}

function closeBoth(kv: Deno.Kv, lock: Deno.FsFile): void {
  kv.close();
  lock.close();
}

/** SQLite's words for a file that it cannot make or lengthen are not always that the disk is full. */
function isForWantOfRoom(error: unknown): boolean {
  return /disk is full|disk I\/O error|unable to open/.test(messageOf(error));
}

/** Errors that already say what is wrong; all others come from a database that cannot be used. */
function isPlainEnough(error: unknown): boolean {
  return error instanceof StoreFormatError ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/** The database of a store. */
export function databaseIn(directory: string): string {
  return `${directory}/rondo.kv`;
}
