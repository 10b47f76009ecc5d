import type { RingConfig } from "../core/config.ts";
import { loadNodeDocument } from "../core/node_document.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Log } from "../core/ports.ts";
import { KvStore } from "../storage/kv_store.ts";
import { databaseIn } from "../storage/kv/directory.ts";
import { usedBytes } from "../storage/kv/used_bytes.ts";
import type { NodeStore } from "../storage/node_store.ts";
import { endlessRoom, type Room } from "../storage/room.ts";
import { DiskQuota } from "./disk_quota.ts";
import { ConfigurationError, exitCode, StartError } from "./exit_code.ts";

/** What the store in the directory may use of the disk. */
export function quotaOf(directory: string, bytesMax: number, log: Log): DiskQuota {
  return new DiskQuota({ bytesMax, used: () => usedBytes(databaseIn(directory)), log });
}

/** Name of the document that says for which ring the data was written. */
const markName = "ring";

/**
 * Opens the store of a node.
 *
 * @throws ConfigurationError when the directory cannot be used at all, and what KvStore.open throws.
 */
export async function openDataDirectory(
  directory: string,
  log: Log,
  room: Room = endlessRoom,
): Promise<NodeStore> {
  try {
    return await KvStore.open(directory, { log, room });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw notAllowed(directory, error);
    if (!isFileError(error)) throw error;
    throw new ConfigurationError(`Cannot use the data directory ${directory}: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Makes sure that what lies in the store is this node's, and of this ring.
 *
 * The partition of a key is part of where it lies, so data of a ring that is cut otherwise would never be found
 * again; and a node that took over the data of another would be two nodes at once.
 */
export async function claimData(store: NodeStore, self: NodeRef, config: RingConfig): Promise<void> {
  const past = await loadNodeDocument(store);
  if (past !== null && past.self.url !== self.url) {
    throw new ConfigurationError(
      `Cannot run ${self.url} on the data of ${past.self.url}: start it under that address, or with another ` +
        "--data-dir",
    );
  }
  const mark = markOf(config);
  const found = await store.loadDocument(markName);
  const isInUse = past !== null || store.stats.records > 0;
  if (found !== null && found !== mark && isInUse) {
    throw new StartError(
      exitCode.wrongRing,
      `Cannot run with ${mark} on data of a ring with ${found}: use its settings, or another --data-dir`,
    );
  }
  if (found !== mark) await store.saveDocument(markName, mark);
}

/**
 * A store that lost its data makes a newcomer of its node. One that has no ring to go to might found a second one,
 * in which everything is absent.
 */
export function refuseLoss(store: NodeStore, isKnown: boolean, bootstraps: readonly string[]): void {
  if (!store.lostData || isKnown || bootstraps.length > 0) return;
  const where = store.quarantined === null ? "" : ` (the damaged database is kept in ${store.quarantined})`;
  throw new StartError(
    exitCode.storeFailure,
    `Cannot start: the data directory has lost its data${where}; join the ring again with --bootstrap, or ` +
      "remove the directory to begin a new ring",
  );
}

function markOf({ cluster, bits, hash, partitions }: RingConfig): string {
  return `--cluster ${cluster} --bits ${bits} --hash ${hash} --partitions ${partitions}`;
}

function notAllowed(directory: string, cause: Error): ConfigurationError {
  const flags = `--allow-read=${directory},. --allow-write=${directory}`;
  return new ConfigurationError(
    `Cannot use the data directory ${directory}: this process may only write to ./data; run: ` +
      `deno run -P=node ${flags} main.ts`,
    { cause },
  );
}

function isFileError(error: unknown): error is Error {
  const { AlreadyExists, NotADirectory, NotFound, PermissionDenied } = Deno.errors;
  return [AlreadyExists, NotADirectory, NotFound, PermissionDenied].some((kind) => error instanceof kind) ||
    (error instanceof Error && /read-only file system/i.test(error.message));
}
