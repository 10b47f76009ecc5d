import { ChordError } from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import { type Partition, partitionsOf, toRanges } from "../partition.ts";
import type { ViewOf } from "../protocol.ts";
import type { Store } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { sameNode } from "../node_ref.ts";
import { Refounding } from "./refounding.ts";
import type { Replicas } from "./replicas.ts";

/** Known peers asked in one round for partitions that nobody nearer knows of. */
const strangersMax = 3;

/** Tells nodes of decided views. Whoever misses it finds out when it is asked under the view. */
export async function spreadViews(
  member: RingMember,
  audience: readonly NodeRef[],
  views: readonly ViewOf[],
): Promise<void> {
  const others = audience.filter((node) => !sameNode(node, member.self) && !member.peers.isGone(node.id));
  await Promise.all(others.map((node) => tell(member, node, views)));
}

async function tell(member: RingMember, node: NodeRef, views: readonly ViewOf[]): Promise<ViewOf[] | null> {
  try {
    return (await member.peers.call(node, "partition.learn", { views: [...views] })).views;
  } catch (error) {
    if (error instanceof ChordError) return null;
    throw error;
  }
}

/** Finds out who keeps the partitions of our arc, and lets the owners of others know what we keep for them. */
export class ViewNews {
  /** By partition: which owner has been told of which epoch. */
  readonly #told = new Map<Partition, string>();
  #toldAtMs = -Infinity;
  /** What we knew when everybody was last told, so that a quiet ring costs nothing. */
  #revision = "";
  #isEverybodyTold = false;
  #next = 0;
  /** From then on, whatever is stored has its view. */
  #strayAtStart: Partition[] | null = null;
  readonly #refounding: Refounding;

  constructor(readonly member: RingMember, readonly replicas: Replicas, readonly store: Store) {
    this.#refounding = new Refounding(member, replicas);
  }

  async run(): Promise<void> {
    for (const { id } of this.replicas.givenUp.replicas) {
      if (this.member.peers.health(id) === "alive") this.replicas.remember(id);
    }
    await this.#askAround();
    await this.#refounding.run(this.#unknownOwn());
    await this.#tellOwners();
    await this.replicas.save();
  }

  /** Asks for views that we should know and do not: first those around us, then, in turn, the rest. */
  async #askAround(): Promise<void> {
    const { member } = this;
    for (const node of this.#informants()) {
      const unknown = [...new Set([...this.#unknownOwn(), ...this.#strays()])].sort((a, b) => a - b);
      if (unknown.length === 0) return;
      try {
        const { views } = await member.peers.call(node, "partition.views", { ranges: toRanges(unknown) });
        this.#learn(views);
      } catch (error) {
        if (!(error instanceof ChordError)) throw error;
      }
    }
  }

  /** Partitions of which we have records without the word: we went down before it was written that we keep them. */
  #strays(): Partition[] {
    const isKnown = (partition: Partition) => this.replicas.get(partition) !== null;
    this.#strayAtStart ??= [...partitionsOf([this.replicas.everything])].filter((partition) =>
      !isKnown(partition) && this.store.count({ first: partition, last: partition }) > 0
    );
    return this.#strayAtStart = this.#strayAtStart.filter((partition) => !isKnown(partition));
  }

  #unknownOwn(): Partition[] {
    return this.replicas.ownPartitions().filter((partition) => this.replicas.get(partition) === null);
  }

  #informants(): NodeRef[] {
    const { member } = this;
    const { predecessor, successors } = member.state;
    const near = predecessor === null ? [...successors] : [...successors, predecessor];
    const far = member.peers.known.all().filter((node) => !near.some((other) => sameNode(node, other)));
    const turn = Array.from(
      { length: Math.min(strangersMax, far.length) },
      () => far[this.#next++ % far.length],
    );
    return [...near, ...turn].filter((node) => node !== undefined)
      .filter((node) => !member.peers.isGone(node.id));
  }

  /** A new owner cannot know of a partition whose keepers it has never met, unless they come to it. */
  async #tellOwners(): Promise<void> {
    const { member, replicas } = this;
    this.#forgetWhomWeTold();
    const revision = `${replicas.table.revision} ${member.changedAtMs}`;
    if (this.#isEverybodyTold && this.#revision === revision) return;
    this.#revision = revision;
    const byOwner = new Map<string, { owner: NodeRef; partitions: Partition[] }>();
    for (const partition of replicas.table.matching((state) => replicas.isMember(state))) {
      const owner = this.#ownerOf(partition);
      if (sameNode(owner, member.self) || this.#told.get(partition) === this.#telling(owner, partition)) {
        continue;
      }
      const group = byOwner.get(owner.id) ?? { owner, partitions: [] };
      group.partitions.push(partition);
      byOwner.set(owner.id, group);
    }
    const told = await Promise.all(
      [...byOwner.values()].map(({ owner, partitions }) => this.#tellOwner(owner, partitions)),
    );
    this.#isEverybodyTold = told.every(Boolean);
  }

  /** A node that is leaving owns nothing any more: what was its own is its successor's. */
  #ownerOf(partition: Partition): NodeRef {
    const { member, replicas } = this;
    const owner = member.presumedOwner(replicas.partitions.position(partition));
    const isLeaving = member.phase !== "member";
    return isLeaving && sameNode(owner, member.self) ? member.head ?? owner : owner;
  }

  async #tellOwner(owner: NodeRef, partitions: readonly Partition[]): Promise<boolean> {
    const { member, replicas } = this;
    const telling = partitions.map((partition) => [partition, this.#telling(owner, partition)] as const);
    const answer = await tell(member, owner, viewsOf(replicas, partitions));
    if (answer === null) return false;
    for (const [partition, text] of telling) this.#told.set(partition, text);
    this.#learn(answer);
    return true;
  }

  #telling(owner: NodeRef, partition: Partition): string {
    return `${owner.id} ${this.replicas.get(partition)?.view.epoch}`;
  }

  /** Now and then everybody is told anew: an owner may have lost its disk since. */
  #forgetWhomWeTold(): void {
    const { clock } = this.member.ports;
    if (clock.now() - this.#toldAtMs < this.member.config.antiEntropyMs) return;
    this.#toldAtMs = clock.now();
    this.#told.clear();
    this.#isEverybodyTold = false;
  }

  #learn(views: readonly ViewOf[]): void {
    for (const { first, last, view } of views) this.replicas.learn([{ first, last }], view);
  }
}

/** The latest views of the partitions, as far as they are known, by runs. */
export function viewsOf({ table }: Replicas, partitions: Iterable<Partition>): ViewOf[] {
  return [...table.group(partitions)].flatMap(([state, group]) =>
    state === null ? [] : toRanges(group).map((range) => ({ ...range, view: state.view }))
  );
}
