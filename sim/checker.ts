import type { Id } from "../core/id.ts";
import {
  type AssertionName,
  assertionNames,
  type Moment,
  ringAssertions,
  snapshotOf,
} from "./ring_assertions.ts";
import type { World } from "./world.ts";

/** Rows of the table that a failure prints. */
const historyMax = 20;

/** One look at the ring: which assertions held, and at what moment. */
export interface Look {
  readonly atMs: number;
  readonly held: Readonly<Record<AssertionName, boolean>>;
}

/** Something that must never be, and was. */
export interface Violation {
  readonly atMs: number;
  readonly what: string;
}

/** Checks the assertions whenever the ring state changed, and remembers the last looks for the report. */
export class Checker {
  readonly looks: Look[] = [];
  readonly violations: Violation[] = [];
  checks = 0;
  /** When each principal became one. */
  #principals: ReadonlyMap<Id, number> | null = null;
  readonly #failed = new Set<AssertionName>();
  /** Looking costs; who enforces nothing about pointers does without. */
  readonly #looksAtRing: boolean;

  /** @param enforced the assertions that must hold at every look; the others are only recorded. */
  constructor(readonly world: World, readonly enforced: ReadonlySet<AssertionName>) {
    this.#looksAtRing = [...enforced].some((name) => name !== "V1");
  }

  /** To be called after every event. */
  afterEvent(): void {
    this.#noteCrashes();
    if (!this.world.hasRingChanged) return;
    this.world.hasRingChanged = false;
    if (this.#looksAtRing) this.look();
    else if (this.world.views.contradiction !== null) this.#failOn("V1");
  }

  /** Judges the present moment. */
  look(): Look {
    this.checks++;
    const { world } = this;
    const members = world.members;
    const snapshot = snapshotOf(members);
    const failed = new Set(world.failedSinceCheck.splice(0).map(({ id }) => id));
    const before = this.#before(failed);
    this.#follow(snapshot.principals);
    const moment = { snapshot, successorsMax: world.config.successors, before };
    const held = {} as Record<AssertionName, boolean>;
    for (const name of assertionNames) {
      held[name] = name === "V1" ? world.views.contradiction === null : ringAssertions[name](moment);
      if (!held[name] && this.enforced.has(name)) this.#failOn(name);
    }
    const look = { atMs: world.scheduler.nowMs, held };
    this.looks.push(look);
    if (this.looks.length > historyMax) this.looks.shift();
    return look;
  }

  fail(what: string): void {
    this.violations.push({ atMs: this.world.scheduler.nowMs, what });
  }

  /** What does not hold may go on not to; a report has no use for the same line a thousand times. */
  #failOn(name: AssertionName): void {
    if (this.#failed.has(name)) return;
    this.#failed.add(name);
    const why = name === "V1" ? `: ${this.world.views.contradiction}` : "";
    this.fail(`assertion ${name} does not hold${why}`);
  }

  /**
   * A step counts from the moment its answer was given (Zave), while the asker's list shows it one way later. A
   * principal younger than that was never one in the order that the proof is about.
   */
  #before(failed: ReadonlySet<Id>): Moment["before"] {
    const { world } = this;
    if (this.#principals === null) return null;
    const answeredMs = world.scheduler.nowMs - world.network.options.latencyMsMax;
    const fresh = [...this.#principals].filter(([, sinceMs]) => sinceMs >= answeredMs).map(([id]) => id);
    return { principals: new Set(this.#principals.keys()), failed, fresh: new Set(fresh) };
  }

  #follow(principals: ReadonlySet<Id>): void {
    const { nowMs } = this.world.scheduler;
    const before = this.#principals;
    this.#principals = new Map([...principals].map((id) => [id, before?.get(id) ?? nowMs]));
  }

  #noteCrashes(): void {
    for (const error of this.world.crashes.splice(0)) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.stack}` : "";
      this.fail(`unexpected error: ${error instanceof Error ? error.message : String(error)}${cause}`);
    }
  }
}

/** The last looks as a table of t and f, the way a person finds the moment things went wrong. */
export function lookTable(looks: readonly Look[]): string {
  const head = ["      ms", ...assertionNames.map((name) => name.padStart(3))].join(" ");
  const rows = looks.map(({ atMs, held }) =>
    [atMs.toFixed(1).padStart(8), ...assertionNames.map((name) => (held[name] ? "t" : "f").padStart(3))].join(
      " ",
    )
  );
  return [head, ...rows].join("\n");
}
