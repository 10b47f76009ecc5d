import * as z from "zod";
import type { History, Operation } from "../sim/history/history.ts";
import { getJson } from "./asking.ts";
import { pause, type Place } from "./place.ts";

const pageKeys = 1_000;
/** What expires while the nodes are listed one after another may be missing at the later ones. */
const aboutToExpireMs = 30_000;
/** A write that ended so long before a look has reached every copy that it can reach. */
const settleMs = 5_000;
const pollMs = 2_000;

const page = z.object({
  keys: z.array(
    z.object({ key: z.string(), version: z.string(), expiresAt: z.string().nullable(), role: z.string() }),
  ),
  cursor: z.string().nullable(),
});
const info = z.object({ replicas: z.int() });

export interface Copy {
  readonly key: string;
  readonly node: string;
  readonly version: string;
}

/** How the copies of all keys stand, by the nodes' own listings. */
export interface Copies {
  /** Keys of which two nodes that should keep them have different versions. */
  readonly divergent: readonly string[];
  /** Keys with fewer copies than they should have, or more. */
  readonly miscounted: readonly string[];
  /** Nodes that did not list what they have. */
  readonly silent: readonly string[];
}

export interface CopiesReport {
  readonly copies: Copies;
  /** Until they were as they should be, or until it was given up. */
  readonly tookMs: number;
}

/**
 * Looks until all copies are equal and as many as they should be, or the limit is reached.
 *
 * Clients may go on meanwhile: keys that they are writing to do not count.
 */
export async function copiesBecomeEqual(
  places: readonly Place[],
  history: History,
  limitMs: number,
): Promise<CopiesReport> {
  const startedMs = performance.now();
  for (;;) {
    const copies = await compareCopies(places, history);
    const tookMs = performance.now() - startedMs;
    if (wrongKeys(copies) + copies.silent.length === 0 || tookMs > limitMs) return { copies, tookMs };
    await pause(pollMs);
  }
}

export function wrongKeys({ divergent, miscounted }: Copies): number {
  return new Set([...divergent, ...miscounted]).size;
}

async function compareCopies(places: readonly Place[], history: History): Promise<Copies> {
  const sinceMs = history.clock.now() - settleMs;
  const replicas = await replicasOf(places);
  const listings = await Promise.all(places.map(listAll));
  const silent = places.filter((_, i) => listings[i] === null).map(({ url }) => url);
  const unsettled = keysWrittenSince(history.operations, sinceMs);
  const copies = listings.flatMap((copies) => copies ?? []).filter(({ key }) => !unsettled.has(key));
  return { ...judgeCopies(copies, Math.min(replicas, places.length)), silent };
}

/** Keys of writes that had not ended by then. One of unknown outcome may still be under way for a while. */
function keysWrittenSince(operations: readonly Operation[], sinceMs: number): Set<string> {
  const isRecent = ({ kind, callMs, returnMs }: Operation) =>
    kind !== "get" && (returnMs === Infinity ? callMs > sinceMs - settleMs : returnMs > sinceMs);
  return new Set(operations.filter(isRecent).map(({ key }) => key));
}

/** @param replicas how many copies of each key there should be. */
export function judgeCopies(copies: readonly Copy[], replicas: number): Omit<Copies, "silent"> {
  const byKey = [...Map.groupBy(copies, ({ key }) => key)];
  const named = (isSo: (ofKey: readonly Copy[]) => boolean) =>
    byKey.filter(([, ofKey]) => isSo(ofKey)).map(([key]) => key);
  return {
    divergent: named((ofKey) => new Set(ofKey.map(({ version }) => version)).size > 1),
    miscounted: named((ofKey) => new Set(ofKey.map(({ node }) => node)).size !== replicas),
  };
}

async function replicasOf(places: readonly Place[]): Promise<number> {
  for (const { url } of places) {
    const answer = info.safeParse(await getJson(`${url}/api/node/info`));
    if (answer.success) return answer.data.replicas;
  }
  return 1;
}

/** All that the node keeps as one of those that should; what it only has yet to give away does not count. */
export async function listAll({ url }: Place): Promise<Copy[] | null> {
  const copies: Copy[] = [];
  for (let cursor: string | null = "";;) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const answer = page.safeParse(await getJson(`${url}/api/keys?scope=node&limit=${pageKeys}${after}`));
    if (!answer.success) return null;
    for (const { key, version, expiresAt, role } of answer.data.keys) {
      const isStable = expiresAt === null || Date.parse(expiresAt) > Date.now() + aboutToExpireMs;
      if (isStable && role !== "holder") copies.push({ key, version, node: url });
    }
    cursor = answer.data.cursor;
    if (cursor === null) return copies;
  }
}
