import type { ChordNode } from "../core/chord_node.ts";
import type { Version } from "../core/data/version.ts";
import { ChordError, DeadlineError } from "../core/errors.ts";
import type { ReadOutcome, WriteOptions, WriteOutcome } from "../core/service.ts";
import { History, type Pending } from "./history/history.ts";
import { ConditionLedger } from "./condition_ledger.ts";
import type { SeededRandom } from "./random.ts";
import type { World } from "./world.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a node is given for one call, and how much longer a client waits for a node that says nothing at all. */
const timeoutMs = 5_000;
const patienceMs = timeoutMs + 500;
/** Longest pause of a client between two operations, and longest life of a value that has one. */
const pauseMsMax = 1_500;
const ttlMsMax = 12_000;

/** How often two clients go for one key at the same moment, which by chance they hardly ever would. */
const raceChance = 0.15;
/** How often a write has no name of its own, as from plain scripts: it is stamped by the clock of whoever it goes to. */
const namelessChance = 0.4;
/** How often clients do what, in parts of one. Reads are the rest. */
const habits = { put: 0.3, delete: 0.08, ttl: 0.08, conditional: 0.12 };

/** A write as a client wants it; a repeat under the same name is the same write. */
interface Wish {
  readonly key: string;
  /** Null deletes. */
  readonly value: string | null;
  readonly options: WriteOptions;
}

/** Users of the ring, one operation at a time each, whose every question and answer goes into the history. */
export class FaultClients {
  readonly history: History;
  /** Of the reads at the end, when all is calm. */
  readonly finalHistory: History;
  readonly conditions = new ConditionLedger();
  readonly #random: SeededRandom;
  /** The newest version that the clients have been told of, by key. */
  readonly #seen = new Map<string, Version>();
  #count = 0;
  #open = 0;
  #isOver = false;

  constructor(
    readonly world: World,
    random: SeededRandom,
    readonly options: { clients: number; keys: number },
  ) {
    this.#random = random;
    const clock = { now: () => world.scheduler.nowMs, wallNow: () => world.wallNow() };
    this.history = new History(clock);
    this.finalHistory = new History(clock);
  }

