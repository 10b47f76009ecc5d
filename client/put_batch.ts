import type { Version } from "../core/data/version.ts";
import { written } from "../core/protocol_shapes.ts";
import type { Attempt, HttpRequest } from "./exchange.ts";
import type { Persistence, PersistOptions } from "./persistence.ts";
import { newRequestId } from "./request_id.ts";
import { isTransient, RondoError } from "./rondo_error.ts";
import { decodeBatch, encodeBatch, type RpcOutcome } from "./rpc_batch.ts";
import type { Answer } from "./server_error.ts";

/** One row of `putMany`. */
export interface PutRow {
  readonly key: string;
  readonly value: Uint8Array | string;
  readonly ttlSeconds?: number;
  /** Instead of a ttl: the moment itself. */
  readonly expiresAt?: Date;
}

/** What became of a row; `unknown` rows may or may not have been stored. */
export type RowResult<R extends PutRow = PutRow> =
  | { readonly outcome: "stored"; readonly row: R; readonly version: Version; readonly created: boolean }
  | { readonly outcome: "failed" | "unknown"; readonly row: R; readonly error: RondoError };

/** A row on its way. Its request id stays through all repeats: they are one write. */
interface Pending<R extends PutRow> {
  readonly row: R;
  readonly requestId: string;
  mayHaveHappened: boolean;
  result: RowResult<R> | null;
}

type Send = (request: HttpRequest, at: Attempt) => Promise<Answer>;

/** Writes up to 64 rows in one request, and again those that a passing trouble kept out. Never throws a RondoError. */
export async function putBatch<R extends PutRow>(
  rows: readonly R[],
  persistence: Persistence,
  send: Send,
  options: Omit<PersistOptions, "isRepeatable">,
): Promise<RowResult<R>[]> {
  const all = rows.map((row): Pending<R> => ({
    row,
    requestId: newRequestId(),
    mayHaveHappened: false,
    result: null,
  }));
  try {
    await persistence.call((at) => attemptOnce(all, send, at), { ...options, isRepeatable: true });
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    settleRest(all, error);
  }
  return all.flatMap(({ result }) => result ?? []);
}

/** @throws RondoError of the first row that deserves another attempt, so that the caller makes one. */
async function attemptOnce<R extends PutRow>(all: Pending<R>[], send: Send, at: Attempt): Promise<void> {
  const open = all.filter(({ result }) => result === null);
  const outcomes = await sendRows(open, send, at);
  const errors = open.flatMap((pending, index) => settle(pending, outcomes[index]) ?? []);
  if (errors[0] !== undefined) throw errors[0];
}

async function sendRows<R extends PutRow>(open: Pending<R>[], send: Send, at: Attempt) {
  const calls = open.map(({ row, requestId }) => ({ method: "kv.put", params: paramsOf(row, requestId) }));
  try {
    const answer = await send({
      method: "POST",
      path: "/rpc",
      headers: { "content-type": "application/json" },
      body: encodeBatch(calls),
      effect: "repeatable",
    }, at);
    return decodeBatch(answer, open.length, written, true);
  } catch (error) {
    if (error instanceof RondoError && !error.definite) {
      for (const row of open) row.mayHaveHappened = true;
    }
    throw error;
  }
}

function paramsOf(row: PutRow, requestId: string) {
  const bytes = typeof row.value === "string" ? new TextEncoder().encode(row.value) : row.value;
  return {
    key: row.key,
    value: bytes.toBase64(),
    ...(row.ttlSeconds === undefined ? {} : { ttlMs: row.ttlSeconds * 1_000 }),
    ...(row.expiresAt === undefined ? {} : { expiresAtMs: row.expiresAt.getTime() }),
    requestId,
  };
}

/** Notes what the node said of the row. Gives the error back when the row is worth another attempt. */
function settle<R extends PutRow>(
  pending: Pending<R>,
  outcome: RpcOutcome<{ version: Version; created: boolean }> | undefined,
): RondoError | null {
  if (outcome === undefined) return null;
  if ("result" in outcome) {
    const { version, created } = outcome.result;
    pending.result = { outcome: "stored", row: pending.row, version, created };
    return null;
  }
  pending.mayHaveHappened ||= !outcome.error.definite;
  if (isTransient(outcome.error)) return outcome.error;
  pending.result = lost(pending, outcome.error);
  return null;
}

function settleRest<R extends PutRow>(all: Pending<R>[], error: RondoError): void {
  for (const pending of all) pending.result ??= lost(pending, error);
}

function lost<R extends PutRow>({ row, mayHaveHappened }: Pending<R>, error: RondoError): RowResult<R> {
  return mayHaveHappened
    ? { outcome: "unknown", row, error: error.asIndefinite() }
    : { outcome: "failed", row, error };
}
