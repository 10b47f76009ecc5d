import { type PutRow, type RowResult } from "./put_batch.ts";
import { clientErrorCode } from "./rondo_error.ts";
import { batchCallsMax } from "./rpc_batch.ts";

/** Batches in flight: enough to hide the round trip, few enough not to crowd out other clients. */
export const concurrencyDefault = 4;

/** Bytes of JSON in a batch, unless one row alone is larger. A node takes at least 4/3 MiB in one request. */
export const batchBytesMax = 1024 * 1024;

/** JSON around a row's key and value, generously. */
const rowOverheadBytes = 256;

/** Rows in groups that a node takes in one request, in order. */
export async function* batchesOf<R extends PutRow>(
  rows: Iterable<R> | AsyncIterable<R>,
  rowsMax: number,
): AsyncGenerator<R[], void, undefined> {
  let batch: R[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const rowBytes = bytesOnWire(row);
    if (batch.length > 0 && bytes + rowBytes > batchBytesMax) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(row);
    bytes += rowBytes;
    if (batch.length >= Math.min(rowsMax, batchCallsMax)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
  }
  if (batch.length > 0) yield batch;
}

/** An upper bound: a character is at most six bytes in a JSON string, three in UTF-8. */
function bytesOnWire({ key, value }: PutRow): number {
  const valueBytes = typeof value === "string" ? 3 * value.length : value.length;
  return rowOverheadBytes + 6 * key.length + Math.ceil(valueBytes / 3) * 4;
}

/**
 * Runs `put` on the batches, a few at a time, and yields each batch's results as it ends.
 *
 * It takes no further rows once a batch found no node to talk to: rows that were not yielded were not sent. When
 * the reader stops early, what is in flight is aborted.
 */
export async function* inFlight<R extends PutRow>(
  batches: AsyncGenerator<R[], void, undefined>,
  put: (rows: R[], signal: AbortSignal) => Promise<RowResult<R>[]>,
  concurrency: number,
): AsyncGenerator<RowResult<R>[], void, undefined> {
  const stop = new AbortController();
  const running = new Map<number, Promise<{ slot: number; results: RowResult<R>[] }>>();
  let isOpen = true;
  try {
    for (let slot = 0;; slot++) {
      if (isOpen && running.size < concurrency) {
        const { value: rows } = await batches.next();
        if (rows === undefined) isOpen = false;
        else running.set(slot, put(rows, stop.signal).then((results) => ({ slot, results })));
        continue;
      }
      if (running.size === 0) return;
      const ended = await Promise.race(running.values());
      running.delete(ended.slot);
      if (ended.results.every(foundNobody)) isOpen = false;
      yield ended.results;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running.values());
    await batches.return();
  }
}

/** Whether the last word on the row was that no node could be reached. */
function foundNobody(result: RowResult): boolean {
  return result.outcome !== "stored" && outages.has(result.error.code);
}

const outages: ReadonlySet<string> = new Set([
  clientErrorCode.unreachable,
  clientErrorCode.connectionLost,
  clientErrorCode.timeout,
  clientErrorCode.aborted,
]);
