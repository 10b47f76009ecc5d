import * as z from "zod";
import type { ClaimRange } from "./data/claims.ts";
import type { Version } from "./data/version.ts";
import type { Id } from "./id.ts";
import type { NodeRef } from "./node_ref.ts";
import type { Store } from "./ports.ts";
import type { Departure } from "./protocol.ts";

/** Name of the document in the store. */
const documentName = "node";
/** Raised when an older program could not read what this one writes. */
const format = 1;

const id = z.string().transform((text) => text as Id);
const nodeRef = z.object({ id, url: z.string() });
const version = z.string().transform((text) => text as Version);

const schema = z.object({
  format: z.literal(format),
  self: nodeRef,
  incarnation: z.int(),
  predecessor: nodeRef.nullable(),
  successors: z.array(nodeRef),
  anchored: z.boolean(),
  peers: z.array(nodeRef),
  departed: z.array(z.object({ node: nodeRef, predecessor: nodeRef.nullable(), heirs: z.array(nodeRef) })),
  claims: z.array(z.object({
    first: z.int(),
    last: z.int(),
    claim: z.object({
      missing: z.array(nodeRef),
      fetched: z.array(id),
      since: version,
      passedTo: nodeRef.nullable(),
      prior: z.array(nodeRef).nullable(),
      isReleased: z.boolean(),
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
  readonly departed: readonly Departure[];
  readonly claims: readonly ClaimRange[];
}

/** Null when the store belongs to no node yet, or to one that has left for good. */
export async function loadNodeDocument(store: Store): Promise<NodeDocument | null> {
  const text = await store.loadDocument(documentName);
  return text === null || text === "" ? null : schema.parse(JSON.parse(text));
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
