import type { SeededRandom } from "../sim/random.ts";

/** The file of Deno KV in a node's directory. What is in its write-ahead log is newer, so both are flipped. */
const storeFiles = ["rondo.kv", "rondo.kv-wal"];

/** Turns so many bits of a stopped node's store. Says where, as `file:byte`. */
export async function flipBits(directory: string, bits: number, random: SeededRandom): Promise<string[]> {
  const files = await Promise.all(storeFiles.map((name) => readIfThere(`${directory}/${name}`)));
  const total = files.reduce((sum, bytes) => sum + bytes.length, 0);
  if (total === 0) throw new Error(`Cannot flip bits in ${directory}: there is no store`);
  const flipped = Array.from({ length: bits }, () => {
    let at = random.integer(0, total * 8 - 1);
    const index = files.findIndex((bytes) => at < bytes.length * 8 || (at -= bytes.length * 8) < 0);
    const bytes = files[index] ?? new Uint8Array();
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
    return `${storeFiles[index]}:${at >> 3}`;
  });
  for (const [i, bytes] of files.entries()) {
    if (bytes.length > 0) await Deno.writeFile(`${directory}/${storeFiles[i]}`, bytes);
  }
  return flipped;
}

async function readIfThere(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}
