import { ChordError } from "../core/errors.ts";
import type { ChordNode } from "../core/chord_node.ts";
import type { Checker } from "./checker.ts";
import type { DataOracle } from "./data_oracle.ts";
import type { SeededRandom } from "./random.ts";
import type { World } from "./world.ts";

const encoder = new TextEncoder();
const timeoutMs = 5_000;

/** Users of the ring: they read, write and delete a handful of keys through any node, and tell the oracle. */
export class Clients {
  #written = 0;

  constructor(
    readonly world: World,
    readonly checker: Checker,
    readonly oracle: DataOracle,
    readonly random: SeededRandom,
    readonly options: {
      /** Few keys make many operations meet on one. */
      readonly keys: number;
      /** False: answers are remembered, not judged; rings torn apart may contradict each other for a while. */
      judgesReads: boolean;
    },
  ) {}

  /** One operation of a random kind; a node that dies with it never answers, and its outcome stays unknown. */
  act(): void {
    const via = this.#anyNode();
    if (via === null) return;
    const key = `key-${this.random.integer(1, this.options.keys)}`;
    const dice = this.random.next();
    const task = dice < 0.5 ? this.read(via, key) : this.#write(via, key, dice < 0.6);
    this.world.watch(task);
  }

  async read(via: ChordNode, key: string): Promise<boolean> {
    const { oracle, world } = this;
    const floor = oracle.floor(key);
    const beganMs = world.wallNow();
    try {
      const outcome = await via.get(key, { timeoutMs });
      const lie = oracle.judge(key, outcome, floor, { beganMs, endedMs: world.wallNow() });
      if (lie !== null && this.options.judgesReads) {
        this.checker.fail(`${lie} (by ${outcome.owner.url} via ${via.self.url})`);
      }
      return outcome.found;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      oracle.readFailed();
      return false;
    }
  }

  async #write(via: ChordNode, key: string, isDelete: boolean): Promise<void> {
    const { oracle, world } = this;
    const value = isDelete ? null : `value-${++this.#written}`;
    const ttlMs = !isDelete && this.random.chance(0.2) ? this.random.integer(1_000, 20_000) : undefined;
    const expiresAtMs = ttlMs === undefined ? null : world.wallNow() + ttlMs;
    const write = oracle.beginWrite(key, value, expiresAtMs);
    try {
      const outcome = value === null
        ? await via.delete(key, {}, { timeoutMs })
        : await via.put(key, encoder.encode(value), expiresAtMs === null ? {} : { expiresAtMs }, {
          timeoutMs,
        });
      oracle.acknowledged(key, write, outcome);
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      oracle.writeFailed(key, write, error);
    }
  }

  #anyNode(): ChordNode | null {
    const { members } = this.world;
    return members.length === 0 ? null : this.random.pick(members);
  }
}

/** What was left of the acknowledged values at the end. */
export interface CalmReading {
  /** Keys whose acknowledged value should be there. */
  readonly expected: number;
  /** Those of them that were read; the others answered that they cannot tell, which is no lie. */
  readonly readable: number;
}

/** Reads every key once through any node, when the weather has been calm for long. */
export async function readEverything(
  world: World,
  clients: Clients,
  advance: (ms: number) => Promise<void>,
): Promise<CalmReading> {
  let expected = 0;
  let readable = 0;
  for (const key of clients.oracle.keys) {
    const isExpected = clients.oracle.isExpected(key, world.wallNow() + 2 * timeoutMs);
    if (isExpected) expected++;
    const reading = clients.read(clients.random.pick(world.members), key);
    world.watch(reading.then((found) => {
      if (found && isExpected) readable++;
    }));
  }
  await advance(2 * timeoutMs);
  return { expected, readable };
}
