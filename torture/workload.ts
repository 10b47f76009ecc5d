import { SeededRandom } from "../sim/random.ts";
import type { Caller, Wish } from "./caller.ts";
import { pause } from "./place.ts";

/** Keys that are asked for again and again, by several clients at once. */
const hotKeys = 24;
/** Shares of the operations: of keys, */
const [hotShare, freshShare] = [0.4, 0.15];
/** and of what is done to keys that are there already. */
const [getShare, putShare] = [0.5, 0.4];
const ttlShare = 0.15;
const ttlSecondsMin = 2;
const ttlSecondsMax = 30;
/** A row of a table, more or less. */
const valueLength = 100;

export interface WorkloadPlan {
  readonly seed: number;
  readonly keys: number;
  readonly clients: number;
  /** Operations a second, of all clients together, as long as the ring keeps up. */
  readonly rate: number;
}

/** Clients that put, get and delete until they are told to stop. What they do follows from the seed. */
export class Workload {
  /** Since the last look. */
  readonly #recent = { done: 0, good: 0 };
  #written = 0;
  #fresh = 0;
  #isStopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(readonly plan: WorkloadPlan, readonly caller: Caller) {}

  start(): void {
    const random = new SeededRandom(this.plan.seed);
    const names = Array.from({ length: this.plan.clients }, (_, i) => `c${i}`);
    this.#running = Promise.all(names.map((name) => this.#client(name, random.fork())));
  }

  /** Resolves when the last operation is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** Operations since the last look, and how many of them were answered. */
  look(): { done: number; good: number } {
    const recent = { ...this.#recent };
    this.#recent.done = this.#recent.good = 0;
    return recent;
  }

  /** Each client waits for its answer, so a ring that stands still is not buried under requests. */
  async #client(name: string, random: SeededRandom): Promise<void> {
    const everyMs = 1_000 * this.plan.clients / this.plan.rate;
    let life = 0;
    let nextMs = performance.now() + random.next() * everyMs;
    while (!this.#isStopped) {
      await pause(Math.max(0, nextMs - performance.now()));
      nextMs = Math.max(nextMs + everyMs, performance.now());
      const isGood = await this.caller.call(this.#wish(`${name}.${life}`, random), random);
      this.#recent.done++;
      if (isGood) this.#recent.good++;
      // Whoever does not know what became of its operation goes on as somebody else, as in Jepsen.
      else life++;
    }
  }

  #wish(client: string, random: SeededRandom): Wish {
    const luck = random.next();
    if (luck < freshShare) return this.#put(client, `fresh-${this.#fresh++}`, random);
    const key = luck < freshShare + hotShare
      ? `hot-${random.integer(0, hotKeys - 1)}`
      : random.chance(0.2) && this.#fresh > 0
      ? `fresh-${random.integer(0, this.#fresh - 1)}`
      : keyAt(random.integer(0, this.plan.keys - 1));
    const deed = random.next();
    if (deed < getShare) return { client, key, kind: "get" };
    if (deed < getShare + putShare) return this.#put(client, key, random);
    return { client, key, kind: "delete" };
  }

  #put(client: string, key: string, random: SeededRandom): Wish {
    const value = valueOf(this.plan.seed, this.#written++);
    const ttl = random.chance(ttlShare) ? { ttlSeconds: random.integer(ttlSecondsMin, ttlSecondsMax) } : {};
    return { client, key, kind: "put", value, ...ttl };
  }
}

/** A key of those that are there from the beginning. */
export function keyAt(index: number): string {
  return `key-${index}`;
}

/** No two of a run are equal. */
export function valueOf(seed: number, count: number): string {
  return `${seed}.${count}.`.padEnd(valueLength, "x");
}
