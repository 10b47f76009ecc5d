import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Partition, PartitionMap } from "../partition.ts";
import type { Departure } from "../protocol.ts";

/** Departed nodes remembered for those who were away when they left. */
const departuresMax = 64;

/** Nodes that left with nothing of theirs left behind, and who has it now. */
export class Departures {
  readonly #departures = new Map<Id, Departure>();

  constructor(readonly partitions: PartitionMap, departures: Iterable<Departure>) {
    for (const departure of departures) this.#departures.set(departure.node.id, departure);
  }

  /** The latest last. */
  all(): Departure[] {
    return [...this.#departures.values()];
  }

  has(id: Id): boolean {
    return this.#departures.has(id);
  }

  add(departure: Departure): void {
    this.#departures.delete(departure.node.id);
    this.#departures.set(departure.node.id, departure);
    for (const oldest of this.#departures.keys()) {
      if (this.#departures.size <= departuresMax) return;
      this.#departures.delete(oldest);
    }
  }

  /** The node is back in another life, with data of its own. */
  remove(id: Id): void {
    this.#departures.delete(id);
  }

  /**
   * Who has to be asked for a partition in the place of a node that may have departed; the node itself, if it did
   * not. Its heirs have what was its own. What it never had lay before it, where its predecessor should know.
   */
  insteadOf(node: NodeRef, partition: Partition): readonly NodeRef[] {
    const departure = this.#departures.get(node.id);
    if (departure === undefined) return [node];
    const { heirs, predecessor } = departure;
    if (predecessor === null) return heirs;
    const isItsOwn = this.partitions.isOn({ after: predecessor.id, through: node.id }, partition);
    return isItsOwn ? heirs : [predecessor];
  }
}
