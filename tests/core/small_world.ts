import { assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import type { NodeConfig } from "../../core/config.ts";
import type { Partition } from "../../core/partition.ts";
import { between, type Id } from "../../core/id.ts";
import type { Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../../core/service.ts";
import { isIdeal, snapshotOf } from "../../sim/ring_assertions.ts";
import { type SimHost, World } from "../../sim/world.ts";
import { keepersOf, keepingProblems } from "./keepers.ts";

const timeoutMs = 5_000;

/** A handful of real nodes in virtual time, and the few things that tests do with them. */
export class SmallWorld {
  readonly world: World;
  /** False where a test makes two rings: then there may be two views of one epoch, and never otherwise. */
  hasOneMaker = true;
  readonly #partitionOf = new Map<string, Partition>();

  constructor(config: Partial<NodeConfig> = {}, seed = 1) {
    const small = { successors: 4, partitions: 64, ...config };
    this.world = new World(seed, small, { latencyMsMin: 1, latencyMsMax: 3, loss: 0 });
  }

  /** A ring of `count` that has run for long. */
  static async ideal(count: number, config: Partial<NodeConfig> = {}, seed = 1): Promise<SmallWorld> {
    const small = new SmallWorld(config, seed);
    await small.world.startIdeal(count);
    await small.advance(8_000);
    small.assertIdeal();
    return small;
  }

  /** Members, clockwise from zero. */
  get ring(): ChordNode[] {
    return this.world.members.toSorted((a, b) => (a.self.id < b.self.id ? -1 : 1));
  }

  /** The host of the i-th member, clockwise from zero. */
  host(i: number): SimHost {
    const id = this.ring.at(i % this.ring.length)?.self.id;
    return this.world.hosts.find(({ ref }) => ref.id === id) as SimHost;
  }

  hostsOfRing(): SimHost[] {
    return this.ring.map((_, i) => this.host(i));
  }

  hostOf({ self }: ChordNode): SimHost {
    return this.world.hosts.find(({ ref }) => ref.id === self.id) as SimHost;
  }

  /** A new host on the arc between two points; it is not started. */
  hostBetween(after: Id, before: Id): SimHost {
    for (let tries = 0; tries < 10_000; tries++) {
      const host = this.world.addHost();
      if (between(after, host.ref.id, before)) return host;
    }
    throw new Error(`Cannot find an address between ${after} and ${before}`);
  }

  /** The two sides of the widest gap between neighbours, which does not go across zero. */
  get widestGap(): [after: Id, before: Id] {
    const ids = this.ring.map(({ self }) => self.id);
    const width = ([after, before]: [Id, Id]) => this.world.space.distance(after, before);
    const gaps = ids.slice(1).map((id, i): [Id, Id] => [ids[i] as Id, id]);
    return gaps.reduce((a, b) => (width(a) >= width(b) ? a : b));
  }

  launch(host: SimHost, bootstrap: ChordNode | undefined = this.ring[0]): void {
    this.world.launch(host, bootstrap === undefined ? [] : [bootstrap.self.url]);
  }

  async advance(ms: number, afterEach?: () => void): Promise<void> {
    await this.world.scheduler.runUntil(this.world.scheduler.nowMs + ms, afterEach);
    for (const error of this.world.crashes) throw error;
    if (this.hasOneMaker) assertEquals(this.world.views.contradiction, null);
  }

  /** Lets time pass until the event has happened, and stops right then. */
  async until(event: () => boolean): Promise<void> {
    for (let ran = 0; ran < 200_000 && !event(); ran++) await this.world.scheduler.runEvents(1);
    await this.advance(0);
    if (!event()) throw new Error("Cannot wait any longer for what does not happen");
  }

  /** Lets time pass until the task has ended. */
  async run<T>(task: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => void (isOver = true);
    task.then(end, end);
    for (let i = 0; i < 12_000 && !isOver; i++) await this.advance(10);
    if (!isOver) throw new Error("Cannot wait longer than two minutes of virtual time");
    return await task;
  }

  async put(via: ChordNode, key: string, value: string, options: WriteOptions = {}): Promise<WriteOutcome> {
    return await this.run(via.put(key, new TextEncoder().encode(value), options, { timeoutMs }));
  }

  async delete(via: ChordNode, key: string): Promise<WriteOutcome> {
    return await this.run(via.delete(key, {}, { timeoutMs }));
  }

  async get(via: ChordNode, key: string, consistency: Consistency = "quorum"): Promise<ReadOutcome> {
    return await this.run(via.get(key, { timeoutMs, consistency }));
  }

  /** The key's value as text, or null. */
  async valueOf(via: ChordNode, key: string): Promise<string | null> {
    const { found, record } = await this.get(via, key);
    return found ? new TextDecoder().decode(record?.value ?? new Uint8Array()) : null;
  }

  /** Writes `key-1`.. with themselves as values, and gives the keys. */
  async fill(count: number): Promise<string[]> {
    const keys = Array.from({ length: count }, (_, i) => `key-${i + 1}`);
    for (const [i, key] of keys.entries()) {
      await this.put(this.ring[i % this.ring.length] as ChordNode, key, key);
    }
    return keys;
  }

  /** Every key has itself as its value, wherever it is asked for. */
  async assertAllReadable(keys: readonly string[], via: readonly ChordNode[] = this.ring): Promise<void> {
    for (const node of via) {
      for (const key of keys) {
        assertEquals(await this.valueOf(node, key), key, `${key} through ${node.self.url}`);
      }
    }
  }

  assertIdeal(): void {
    assertEquals(isIdeal(snapshotOf(this.world.members), this.world.config.successors), true, this.pointers);
  }

  /** The running nodes that keep the key, its owner first. */
  keepersOf(key: string): ChordNode[] {
    return keepersOf(this.world, this.world.partitions.ofKey(key));
  }

  /** The members that do not, clockwise from zero. */
  strangersTo(key: string): ChordNode[] {
    const keepers = this.keepersOf(key);
    return this.ring.filter((node) => !keepers.includes(node));
  }

  /** A key that fits: `k0`, `k1`.. are tried. */
  keyThat(fits: (key: string) => boolean): string {
    const key = Array.from({ length: 1_000 }, (_, i) => `k${i}`).find(fits);
    if (key === undefined) throw new Error("Cannot find a key that fits");
    return key;
  }

  /** On how many disks the key's record lies. Tests ask that after every event, so the hash is remembered. */
  copiesOf(key: string): number {
    const partition = this.#partitionOf.get(key) ?? this.world.partitions.ofKey(key);
    this.#partitionOf.set(key, partition);
    return this.world.hosts.filter(({ disk }) => disk.store.peek(partition, key) !== undefined).length;
  }

  /** Every partition is kept by the first members at and after it, who agree on that and have all its data. */
  assertKept(): void {
    assertEquals(keepingProblems(this.world, this.ring), [], this.pointers);
  }

  /** Everybody's pointers, a line each, for a failure to show. */
  get pointers(): string {
    const short = (id: string | undefined) => id?.slice(0, 4) ?? "none";
    return this.ring.map(({ member: { state: { predecessor, self, successors } } }) =>
      `${short(predecessor?.id)} > ${short(self.id)} > ${successors.map(({ id }) => short(id)).join(" ")}`
    ).join("\n");
  }
}
