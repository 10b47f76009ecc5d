import type { Id, IdSpace } from "./id.ts";
import { nodeIdOf, type NodeRef } from "./node_ref.ts";

/** Addresses whose ids are remembered: four times the peers that are known. */
const addressesMax = 4_096;

/** Whether a node stands where its address puts it. */
export type IsTrueRef = (node: NodeRef) => boolean;

/**
 * Recomputes the ids that others claim: nobody chooses its place on the circle.
 *
 * An address that could be written otherwise has no id, or a node would have one for each way to write it. Ids are
 * remembered, as a hash costs more than all the rest of an answer.
 */
export class NodeIds {
  readonly #ids = new Map<string, Id | null>();

  constructor(readonly space: IdSpace, readonly cluster: string) {}

  readonly isTrue: IsTrueRef = ({ id, url }) => this.#idOf(url) === id;

  #idOf(url: string): Id | null {
    const known = this.#ids.get(url);
    if (known !== undefined) return known;
    const id = isOrigin(url) ? nodeIdOf(this.space, this.cluster, url) : null;
    this.#ids.set(url, id);
    if (this.#ids.size > addressesMax) {
      for (const oldest of this.#ids.keys()) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return id;
  }
}

function isOrigin(url: string): boolean {
  return /^https?:/.test(url) && URL.canParse(url) && new URL(url).origin === url;
}
