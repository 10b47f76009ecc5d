import * as z from "zod/mini";
import type { PartitionState } from "./data/partition_state.ts";
import type { StateRange } from "./data/partition_table.ts";
import type { Version } from "./data/version.ts";
import type { Replica } from "./data/view.ts";
import { WrongRingError } from "./errors.ts";
import type { Id } from "./id.ts";
import type { NodeRef } from "./node_ref.ts";
import type { Random, Store } from "./ports.ts";

/** Name of the document in the store. */
const documentName = "node";
/** Raised when an older program could not read what this one writes. */
const format = 2;

const id = z.pipe(z.string(), z.transform((text) => text as Id));
const nodeRef = z.object({ id, url: z.string() });
const version = z.pipe(z.string(), z.transform((text) => text as Version));

const replica = z.object({ id, url: z.string(), disk: z.string() });
const view = z.object({
  epoch: z.int(),
  members: z.array(replica),
  previous: z.array(replica),
});

const schema = z.object({
  format: z.literal(format),
  self: nodeRef,
  incarnation: z.int(),
  disk: z.string(),
  clockBoundMs: z.number(),
  contactAtMs: z.number(),
  predecessor: z.nullable(nodeRef),
  successors: z.array(nodeRef),
  anchored: z.boolean(),
  peers: z.array(nodeRef),
  forgotten: z.array(replica),
  states: z.array(z.object({
    first: z.int(),
    last: z.int(),
    state: z.object({
      view,
      isSynced: z.boolean(),
      wasSynced: z.boolean(),
      isDamaged: z.boolean(),
      promised: z.nullable(version),
      accepted: z.nullable(z.object({ ballot: version, members: z.array(replica) })),
      removedAtMs: z.nullable(z.number()),
    }),
  })),
});

/** What a node must not forget over a restart, beside its records. */
export interface NodeDocument {
  readonly self: NodeRef;
  /** Counts the node's lives at this address; each start adds one. */
  readonly incarnation: number;
  readonly predecessor: NodeRef | null;
  readonly successors: readonly NodeRef[];
  readonly anchored: boolean;
  readonly peers: readonly NodeRef[];
  /** Names the store; another after its disk was lost (core/data/view.ts). */
  readonly disk: string;
  /** Above all versions made or seen so far, in milliseconds: a slow clock after a restart begins there. */
  readonly clockBoundMs: number;
  /** Wall-clock moment at which other nodes were last in touch with us. */
  readonly contactAtMs: number;
  /** Replicas that an operator gave up for good. */
  readonly forgotten: readonly Replica[];
  /** What we know, and have promised, of each partition. */
  readonly states: readonly StateRange<PartitionState>[];
}

/**
 * Null when the store belongs to no node yet, or to one that has left for good.
 *
 * @throws WrongRingError when another version of this program wrote it.
 */
export async function loadNodeDocument(store: Store): Promise<NodeDocument | null> {
  const text = await store.loadDocument(documentName);
  if (text === null || text === "") return null;
  const document = JSON.parse(text);
  if (document.format !== format) {
    throw new WrongRingError(
      `Cannot use this data: another version of Rondo wrote it (format ${document.format}, this one reads ${format})`,
    );
  }
  return schema.parse(document);
}

export async function saveNodeDocument(store: Store, document: NodeDocument): Promise<void> {
  await store.saveDocument(documentName, JSON.stringify({ format, ...document }));
}

/** Forgets the node: it has left, and nothing of it is waited for. */
export async function clearNodeDocument(store: Store): Promise<void> {
  await store.saveDocument(documentName, "");
}

/**
 * Saves documents one after another. Calls made while one is being written share the next, which is composed only
 * when its turn comes, so each caller's document is at least as new as its call.
 */
export class DocumentSaver {
  #writing: Promise<void> | null = null;
  #waiting: Promise<void> | null = null;

  constructor(readonly store: Store, readonly compose: () => NodeDocument) {}

  save(): Promise<void> {
    if (this.#writing === null) return this.#write();
    this.#waiting ??= this.#writing.catch(() => undefined).then(() => {
      this.#waiting = null;
      return this.#write();
    });
    return this.#waiting;
  }

  #write(): Promise<void> {
    this.#writing = saveNodeDocument(this.store, this.compose()).finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }
}

/** 64 bits of chance: two disks of one address never share a name. */
export function nameDisk(random: Random): string {
  const half = () => Math.floor(random.next() * 2 ** 32).toString(16).padStart(8, "0");
  return half() + half();
}
