import { unrest } from "./calm.ts";
import { Checker } from "./checker.ts";
import { FaultClients } from "./fault_clients.ts";
import { drawProfile, type FaultProfile } from "./fault_profile.ts";
import { FaultScenario } from "./fault_scenario.ts";
import { withForgotten } from "./forgetting.ts";
import { describe, isFound, type Operation } from "./history/history.ts";
import { type Counts, judge, type Verdict } from "./history/report.ts";
import { SeededRandom } from "./random.ts";
import { finish, type OperationCounts, type RunOptions, type RunReport } from "./run.ts";
import { World } from "./world.ts";

/** Everything has this long, from the end of the last fault, to be as it should (promise G3). */
const calmMs = 60_000;
/** Time between two looks at whether it is. */
const lookMs = 2_000;
/** Now and then the faults cease, at most so long: what then goes wrong goes wrong in a ring that was in order. */
const lullMsMax = 20_000;
/** Clients end what they are at within this. */
const lastWordsMs = 12_000;
/** Operations shown of a key that was found at fault. */
const evidenceMax = 40;

/** Findings of which none may come up, whatever the faults were. */
const forbidden = [
  "lost",
  "resurrected",
  "phantom",
  "falseAbsent",
  "expiredReads",
  "earlyExpiries",
  "future",
  "stale",
  "nonAtomicKeys",
] as const satisfies readonly (keyof Counts)[];

/**
 * A run with faults of every kind, while clients read and write a few keys.
 *
 * Data is lost of at most one disk in any repair window; all else happens as it likes. Whatever clients were told must
 * make sense as if there were one copy of each key (promises G1, G2, G4-G8), and within a minute after the last fault
 * all copies are equal, the ring is ideal and every key can be read (G3).
 */
export async function faultRun(seed: number, options: RunOptions): Promise<RunReport> {
  const run = new FaultRun(seed, options);
  return await run.run();
}

export class FaultRun {
  readonly random: SeededRandom;
  readonly world: World;
  readonly checker: Checker;
  readonly clients: FaultClients;
  readonly scenario: FaultScenario;
  readonly #profile: FaultProfile;

  constructor(readonly seed: number, readonly options: RunOptions) {
    this.random = new SeededRandom(seed ^ 0xfa017);
    const profile = this.#profile = drawProfile(this.random, options);
    this.world = new World(seed, profile.config, profile.network);
    this.checker = new Checker(this.world, new Set(options.isChecked ? ["V1"] : []));
    this.clients = new FaultClients(this.world, this.random.fork(), {
      clients: profile.clients,
      keys: this.random.pick([4, 8, 20]),
    });
    this.scenario = new FaultScenario(this.world, this.random, profile, options.nodes);
  }

  async run(): Promise<RunReport> {
    await this.scenario.found();
    await this.#advance(1_000);
    const epochBefore = this.world.views.epochMax;
    this.clients.start();
    await this.#makeTrouble();
    this.scenario.endAll();
    await this.#expectCalm();
    this.clients.readEverything();
    await this.#hearOut();
    const { operations } = this.clients.history;
    const finalReads = this.clients.finalHistory.operations;
    const { tombstoneGraceMs } = this.world.config;
    const verdict = judge(
      withForgotten(operations, operations, tombstoneGraceMs),
      withForgotten(finalReads, operations, tombstoneGraceMs),
    );
    this.#judge(verdict, this.world.views.epochMax > epochBefore);
    const { checker, options, seed, world } = this;
    return finish({
      ...{ seed, regime: "faults", options, world, checker },
      operations: this.#counts(operations),
      calm: {
        expected: finalReads.length,
        readable: finalReads.filter(({ outcome }) => outcome === "ok").length,
      },
      evidence: evidenceOf(verdict, [...operations, ...finalReads]),
    });
  }

  async #makeTrouble(): Promise<void> {
    const { scheduler } = this.world;
    const untilMs = scheduler.nowMs + this.#profile.troubledMs;
    while (scheduler.nowMs < untilMs) {
      await this.scenario.step();
      await this.#advance(this.random.between(50, this.#profile.pauseMsMax));
      if (!this.random.chance(this.#profile.lullChance)) continue;
      this.scenario.endAll();
      await this.#calm(lullMsMax);
    }
  }

  async #expectCalm(): Promise<void> {
    const reason = await this.#calm(calmMs);
    this.clients.stop();
    await this.#hearOut();
    if (reason !== null) {
      this.checker.fail(`not in order ${calmMs / 1_000} s after the last fault: ${reason}`);
    }
  }

  /** Waits for what clients have asked. */
  async #hearOut(): Promise<void> {
    for (let ms = 0; ms < lastWordsMs; ms += 500) {
      await this.#advance(500);
      if (this.clients.isIdle) return;
    }
  }

  /** Waits until all is in order; says what is not if that takes too long. */
  async #calm(msMax: number): Promise<string | null> {
    const { scheduler } = this.world;
    const untilMs = scheduler.nowMs + msMax;
    for (let reason: string | null = "";;) {
      await this.#advance(lookMs);
      reason = await unrest(this.world);
      if (reason === null || scheduler.nowMs >= untilMs) return reason;
    }
  }

  #judge({ counts, findings }: Verdict, haveViewsChanged: boolean): void {
    const { checker, clients } = this;
    for (const name of forbidden) if (counts[name] > 0) checker.fail(`${counts[name]} times ${name}`);
    for (const finding of findings) checker.fail(finding);
    for (const { key, outcome } of clients.finalHistory.operations) {
      if (outcome !== "ok") checker.fail(`"${key}" cannot be read at the end`);
    }
    if (!haveViewsChanged) { for (const double of clients.conditions.doubles) checker.fail(double); }
  }

  #counts(operations: readonly Operation[]): OperationCounts {
    const { conditions } = this.clients;
    const reads = operations.filter(({ kind }) => kind === "get");
    const writes = operations.filter(({ kind }) => kind !== "get");
    const count = (list: readonly Operation[], holds: (operation: Operation) => boolean) =>
      list.filter(holds).length;
    return {
      acknowledged: count(writes, ({ outcome }) => outcome === "ok"),
      unknown: count(writes, ({ outcome }) => outcome === "info"),
      refused: count(writes, ({ outcome }) => outcome === "fail"),
      found: count(reads, (read) => read.outcome === "ok" && isFound(read)),
      absent: count(reads, (read) => read.outcome === "ok" && !isFound(read)),
      uncertain: count(reads, ({ outcome }) => outcome !== "ok"),
      conditional: conditions.count,
      condDouble: conditions.doubles.length,
    };
  }

  async #advance(ms: number): Promise<void> {
    const { scheduler } = this.world;
    await scheduler.runUntil(scheduler.nowMs + ms, () => {
      if (this.options.isChecked) this.checker.afterEvent();
    });
  }
}

/** The last operations on the first key at fault. */
function evidenceOf({ findings }: Verdict, operations: readonly Operation[]): string[] {
  const key = findings.map((finding) => /"(k\d+)"/.exec(finding)?.[1]).find((key) => key !== undefined);
  if (key === undefined) return [];
  const ofKey = operations.filter((operation) => operation.key === key).slice(-evidenceMax);
  return [`the last operations on "${key}":`, ...ofKey.map((operation) => `  ${inFull(operation)}`)];
}

function inFull(operation: Operation): string {
  const { expiresAtMs, outcome, version } = operation;
  const expiry = expiresAtMs === null ? "" : `, expires ${expiresAtMs}`;
  return `${describe(operation)}: ${outcome} ${version ?? ""}${expiry}`;
}