  start(): void {
    for (let i = 1; i <= this.options.clients; i++) this.world.watch(this.#run(`c${i}`));
  }

  /** Lets each client end what it is at. */
  stop(): void {
    this.#isOver = true;
  }

  /** No question is without an answer, or without its client having given up. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  get keys(): string[] {
    return Array.from({ length: this.options.keys }, (_, i) => `k${i + 1}`);
  }

  /** Reads every key once, when all is calm. */
  readEverything(): void {
    for (const key of this.keys) this.world.watch(this.#read("last", key, this.finalHistory));
  }

  /** Reads a key through any node and gives its version, or null when it was not told. */
  async #read(client: string, key: string, history = this.history): Promise<Version | null> {
    const node = this.#anyNode();
    if (node === null) return null;
    const pending = history.begin({ client, key, kind: "get" });
    try {
      const { found, record } = await this.#ask(node, (node) => node.get(key, { timeoutMs }));
      const value = found && record !== null && record.value !== null ? decoder.decode(record.value) : null;
      pending.ok({ version: record?.version ?? null, value });
      return this.#learn(key, record?.version ?? null);
    } catch (error) {
      end(pending, error);
      return null;
    }
  }

  async #run(client: string): Promise<void> {
    while (!this.#isOver) {
      await this.#sleep(this.#random.between(0, pauseMsMax));
      if (this.#isOver) return;
      const key = this.#random.pick(this.keys);
      const rival = this.#random.chance(raceChance) ? this.#act(`${client}'s rival`, key) : null;
      await Promise.all([this.#act(client, key), rival]);
    }
  }

  async #act(client: string, key: string): Promise<void> {
    let dice = this.#random.next();
    if ((dice -= habits.put) < 0) return await this.#write(client, this.#wish(key));
    if ((dice -= habits.delete) < 0) return await this.#write(client, { ...this.#wish(key), value: null });
    if ((dice -= habits.ttl) < 0) {
      const expiresAtMs = this.world.wallNow() + this.#random.between(500, ttlMsMax);
      return await this.#write(client, this.#wish(key, { expiresAtMs: Math.round(expiresAtMs) }));
    }
    if ((dice -= habits.conditional) < 0) return await this.#writeConditionally(client, key);
    await this.#read(client, key);
  }

  async #writeConditionally(client: string, key: string): Promise<void> {
    if (this.#random.chance(0.15)) return await this.#write(client, this.#wish(key, { ifAbsent: true }));
    const ifVersion = this.#seen.get(key) ?? await this.#read(client, key);
    if (ifVersion !== null) await this.#write(client, this.#wish(key, { ifVersion }));
  }

  #wish(key: string, options: WriteOptions = {}): Wish {
    const name = `v${++this.#count}`;
    if (this.#random.chance(namelessChance)) return { key, value: name, options };
    const madeAt = Math.floor(this.world.wallNow()).toString(16).padStart(12, "0");
    return { key, value: name, options: { ...options, requestId: `${madeAt}-${name}` } };
  }

  /** Writes; when nobody can tell whether it happened, now and then once more through another node. */
  async #write(client: string, wish: Wish): Promise<void> {
    const { key, options: { expiresAtMs, ifVersion }, value } = wish;
    const intent = value === null
      ? { client, key, kind: "delete" as const }
      : { client, key, kind: "put" as const, value, expiresAtMs };
    const node = this.#anyNode();
    if (node === null) return;
    const pending = this.history.begin(intent);
    try {
      const { version } = await this.#writeThrough(node, wish).catch((error) => this.#again(wish, error));
      pending.ok({ version });
      this.#learn(key, version);
      if (ifVersion !== undefined) this.conditions.acknowledged(key, ifVersion, `${client}'s ${value}`);
    } catch (error) {
      end(pending, error);
    }
  }

  async #writeThrough(node: ChordNode, { key, options, value }: Wish): Promise<WriteOutcome> {
    return await this.#ask(
      node,
      (node) =>
        value === null
          ? node.delete(key, options, { timeoutMs })
          : node.put(key, encoder.encode(value), options, { timeoutMs }),
    );
  }

  /** A write without a name is not repeated: it would be another. Whatever comes of a repeat, only its success is certain: the first may have happened, or yet happen. */
  async #again(wish: Wish, error: unknown): Promise<WriteOutcome> {
    const isNameless = wish.options.requestId === undefined;
    if (isRefused(error) || isNameless || this.#random.chance(0.5)) throw error;
    const other = this.#anyNode();
    if (other === null) throw error;
    return await this.#writeThrough(other, wish).catch(() => Promise.reject(error));
  }

  /** Calls a node as somebody outside would: it may be paused, or die without a word. */
  #ask<T extends ReadOutcome | WriteOutcome>(
    node: ChordNode,
    call: (node: ChordNode) => Promise<T>,
  ): Promise<T> {
    const life = this.world.hosts.find((host) => host.life?.node === node)?.life;
    this.#open++;
    return new Promise<T>((resolve, reject) => {
      const giveUp = () => reject(new DeadlineError(`get an answer from ${node.self.url}`));
      const cancel = this.world.scheduler.after(patienceMs, giveUp);
      const settle = (how: () => void) => {
        cancel();
        how();
      };
      life?.run("message", () => {
        call(node).then((outcome) => settle(() => resolve(outcome)), (error) => settle(() => reject(error)));
      });
    }).finally(() => void this.#open--);
  }

  #learn(key: string, version: Version | null): Version | null {
    const seen = this.#seen.get(key);
    if (version !== null && (seen === undefined || version > seen)) this.#seen.set(key, version);
    return version;
  }

  #anyNode(): ChordNode | null {
    const { members } = this.world;
    return members.length === 0 ? null : this.#random.pick(members);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.world.scheduler.after(ms, resolve));
  }
}

function end(pending: Pending, error: unknown): void {
  if (isRefused(error)) pending.fail();
  else pending.info();
}

/** @throws the error when it is none of the system's. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof ChordError)) throw error;
  return error.data.definite;
}
