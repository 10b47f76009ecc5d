import { ChordError } from "../errors.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import { type Partition, partitionsOf, toRanges } from "../partition.ts";
import type { Holding, Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { askClaim } from "./ask_claim.ts";
import type { Claim } from "./claims.ts";
import type { Bequest } from "./bequests.ts";
import type { Custody } from "./custody.ts";

/**
 * Gets the word for what is ours by the ring: from the one who answered for it before, or, when that one is gone,
 * from the silence of everybody else.
 *
 * Silence is waited for. A member that we do not know of yet may stand between us and the dead, and answer for a
 * part of what we think we inherit; it has until the grace is over to make itself known (docs/decisions/0003).
 */
export class Succession {
  /** @param meet makes us look at a node that may stand right before us. */
  constructor(
    readonly member: RingMember,
    readonly custody: Custody,
    readonly meet: (node: NodeRef) => void,
  ) {}

  /** One round. Does nothing while every partition of ours has its claim. */
  async run(): Promise<void> {
    const { custody, member } = this;
    if (member.phase !== "member") return;
    if (custody.isChecked && custody.unclaimed().length === 0) return;
    if (member.isAlone) this.#settleAlone();
    else if (member.head !== null) await this.#settleAmong(member.head);
    if (custody.isChecked && custody.unclaimed().length === 0) custody.bequests.clear();
    await custody.save();
  }

  async #settleAmong(head: NodeRef): Promise<void> {
    await this.#askLeavers();
    const hints = await this.#askHead(head);
    if (hints === null) return;
    this.custody.bequests.redirect(null, this.#gone(hints));
    if (this.#meetStrangers(hints)) return;
    if (await this.#askOthers()) this.#inherit();
  }

  /** With nobody to ask, what we had is what there is, but for what died with the others. */
  #settleAlone(): void {
    const { custody } = this;
    if (!custody.isChecked && this.#isOverdue(this.#lost())) this.#finishCheck([everything(custody)]);
    this.#inherit();
  }

  /** A node on its way out still gives its word. */
  async #askLeavers(): Promise<void> {
    const { custody, member } = this;
    for (const { from } of custody.bequests.all()) {
      const wanted = custody.unclaimed();
      if (wanted.length === 0 || member.peers.health(from.id) !== "left") continue;
      const answer = await this.#ask(from, wanted);
      if (answer === null) continue;
      custody.accept(answer.holdings, from);
      custody.bequests.redirect(from, this.#gone(hintsIn(answer.holdings)));
    }
  }

  /** Whom the head suspects of having had what nobody has a claim on; null while its word is not enough yet. */
  async #askHead(head: NodeRef): Promise<readonly NodeRef[] | null> {
    const { custody } = this;
    const wanted = custody.isChecked ? custody.unclaimed() : [...partitionsOf(custody.ownRanges())];
    const answer = await this.#ask(head, wanted);
    if (answer === null) return null;
    // Whatever else is true by now: what it passed on to us, nobody else would ever be told of. And as long as the
    // check has not ended, our own claims are from another time; a younger one of the head replaces them.
    custody.accept(answer.holdings, head);
    if (!sameNode(this.member.head, head)) return null;
    const isTooEarly = this.#isContested(answer.holdings) || !this.#isOverdue(this.#lost());
    if (!custody.isChecked && isTooEarly) return null;
    this.#finishCheck(answer.holdings);
    return answer.holdings.some((holding) => holding.serving) ? null : hintsIn(answer.holdings);
  }

  /** The nearest successor that had a partition decides. Says whether all that could matter have answered. */
  async #askOthers(): Promise<boolean> {
    const { custody, member } = this;
    for (const node of member.state.successors.slice(1)) {
      const wanted = custody.unclaimed();
      if (wanted.length === 0) return true;
      const answer = await this.#ask(node, wanted);
      if (answer === null && !member.peers.isGone(node.id)) return false;
      if (answer === null) continue;
      custody.accept(answer.holdings, node);
      if (answer.holdings.some((holding) => holding.serving)) return false;
      if (this.#meetStrangers(passedTo(answer.holdings))) return false;
    }
    return true;
  }

  /** Whether somebody else who is there may have the partitions. We get to know each other first. */
  #meetStrangers(nodes: readonly NodeRef[]): boolean {
    const strangers = nodes.filter((node) => this.#isAlive(node));
    for (const stranger of strangers) this.meet(stranger);
    return strangers.length > 0;
  }

  /** Our head has answered. What it did not take over is ours as before, short of what the lost did meanwhile. */
  #finishCheck(holdings: readonly Holding[]): void {
    const { custody } = this;
    const lost = this.#lost().map(({ from }) => from);
    const untouched = holdings.filter((holding) => !holding.holds);
    if (lost.length > 0) custody.suspectLost(untouched, lost);
    custody.isChecked = true;
  }

  /** Whether our head still answers for what we answered for: it has yet to see us before it. */
  #isContested(holdings: readonly Holding[]): boolean {
    const served = holdings.filter((holding) => holding.serving);
    const isOurs = (claim: Claim | null) => claim !== null && claim.passedTo === null;
    return this.custody.claims.matching(served, isOurs).next().done !== true;
  }

  /** Claims what nobody alive has and the dead may have had, once the grace is over. */
  #inherit(): void {
    const { custody } = this;
    const byHolders = new Map<string, { holders: NodeRef[]; partitions: Partition[] }>();
    for (const partition of custody.unclaimed()) {
      const heir = custody.claims.get(partition)?.passedTo ?? null;
      if (heir !== null && this.#meetStrangers([heir])) continue;
      const from = custody.bequests.all().filter(({ ranges }) => ranges === null || isIn(partition, ranges));
      if (from.length === 0 || !this.#isOverdue(from)) continue;
      const holders = distinct(from.flatMap((bequest) => this.#holdersAfter(bequest.from, partition)));
      const name = holders.map(({ id }) => id).join();
      const group = byHolders.get(name) ?? { holders, partitions: [] };
      group.partitions.push(partition);
      byHolders.set(name, group);
    }
    for (const { holders, partitions } of byHolders.values()) {
      custody.acceptLost(toRanges(partitions), holders);
    }
  }

  /** Those who have what a node that is gone had; the node itself when that would be us, who have nothing. */
  #holdersAfter(node: NodeRef, partition: Partition): readonly NodeRef[] {
    const holders = this.custody.departures.insteadOf(node, partition);
    return holders.some((holder) => sameNode(holder, this.member.self)) ? [node] : holders;
  }

  #lost(): readonly Bequest[] {
    return this.custody.bequests.all().filter(({ ranges }) => ranges === null);
  }

  /** Whether everybody who could object has had the time to. */
  #isOverdue(bequests: readonly Bequest[]): boolean {
    const { config, ports: { clock } } = this.member;
    return bequests.every(({ atMs }) => clock.now() - atMs >= config.deadAfterMs);
  }

  #gone(nodes: readonly NodeRef[]): NodeRef[] {
    const { custody, member } = this;
    return nodes.filter((node) => member.peers.isGone(node.id) && !custody.departures.has(node.id));
  }

  #isAlive(node: NodeRef): boolean {
    return !sameNode(node, this.member.self) && !this.member.peers.isGone(node.id);
  }

  async #ask(node: NodeRef, wanted: readonly Partition[]): Promise<Result<"partition.claim"> | null> {
    try {
      const answer = await askClaim(this.member, node, toRanges(wanted));
      for (const departure of answer.departed) this.custody.depart(departure);
      return answer;
    } catch (error) {
      if (error instanceof ChordError) return null;
      throw error;
    }
  }
}

function everything({ partitions }: Custody): Holding {
  return {
    first: 0,
    last: partitions.count - 1,
    serving: false,
    holds: false,
    since: null,
    passedTo: null,
    missing: [],
  };
}

/** Whom a node suspects of having what it never had itself, and to whom it passed what it had. */
function hintsIn(holdings: readonly Holding[]): NodeRef[] {
  return holdings.flatMap(({ serving, holds, passedTo, missing }) => {
    if (serving) return [];
    return holds ? [passedTo].filter((node) => node !== null) : missing;
  });
}

function passedTo(holdings: readonly Holding[]): NodeRef[] {
  return holdings.map((holding) => holding.passedTo).filter((node) => node !== null);
}

function isIn(partition: Partition, ranges: NonNullable<Bequest["ranges"]>): boolean {
  return ranges.some(({ first, last }) => first <= partition && partition <= last);
}

function distinct(nodes: readonly NodeRef[]): NodeRef[] {
  return nodes.filter((node, i) => nodes.findIndex((other) => sameNode(other, node)) === i);
}
