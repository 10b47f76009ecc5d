import { DatabaseSync } from "node:sqlite";

/** Sizes of a reserve, the best first. The largest holds one checkpoint of SQLite's log, all its pages new. */
const sizes = [4 * 1024 * 1024, 1024 * 1024, 256 * 1024];
const chunkBytes = 65_536;

/** A full disk is not asked more often than this. */
const retryMs = 900;

/**
 * Room on the disk that is kept for deletions.
 *
 * On a full disk Deno KV cannot even delete: every commit grows SQLite's log first. So a file of nothing lies
 * beside the database, and gives way when the disk is full. Values may be written again once there is room for
 * that file too; else they would use up what the deletions were to have.
 */
export class Reserve {
  #isSpent = true;
  #failedAtMs = -Infinity;

  private constructor(
    readonly path: string,
    readonly database: string,
    readonly bytesMax: number,
    readonly now: () => number,
  ) {}

  /**
   * @param directory of the database `rondo.kv`.
   * @param bytesMax none larger than that; 0 makes it a reserve that is never there and never missing.
   */
  static async open(directory: string, bytesMax = Infinity, now = () => performance.now()): Promise<Reserve> {
    const reserve = new Reserve(reservePath(directory), `${directory}/rondo.kv`, bytesMax, now);
    reserve.#isSpent = !await reserve.#isThere() && !await reserve.refill();
    return reserve;
  }

  /** True from a `makeRoom` until a `refill` succeeds: what room there is belongs to the deletions. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Makes what room there can be for a deletion, which is then worth another try. */
  async makeRoom(): Promise<void> {
    if (this.bytesMax === 0) return;
    this.#isSpent = true;
    await removeIfThere(this.path);
    checkpoint(this.database);
  }

  /** Takes the room again if there is enough. Says whether the reserve is whole. */
  async refill(): Promise<boolean> {
    const nowMs = this.now();
    if (nowMs < this.#failedAtMs + retryMs) return false;
    this.#isSpent = this.bytesMax > 0 && !await this.#write();
    if (this.#isSpent) this.#failedAtMs = nowMs;
    return !this.#isSpent;
  }

  async #isThere(): Promise<boolean> {
    if (this.bytesMax === 0) return true;
    try {
      return sizes.includes((await Deno.stat(this.path)).size);
    } catch {
      return false;
    }
  }

  async #write(): Promise<boolean> {
    for (const size of sizes.filter((size) => size <= this.bytesMax)) {
      try {
        await fill(this.path, size);
        return true;
      } catch {
        // Too much for this disk, or it takes nothing at all: then values are better refused as well.
        await removeIfThere(this.path);
      }
    }
    return false;
  }
}

/** Lets go of the reserve of a database that cannot be opened for want of room. Says whether there was one. */
export async function giveUpReserve(directory: string): Promise<boolean> {
  return await removeIfThere(reservePath(directory));
}

function reservePath(directory: string): string {
  return `${directory}/reserve`;
}

async function removeIfThere(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Moves SQLite's log into the database, so that it begins anew in the room it has, instead of growing on.
 *
 * SQLite does so by itself every 4 MiB, which is more than a small disk may have left. Waits for nobody.
 */
function checkpoint(database: string): void {
  try {
    using connection = new DatabaseSync(database);
    connection.exec("pragma wal_checkpoint(passive)");
  } catch {
    // Then the deletions make do with what the reserve held.
  }
}

/** Random, because some file systems find room for any number of zeros. */
async function fill(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  const chunk = crypto.getRandomValues(new Uint8Array(chunkBytes));
  for (let written = 0; written < size;) {
    written += await file.write(chunk.subarray(0, Math.min(chunkBytes, size - written)));
  }
}
