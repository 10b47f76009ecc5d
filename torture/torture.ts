import { toJsonLines } from "../sim/history/json_lines.ts";
import { History } from "../sim/history/history.ts";
import { SeededRandom } from "../sim/random.ts";
import { Caller } from "./caller.ts";
import { copiesBecomeEqual, wrongKeys } from "./copies.ts";
import { Nemesis } from "./deeds.ts";
import { readAll } from "./final_reads.ts";
import { preload } from "./preload.ts";
import type { Program } from "./processes.ts";
import type { Report } from "./report.ts";
import { Ring } from "./ring.ts";
import type { Expectation, Figures, Scenario, Stage } from "./stage.ts";
import { verdictOn } from "./verdict.ts";
import { Workload } from "./workload.ts";

export interface TorturePlan {
  readonly name: string;
  readonly scenario: Scenario;
  readonly figures: Figures;
  readonly seed: number;
  readonly program: Program;
  /** Where the history goes, and the nodes' data and logs under `nodes/`. */
  readonly directory: string;
  readonly faketime: string | null;
  /** What was asked for and is not tried. */
  readonly skipped: readonly string[];
  readonly note: (line: string) => void;
}

const progressEveryMs = 10_000;
/** After the last fault a ring is to be whole, and its copies equal, within so long each. */
const healMsMax = 60_000;
const waysDefault = 3;

/** Lets clients at a ring, does to it what the scenario says, lets it heal, and judges what the clients saw. */
export async function torture(plan: TorturePlan): Promise<Report> {
  const { directory, faketime, figures, note, program, scenario, seed } = plan;
  const nodes = figures.nodes + (scenario.newcomers ?? 0);
  const nodesDirectory = `${directory}/nodes`;
  await Deno.mkdir(nodesDirectory, { recursive: true });
  const ring = new Ring({ program, directory: nodesDirectory, nodes, seed, faketime, note });
  const history = new History({ now: () => performance.now(), wallNow: () => Date.now() });
  const caller = new Caller(ring, history);
  try {
    await scenario.prepare?.(ring);
    return await perform(plan, ring, caller);
  } finally {
    await ring.end();
    await scenario.cleanUp?.(ring);
    const failures = caller.failures.map((failure) => `${JSON.stringify(failure)}\n`).join("");
    await Deno.writeTextFile(`${directory}/history.jsonl`, toJsonLines(history.operations));
    await Deno.writeTextFile(`${directory}/failures.jsonl`, failures);
  }
}

async function perform(plan: TorturePlan, ring: Ring, caller: Caller): Promise<Report> {
  const { figures, note, scenario } = plan;
  await ring.form(figures.nodes);
  note(`${figures.nodes} nodes are one ring: ${ring.clockwise.map(({ plan }) => plan.port).join(" ")}`);
  await preload(ring, caller.history, figures.keys);
  note(`${figures.keys} keys are stored`);
  const { stage, expectations, skipped } = setStage(plan, ring, caller);
  const progress = setInterval(() => note(progressOf(stage)), progressEveryMs);
  stage.workload.start();
  try {
    await scenario.act(stage);
  } finally {
    clearInterval(progress);
    stage.nemesis.stop();
    await stage.workload.stop();
  }
  return {
    ...await judgeInPeace(plan, stage),
    expectations,
    skipped: [...plan.skipped, ...skipped],
  };
}

function setStage({ figures, seed, note }: TorturePlan, ring: Ring, caller: Caller) {
  const random = new SeededRandom(seed);
  const expectations: Expectation[] = [];
  const skipped: string[] = [];
  const stage: Stage = {
    ...{ seed, figures, ring, note, caller },
    random: random.fork(),
    nemesis: new Nemesis(ring, note),
    workload: new Workload({ seed, ...figures }, caller),
    expect(what, isMet) {
      note(`${isMet ? "as it should be" : "NOT AS IT SHOULD BE"}: ${what}`);
      expectations.push({ what, isMet });
    },
    skip(what) {
      note(`SKIPPED ${what}`);
      skipped.push(what);
    },
  };
  return { stage, expectations, skipped };
}

async function judgeInPeace(
  { name, figures, scenario, seed, note }: TorturePlan,
  stage: Stage,
): Promise<Omit<Report, "expectations" | "skipped">> {
  const { caller, nemesis, ring } = stage;
  const { history } = caller;
  ring.proxy.heal();
  await ring.startTheMissing();
  const healMs = await ring.heals(healMsMax);
  note(
    healMs === null ? "the ring did not become whole" : `the ring is whole after ${Math.round(healMs)} ms`,
  );
  const { copies, tookMs } = await copiesBecomeEqual(ring.running, history, healMsMax);
  note(`${wrongKeys(copies)} keys without equal copies after another ${Math.round(tookMs)} ms`);
  await scenario.finale?.(stage);
  const keys = [...new Set(history.operations.map(({ key }) => key))];
  const ways = scenario.ways ?? waysDefault;
  const finalReads = await readAll(ring.running, keys, { ways, clock: history.clock });
  note(`${keys.length} keys were read ${finalReads.length} times, each through up to ${ways} nodes`);
  return {
    ...{ name, seed, figures, healMs, copies, copiesMs: tookMs },
    verdict: verdictOn(caller, finalReads),
    failures: countedBy(caller.failures, ({ code, definite }) => definite ? code : `${code} (unknown)`),
    faults: nemesis.counts,
    requests: ring.proxy.tally(),
    deaths: ring.deaths,
  };
}

function progressOf({ ring, workload, nemesis }: Stage): string {
  const { done, good } = workload.look();
  const share = done === 0 ? "none" : `${(100 * good / done).toFixed(1)} % answered`;
  const now = [...nemesis.current].map(({ kind }) => kind).join(", ");
  return `${done} operations, ${share}; ${ring.serving.length} of ${ring.places.length} nodes serve` +
    (now === "" ? "" : `; now: ${now}`);
}

function countedBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, number> {
  return new Map([...Map.groupBy(items, nameOf)].map(([name, group]) => [name, group.length]));
}
