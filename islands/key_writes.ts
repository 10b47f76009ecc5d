import { RondoClient, RondoError } from "../client/mod.ts";
import type { StoredValue } from "../components/keys/edit.ts";
import type { Problem } from "../components/keys/listed_key.ts";
import type { KeyPlace, OpenKey, SaveOutcome } from "../components/keys/open_key.ts";
import { secondsLeft } from "../components/keys/ttl.ts";
import type { DeletedKey } from "../components/keys/undo.ts";
import { problemOf } from "./problem_of.ts";

/** A client for the origin that the page came from. */
export function ownClient(): RondoClient {
  return new RondoClient({ url: location.origin, attemptsMax: 3 });
}

export interface Write {
  readonly key: string;
  readonly value: Uint8Array;
  readonly ttlSeconds: number | null;
  /** None: whatever is there is replaced. */
  readonly condition: { readonly ifVersion: string } | { readonly ifAbsent: true } | null;
}

export async function saveKey(client: RondoClient, write: Write): Promise<SaveOutcome> {
  const { key, value, ttlSeconds, condition } = write;
  try {
    const ttl = ttlSeconds === null ? {} : { ttlSeconds };
    const { version, expiresAt, owner, replicas } = await client.put(key, value, { ...ttl, ...condition });
    return { kind: "saved", version, expiresAtMs: expiresAt?.getTime() ?? null, owner, replicas };
  } catch (error) {
    return await explained(client, key, error);
  }
}

/** Deletes the key only as it was seen: what somebody else wrote meanwhile is not thrown away unseen. */
export async function deleteKey(client: RondoClient, key: string, version: string): Promise<SaveOutcome> {
  try {
    const { version: deletion } = await client.delete(key, { ifVersion: version });
    return { kind: "saved", version: deletion, expiresAtMs: null, owner: null, replicas: [] };
  } catch (error) {
    return await explained(client, key, error);
  }
}

/** Puts back what was deleted, unless the key has come to be again, or its time is over. */
export async function restoreKey(
  client: RondoClient,
  { key, value, expiresAtMs }: DeletedKey,
  nowMs: number,
): Promise<SaveOutcome> {
  const ttlSeconds = secondsLeft(expiresAtMs, nowMs);
  if (ttlSeconds === 0) {
    const message = "Cannot put it back: its time was over meanwhile";
    return { kind: "failed", problem: { message, requestId: null } };
  }
  return await saveKey(client, { key, value, ttlSeconds, condition: { ifAbsent: true } });
}

async function explained(client: RondoClient, key: string, error: unknown): Promise<SaveOutcome> {
  if (!(error instanceof RondoError) || error.status !== 412) {
    return { kind: "failed", problem: problemOf(error) };
  }
  try {
    return { kind: "overtaken", theirs: await readStored(client, key) };
  } catch (readError) {
    return { kind: "failed", problem: problemOf(readError) };
  }
}

async function readStored(client: RondoClient, key: string): Promise<StoredValue | null> {
  const { found, value, version, expiresAt } = await client.get(key);
  if (!found) return null;
  return { value, version, expiresAtMs: expiresAt?.getTime() ?? null };
}

/** The value of a key and its place; the one does not wait for the other, and is worth showing without it. */
export async function readKey(client: RondoClient, key: string): Promise<OpenKey> {
  const [got, place] = await Promise.all([
    client.get(key).catch(problemOf),
    placeOf(client, key).catch(problemOf),
  ]);
  if ("message" in got) return { kind: "failed", key, problem: got };
  const known = "message" in place ? null : place;
  if (!got.found) return { kind: "absent", key, version: got.version, place: known };
  const { value, version, expiresAt } = got;
  const stored = { value, version, expiresAtMs: expiresAt?.getTime() ?? null };
  return { kind: "found", key, stored, place: known };
}

/** @throws RondoError */
export async function placeOf(client: RondoClient, key: string, signal?: AbortSignal): Promise<KeyPlace> {
  const found = await client.lookup(key, signal === undefined ? {} : { signal });
  const { keyHash, partition, responsibleNode: owner, replicas: keepers } = found;
  return { key, keyHash, partition, owner, keepers };
}

export interface BulkOutcome {
  readonly deleted: ReadonlySet<string>;
  readonly failures: readonly { readonly key: string; readonly problem: Problem }[];
}

/** Deletions at a time: enough to use the ring, few enough to leave it to others. */
const inFlightMax = 8;

/** Deletes many keys, whatever is in them. @param onProgress told how many had their turn. */
export async function deleteKeys(
  client: RondoClient,
  keys: readonly string[],
  onProgress: (done: number) => void,
): Promise<BulkOutcome> {
  const deleted = new Set<string>();
  const failures: { key: string; problem: Problem }[] = [];
  const waiting = keys.values();
  const work = async () => {
    for (const key of waiting) {
      try {
        await client.delete(key);
        deleted.add(key);
      } catch (error) {
        failures.push({ key, problem: problemOf(error) });
      }
      onProgress(deleted.size + failures.length);
    }
  };
  await Promise.all(Array.from({ length: inFlightMax }, work));
  return { deleted, failures };
}
