import { ChordError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Keeper, WriteTerms } from "./keeper.ts";
import { type StoredRecord, withoutExpiredValue } from "./record.ts";
import { type Replica, sameReplica, type View } from "./view.ts";
import { type HybridClock, type Version, versionZero } from "./version.ts";
import { fromWire, toWire } from "./wire_record.ts";

/** What a copy says to a write. */
export type Written = Result<"replica.write">;

/** The copies of a partition, ours and those of the other members, as one who coordinates reads and writes sees them. */
export class Copies {
  constructor(readonly member: RingMember, readonly keeper: Keeper, readonly clock: HybridClock) {}

  isOurs(replica: Replica): boolean {
    return sameReplica(replica, this.keeper.replicas.self);
  }

  async write(
    to: Replica,
    view: View,
    partition: Partition,
    record: StoredRecord,
    terms: WriteTerms,
  ): Promise<Written> {
    const { epoch } = view;
    const { base, floor = versionZero, instead } = terms;
    if (this.isOurs(to)) return await this.keeper.write(partition, epoch, record, terms);
    const wire = toWire(withoutExpiredValue(record, this.member.peers.clocks.expiryNow()));
    return await this.#inView(to, view, partition, () =>
      this.member.peers.call(to, "replica.write", {
        partition,
        epoch,
        record: wire,
        ...(base === undefined ? {} : { base }),
        ...(floor > record.version ? { floor } : {}),
        ...(instead === undefined ? {} : { instead }),
      }));
  }

  /** Holds the key for a conditional write, or lets go of it. */
  async reserve(
    to: Replica,
    view: View,
    partition: Partition,
    reservation: { key: string; version: Version; base: Version; release?: boolean },
  ): Promise<Result<"replica.reserve">> {
    const params = { partition, epoch: view.epoch, ...reservation };
    if (this.isOurs(to)) return await this.keeper.answerReserve(params);
    return await this.#inView(
      to,
      view,
      partition,
      () => this.member.peers.call(to, "replica.reserve", params),
    );
  }

  /** @param local our own copy of the key, so that it need not be sent when it is the same. */
  async read(
    from: Replica,
    view: View,
    partition: Partition,
    key: string,
    local: Promise<StoredRecord | null>,
  ): Promise<StoredRecord | null> {
    const ours = await local.catch(() => null);
    const have = ours === null ? {} : { have: ours.version };
    const params = { partition, key, epoch: view.epoch, as: "member" as const, ...have };
    const { record, same } = await this.#inView(
      from,
      view,
      partition,
      () => this.member.peers.call(from, "replica.read", params),
    );
    if (same === true) return ours;
    if (record === null) return null;
    this.clock.observe(record.version);
    return fromWire(record, key);
  }

  /** Calls a member; one that has not heard of the view is told and asked once more. */
  async #inView<T>(to: Replica, view: View, partition: Partition, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!isBehind(error, view)) {
        this.keeper.learnFrom(error);
        throw error;
      }
      const news = { first: partition, last: partition, view };
      await this.member.peers.call(to, "partition.learn", { views: [news] });
      return await call();
    }
  }
}

/** Whether the refusal says that the other has not heard of the view yet. */
function isBehind(error: unknown, view: View): boolean {
  if (!(error instanceof ChordError) || error.data.reason !== "otherView") return false;
  const theirs = error.data.view as { epoch?: number } | null | undefined;
  return theirs === null || theirs === undefined || (theirs.epoch ?? 0) < view.epoch;
}
