import type { StoredRecord } from "../../core/data/record.ts";
import type { PartitionRange } from "../../core/partition.ts";
import type { Cursor, PageLimits, RecordPage } from "../../core/ports.ts";
import { utf8Bytes } from "../keys.ts";
import { outlineHead } from "./head.ts";
import { listHeads } from "./head_listing.ts";
import type { Place } from "./layout.ts";
import type { HeldRecord } from "./record_cache.ts";
import type { Row } from "./row_reader.ts";

export interface PageQuery {
  readonly range: PartitionRange;
  readonly after: Cursor | null;
  readonly limits: PageLimits;
}

/** Ways to the whole record, from the head that a listing gives. */
export interface RecordSource {
  /** The record, if it is in memory. */
  held(place: Place): HeldRecord | undefined;
  follow(place: Place, head: unknown): Promise<Row>;
  /** The record of a row that seemed damaged, or null if it is gone or damaged indeed. */
  inspect(place: Place): Promise<StoredRecord | null>;
}

/** A listing reads whole heads, so it asks for no more than a page is likely to take. */
const listBatchMax = 256;

/** Reads one page in the order of the heads. Damaged records are left out, so a page may be empty. */
export async function readPage(kv: Deno.Kv, query: PageQuery, source: RecordSource): Promise<RecordPage> {
  const { recordsMax, bytesMax } = query.limits;
  const batchSize = Math.min(Math.max(1, recordsMax) + 1, listBatchMax);
  const records: StoredRecord[] = [];
  let bytes = 0;
  let last: Cursor | null = null;
  for await (const { place, head } of listHeads(kv, bounds(query), { batchSize })) {
    bytes += utf8Bytes(place.key) + (outlineHead(head)?.valueBytes ?? 0);
    const isFull = records.length >= recordsMax || bytes > bytesMax;
    if (isFull && last !== null) return { records, next: last };
    const record = await recordAt(place, head, source);
    if (record === null) continue;
    records.push(record);
    last = place;
  }
  return { records, next: null };
}

async function recordAt(place: Place, head: unknown, source: RecordSource): Promise<StoredRecord | null> {
  const held = source.held(place);
  if (held !== undefined) return held.record;
  const row = await source.follow(place, head);
  return row.kind === "sound" ? row.held.record : await source.inspect(place);
}

/** The rows of the range after the cursor; a key with a zero behind it is the next one that could exist. */
function bounds({ range, after }: PageQuery): Deno.KvListSelector {
  const end = ["r", range.last + 1];
  if (after === null || after.partition < range.first) return { start: ["r", range.first], end };
  const start = ["r", after.partition, `${after.key}\0`];
  return after.partition > range.last ? { start: end, end } : { start, end };
}
