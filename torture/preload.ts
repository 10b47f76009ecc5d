import { type PutRow, RondoClient } from "../client/mod.ts";
import type { History, Pending } from "../sim/history/history.ts";
import type { Ring } from "./ring.ts";
import { keyAt, valueOf } from "./workload.ts";

/** Apart from the values that clients write later. */
const preloadSeed = -1;

interface Row extends PutRow {
  readonly pending: Pending;
}

/**
 * Puts the keys that are there from the beginning.
 *
 * @throws PreloadError when not all are stored: a ring that cannot take keys in peace need not be tortured.
 */
export async function preload(ring: Ring, history: History, keys: number): Promise<void> {
  const client = new RondoClient({ urls: ring.serving.map(({ url }) => url) });
  let stored = 0;
  let why = "";
  for await (const results of client.putMany(rows(history, keys))) {
    for (const result of results) {
      const { pending } = result.row;
      if (result.outcome === "stored") {
        stored++;
        pending.ok({ version: result.version });
        continue;
      }
      why = result.error.message;
      if (result.outcome === "failed") pending.fail();
      else pending.info();
    }
  }
  if (stored < keys) throw new PreloadError(`Cannot preload ${keys} keys: ${stored} were stored; ${why}`);
}

export class PreloadError extends Error {
  override readonly name = "PreloadError";
}

function* rows(history: History, keys: number): Generator<Row> {
  for (let i = 0; i < keys; i++) {
    const [key, value] = [keyAt(i), valueOf(preloadSeed, i)];
    yield { key, value, pending: history.begin({ client: "preload", kind: "put", key, value }) };
  }
}
