import { compareKeys } from "../keys.ts";
import { RowsOutOfOrderError } from "../store_errors.ts";
import type { Place } from "./layout.ts";

export interface ListedHead {
  readonly place: Place;
  readonly head: unknown;
}

/**
 * The heads of records that a selector takes, in the order of the port.
 *
 * A tree whose keys were damaged gives rows that are not ours, or goes round in circles: its listing is cut off
 * as soon as that shows.
 *
 * @throws RowsOutOfOrderError, and what Deno KV throws when a page of the file cannot be read.
 */
export async function* listHeads(
  kv: Deno.Kv,
  selector: Deno.KvListSelector,
  options: Deno.KvListOptions,
): AsyncGenerator<ListedHead> {
  let before: Place | null = null;
  for await (const { key, value: head } of kv.list(selector, options)) {
    const place = placeOf(key);
    if (before !== null && !isBefore(before, place)) throw new RowsOutOfOrderError();
    yield { place, head };
    before = place;
  }
}

function placeOf([kind, partition, key]: Deno.KvKey): Place {
  const isOurs = kind === "r" && typeof key === "string" && typeof partition === "number" &&
    Number.isInteger(partition) && partition >= 0;
  if (!isOurs) throw new RowsOutOfOrderError();
  return { partition, key };
}

function isBefore(a: Place, b: Place): boolean {
  return a.partition === b.partition ? compareKeys(a.key, b.key) < 0 : a.partition < b.partition;
}
