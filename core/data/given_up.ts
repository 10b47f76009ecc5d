import type { Id } from "../id.ts";
import type { Peers } from "../ring/peers.ts";
import { hasReplica, type Replica, sameReplica } from "./view.ts";

/** What an operator has given up for good: nodes with all that they had, and disks that nodes have lost. */
export class GivenUp {
  /** The replicas that are given up, of all views that were heard of. */
  replicas: readonly Replica[];
  /** Nodes that were given up, whatever disk of theirs is still counted on. */
  readonly #nodes: Set<Id>;
  /** Nodes that are there, but not with the disk that they had. */
  readonly #diskless = new Set<Id>();

  constructor(
    readonly self: Replica,
    readonly peers: Pick<Peers, "diskOf" | "isGone">,
    past: readonly Replica[],
  ) {
    this.replicas = past;
    this.#nodes = new Set(past.map(({ id }) => id));
  }

  has(replica: Replica): boolean {
    return hasReplica(this.replicas, replica);
  }

  /** Whether there was any such word. */
  get isAny(): boolean {
    return this.#nodes.size + this.#diskless.size > 0;
  }

  hasNode(id: Id): boolean {
    return this.#nodes.has(id);
  }

  /** From now on `consider` gives up what the node had. */
  addNode(id: Id): void {
    this.#nodes.add(id);
  }

  /** The same of the disks that the node had before its present one. */
  addLostDisks(id: Id): void {
    this.#diskless.add(id);
  }

  /** Gives up those of the replicas that were meant; says whether there were any that had not been. */
  consider(replicas: readonly Replica[]): boolean {
    const news = replicas.filter((replica) => this.#isMeant(replica) && !this.has(replica));
    return news.map((replica) => this.add(replica)).some(Boolean);
  }

  add(replica: Replica): boolean {
    if (this.has(replica) || sameReplica(replica, this.self)) return false;
    this.replicas = [...this.replicas, replica];
    return true;
  }

  /** A node that is back after all may keep data again, like any newcomer. What it has lost stays lost. */
  returned(id: Id): boolean {
    if (!this.#nodes.delete(id)) return false;
    this.#diskless.add(id);
    this.replicas = this.replicas.filter((replica) => replica.id !== id || this.isReplaced(replica));
    return true;
  }

  /** Whether the replica's node runs over another disk by now: this one will never answer again. */
  isReplaced({ disk, id }: Replica): boolean {
    const present = id === this.self.id ? this.self.disk : this.peers.diskOf(id);
    return present !== null && present !== disk;
  }

  #isMeant(replica: Replica): boolean {
    const { id } = replica;
    if (this.#nodes.has(id) && this.peers.isGone(id)) return true;
    return (this.#nodes.has(id) || this.#diskless.has(id)) && this.isReplaced(replica);
  }
}
