import type { Id, IdSpace } from "./id.ts";

/** A node as its peers know it. `id` always follows from `url` (see `nodeIdOf`); a claimed id is recomputed. */
export interface NodeRef {
  readonly id: Id;
  /** Origin under which peers reach it, as `new URL(...).origin` writes it. */
  readonly url: string;
}

/** Stands for the id of a node of which only the address is known; calls to it name no receiver. */
export const unknownId = "" as Id;

/**
 * The id of the node that answers at `url`: one place on the circle per cluster, address and index.
 *
 * The index is 0 until a host runs several virtual nodes.
 */
export function nodeIdOf(space: IdSpace, cluster: string, url: string, index = 0): Id {
  return space.hashId(`${cluster}|${url}#${index}`);
}

export function sameNode(a: NodeRef | null | undefined, b: NodeRef | null | undefined): boolean {
  return a?.id === b?.id;
}
