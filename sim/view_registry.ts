import type { View } from "../core/data/view.ts";
import type { ChordNode } from "../core/chord_node.ts";
import type { Partition } from "../core/partition.ts";

/**
 * V1: no two different views of one partition have the same epoch, anywhere and ever. All that the core promises
 * rests on it, so every view that any node has known is remembered.
 */
export class ViewRegistry {
  /** The first contradiction that was met; null while there is none. */
  contradiction: string | null = null;
  /** Highest epoch of any partition. */
  epochMax = 0;
  readonly #views = new Map<Partition, string[]>();
  /** Views are shared by the partitions that have them, and never changed. */
  readonly #texts = new WeakMap<View, string>();

  /** Looks at all that the node knows. */
  note({ replicas, self }: ChordNode): void {
    for (const { first, last, state } of replicas.table.ranges()) {
      for (let partition = first; partition <= last; partition++) this.#note(partition, state.view, self.url);
    }
  }

  #note(partition: Partition, view: View, from: string): void {
    const known = this.#views.get(partition) ?? [];
    if (known.length === 0) this.#views.set(partition, known);
    const text = this.#textOf(view);
    const other = known[view.epoch] ??= text;
    this.epochMax = Math.max(this.epochMax, view.epoch);
    if (other === text || this.contradiction !== null) return;
    this.contradiction =
      `partition ${partition} has two views of epoch ${view.epoch}: ${other}, and at ${from} ${text}`;
  }

  #textOf(view: View): string {
    const known = this.#texts.get(view);
    if (known !== undefined) return known;
    const names = (replicas: View["members"]) => replicas.map(({ disk, url }) => `${url}/${disk}`).join(" ");
    const text = `[${names(view.members)} after ${names(view.previous)}]`;
    this.#texts.set(view, text);
    return text;
  }
}
