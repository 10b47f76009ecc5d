/** SQLite keeps a database in up to three files. */
const endings = ["", "-wal", "-shm"];
const mark = ".corrupt-";

/** A disk that damaged as many databases will damage the next one too, and they fill it up. */
const databasesMax = 8;

/**
 * Sets a database aside that cannot be used, for somebody to look at. Nothing in it is changed.
 *
 * @param path of the database; a file of it that is not there is no mistake.
 * @returns where the database is now.
 * @throws Error when there are too many already.
 */
export async function quarantine(path: string, now: Date = new Date()): Promise<string> {
  if ((await quarantinedIn(path)).length >= databasesMax) {
    throw new Error(`the disk damaged ${databasesMax} databases before, which are there as ${path}${mark}*`);
  }
  const suffix = mark + now.toISOString().replaceAll(/[-:]/g, "");
  for (const ending of endings) await renameIfThere(path + ending, path + ending + suffix);
  return path + suffix;
}

/** The database that was set aside last, or null. */
export async function lastQuarantined(path: string): Promise<string | null> {
  return (await quarantinedIn(path)).at(-1) ?? null;
}

/** The databases that were set aside, the oldest first. */
async function quarantinedIn(path: string): Promise<string[]> {
  const cut = path.lastIndexOf("/") + 1;
  const [folder, name] = [path.slice(0, cut), path.slice(cut)];
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  return names.filter((each) => each.startsWith(name + mark)).sort().map((each) => folder + each);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
