import { defaultConfig, type NodeConfig } from "../../../core/config.ts";
import { BallotBox } from "../../../core/data/ballot_box.ts";
import { Keeper } from "../../../core/data/keeper.ts";
import { foundingState } from "../../../core/data/partition_state.ts";
import { makeRecord, type StoredRecord } from "../../../core/data/record.ts";
import { Replicas } from "../../../core/data/replicas.ts";
import { formatVersion, HybridClock } from "../../../core/data/version.ts";
import type { View } from "../../../core/data/view.ts";
import { DeadlineError } from "../../../core/errors.ts";
import { PartitionMap, type PartitionRange } from "../../../core/partition.ts";
import type { Ports } from "../../../core/ports.ts";
import type { MethodName, Result } from "../../../core/protocol.ts";
import { RingMember } from "../../../core/ring/ring_member.ts";
import { MemoryStore } from "../../../storage/memory_store.ts";
import { circle } from "../circle.ts";
import { LogLines, VirtualTime } from "../virtual_time.ts";
import { replica } from "./replica_names.ts";

const everything = { first: 0, last: 15 };

/** The node "a" as a keeper of 16 partitions, in virtual time. Its peers are silent but for what a test scripts. */
export class KeeperFixture {
  readonly time = new VirtualTime();
  readonly store = new MemoryStore();
  /** By address and method: what a peer answers. */
  readonly answers = new Map<string, () => unknown>();
  /** Every call that was made, by address and method. */
  readonly calls: string[] = [];
  readonly ports: Ports = {
    clock: this.time.clock,
    random: { next: () => 0.5 },
    transport: { call: (peer, method) => this.#answer(peer.url, method) },
    store: this.store,
    log: new LogLines().log,
  };
  readonly member: RingMember;
  readonly replicas: Replicas;
  readonly box: BallotBox;
  readonly keeper: Keeper;
  /** Times that the node made its states durable. */
  saves = 0;
  /** What a save waits for. */
  disk: Promise<void> = Promise.resolve();

  constructor(config: Partial<NodeConfig> = {}) {
    const self = replica("a");
    const all = { ...defaultConfig, bits: 8, partitions: 16, ...config };
    const partitions = new PartitionMap(circle, all.partitions);
    this.member = new RingMember({ id: self.id, url: self.url }, all, circle, this.ports);
    const persist = async () => {
      await this.disk;
      this.saves++;
    };
    this.replicas = new Replicas(self, this.member, partitions, persist, { states: [], forgotten: [] });
    const clock = new HybridClock(self.id, () => this.time.clock.wallNow());
    this.box = new BallotBox(this.replicas, clock);
    this.keeper = new Keeper(this.replicas, clock, this.ports);
  }

  /** The node keeps these partitions, complete, in this view. */
  keeps(view: View, { first, last }: PartitionRange = everything): this {
    this.replicas.table.update([{ first, last }], () => ({ ...foundingState(this.replicas.self), view }));
    return this;
  }

  /** Lets every promise that can settle do so. */
  async settle(): Promise<void> {
    await this.time.advance(0);
  }

  partitionOf(key: string): number {
    return this.replicas.partitions.ofKey(key);
  }

  /** A sound record, made just now. */
  record(key: string, value: string | null, fields: Partial<StoredRecord> = {}): StoredRecord {
    const bytes = value === null ? null : new TextEncoder().encode(value);
    const version = this.version(0);
    return makeRecord({ key, value: bytes, version, expiresAtMs: null, requestId: null, ...fields });
  }

  /** The version that node "b" makes now, or some time from now. */
  version(inMs: number): StoredRecord["version"] {
    return formatVersion(this.time.clock.wallNow() + inMs, 0, replica("b").id);
  }

  async #answer<M extends MethodName>(url: string, method: M): Promise<Result<M>> {
    const call = `${url} ${method}`;
    this.calls.push(call);
    await Promise.resolve();
    const answer = this.answers.get(call);
    if (answer === undefined) throw new DeadlineError(`hear from ${url}`);
    return answer() as Result<M>;
  }
}
