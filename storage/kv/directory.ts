import { ChordError } from "../../core/errors.ts";
import { DirectoryInUseError, StoreDamagedError, StoreFormatError } from "../store_errors.ts";
import { generationKey, lostDataKey, schemaKey } from "./layout.ts";

/** A directory that is ours until it is closed. */
export interface OpenDirectory {
  readonly kv: Deno.Kv;
  readonly generation: string;
  readonly lostData: boolean;
  close(): void;
}

/** Format of what this program writes; it opens this one and older ones. */
const schema = 1;

/**
 * Locks the directory and opens what is in it.
 *
 * SQLite opens an emptied file, or one that lost its write-ahead log, as a healthy empty database. So the
 * generation is kept twice, in the database and beside it: when the two disagree, data was lost.
 *
 * @param ready is done with the open directory before it counts as opened; what it throws means damage.
 * @throws DirectoryInUseError, StoreFormatError or StoreDamagedError.
 */
export async function openDirectory<T>(
  directory: string,
  openKv: (path: string) => Promise<Deno.Kv>,
  ready: (open: OpenDirectory) => Promise<T>,
): Promise<T> {
  await Deno.mkdir(directory, { recursive: true });
  const lock = await lockDirectory(directory);
  let kv: Deno.Kv | null = null;
  try {
    const opened = kv = await openKv(`${directory}/rondo.kv`);
    await checkSchema(directory, opened);
    const marks = await matchGenerations(directory, opened);
    return await ready({ kv: opened, ...marks, close: () => closeBoth(opened, lock) });
  } catch (error) {
    closeBoth(kv, lock);
    throw isPlainEnough(error) ? error : new StoreDamagedError(directory, { cause: error });
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
): Promise<{ generation: string; lostData: boolean }> {
  const path = `${directory}/generation`;
  const beside = await readIfThere(path);
  const inside = (await kv.get<string>(generationKey)).value;
  if (inside !== null && (beside === null || beside === inside)) {
    if (beside === null) await writeWhole(path, inside);
    return { generation: inside, lostData: (await kv.get(lostDataKey)).value === true };
  }
  const lostData = beside !== null;
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

function closeBoth(kv: Deno.Kv | null, lock: Deno.FsFile): void {
  kv?.close();
  lock.close();
}

/** Errors that already say what is wrong; all others come from a database that cannot be read. */
function isPlainEnough(error: unknown): boolean {
  return error instanceof StoreFormatError || error instanceof ChordError ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}
