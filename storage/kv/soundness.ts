import { DatabaseSync } from "node:sqlite";
import { isCorruption, messageOf } from "../store_errors.ts";

/** Bytes of a database file up to the two that tell which SQLite may write it, and which may read it. */
const headerBytes = 20;
const writeFormatAt = 18;
const writeFormatMax = 2;

/** Rows that no write of ours made: Deno KV panics over some of them, and refuses whole listings over others. */
const strangeRows = `select count(*) as count from kv where v_encoding not in (1, 3)
  or typeof(k) <> 'blob' or typeof(v) <> 'blob' or typeof(version) <> 'integer'`;

/**
 * What is wrong with the database file, or null. To be asked before Deno KV opens it.
 *
 * Deno KV ends the whole process when its own chores come upon a bad page, at the start or a minute later, and
 * nothing can catch that. SQLite's full check also finds what makes keys unfindable without any error: every key
 * stands twice in the file, in the table and in its index of expiries. It blocks the thread, for about a quarter
 * of the time that the scan at open takes: 0.3 s for 300,000 records.
 */
export async function flawOf(path: string): Promise<string | null> {
  const header = await readStart(path);
  if (header.length === 0) return null;
  const isReadOnly = (header[writeFormatAt] ?? 0) > writeFormatMax;
  return firstFlaw(path) ?? (isReadOnly ? "its header makes it read-only" : null);
}

function firstFlaw(path: string): string | null {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    return verdictOf(database);
  } catch (error) {
    // What is no damage is for Deno KV to fail on in its own words.
    return isCorruption(error) ? messageOf(error) : null;
  }
}

function verdictOf(database: DatabaseSync): string | null {
  const verdict = firstColumn(database, "pragma integrity_check(1)");
  if (verdict !== "ok") return String(verdict);
  const hasRows = firstColumn(database, "select count(*) from sqlite_schema where name = 'kv'") === 1;
  return hasRows && firstColumn(database, strangeRows) !== 0 ? "it has rows of a strange type" : null;
}

function firstColumn(database: DatabaseSync, sql: string): unknown {
  return Object.values(database.prepare(sql).get() ?? {})[0];
}

/** The file's first bytes; none when it is empty or not there. */
async function readStart(path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(headerBytes);
  try {
    using file = await Deno.open(path);
    return bytes.subarray(0, await file.read(bytes) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}
