import { unrest } from "../calm.ts";
import type { SeededRandom } from "../random.ts";
import type { SimHost, World } from "../world.ts";
import type { Spells } from "./spells.ts";

/** After data of one disk is gone, what is left of it is left alone for so long (promise G1). */
const repairWindowMs = 60_000;

/** Disks that lose data, are full, or slow. */
export class DiskTroubles {
  #lostAtMs = -Infinity;

  constructor(readonly world: World, readonly random: SeededRandom, readonly spells: Spells) {}

  /** The node dies and comes back with an empty disk. */
  async lose(host: SimHost, restart: () => void): Promise<void> {
    if (!await this.#mayLoseData()) return;
    this.spells.hit("diskLoss");
    this.world.loseDisk(host);
    this.spells.during(this.random.between(100, 10_000), restart);
  }

  /** Some records are no longer what was written; the store finds out. */
  async rot({ disk: { store }, ref }: SimHost): Promise<void> {
    if (!await this.#mayLoseData()) return;
    const everything = { first: 0, last: this.world.partitions.count - 1 };
    const { records } = await store.page(everything, null, { recordsMax: 10_000, bytesMax: Infinity });
    const rotten = records.filter(() => this.random.chance(0.5));
    if (rotten.length > 0) this.spells.hit("bitRot", ref.url);
    for (const { key } of rotten) store.damage(this.world.partitions.ofKey(key), key);
  }

  slow({ disk, ref }: SimHost): void {
    this.spells.hit("slowDisk", ref.url);
    disk.slowness = this.random.pick([30, 300]);
    this.spells.during(this.random.between(1_000, 20_000), () => void (disk.slowness = 1));
  }

  fill({ disk: { store }, ref }: SimHost): void {
    this.spells.hit("fullDisk", ref.url);
    store.isFull = true;
    this.spells.during(this.random.between(1_000, 20_000), () => void (store.isFull = false));
  }

  /** Whether what was lost last is not made up for yet. */
  async isRepairing(): Promise<boolean> {
    const isRecent = this.world.scheduler.nowMs - this.#lostAtMs < repairWindowMs;
    return isRecent && await unrest(this.world) !== null;
  }

  /** Data is lost of one host only in any repair window, and only when every record had all its copies before. */
  async #mayLoseData(): Promise<boolean> {
    const { nowMs } = this.world.scheduler;
    if (nowMs - this.#lostAtMs < repairWindowMs || await unrest(this.world) !== null) return false;
    this.#lostAtMs = nowMs;
    return true;
  }
}
