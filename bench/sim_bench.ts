import { Checker } from "../sim/checker.ts";
import { assertionNames } from "../sim/ring_assertions.ts";
import { World } from "../sim/world.ts";
import type { Figure, Measurement } from "./figure.ts";
import { median } from "./load.ts";

const nodes = 64;
const killed = 16;
const virtualMs = 120_000;
const runs = 3;
const targetMs = 1_000;

/** 64 simulated nodes through two minutes of virtual time; 16 are killed at once after half a minute. */
export const simBench: Measurement = {
  name: "sim",
  run: async () => {
    const unchecked = await timed(false);
    const checked = await timed(true);
    return [
      figure("64 simulated nodes, 120 s, 16 killed; no assertions", unchecked, unchecked.ms < targetMs),
      figure("the same with assertions on", checked, null),
    ];
  },
};

interface Timed {
  readonly ms: number;
  readonly events: number;
  readonly checks: number;
}

async function timed(isChecked: boolean): Promise<Timed> {
  const times: Timed[] = [];
  for (let seed = 1; seed <= runs; seed++) times.push(await once(seed, isChecked));
  return { ...(times[0] as Timed), ms: median(times.map(({ ms }) => ms)) };
}

async function once(seed: number, isChecked: boolean): Promise<Timed> {
  const startedAtMs = performance.now();
  const world = new World(seed, { bits: 160, partitions: 64 }, {
    latencyMsMin: 0.5,
    latencyMsMax: 2,
    loss: 0,
  });
  const checker = new Checker(world, new Set(isChecked ? assertionNames : []));
  const afterEach = isChecked ? () => checker.afterEvent() : undefined;
  await world.startIdeal(nodes);
  await world.scheduler.runUntil(virtualMs / 4, afterEach);
  for (const host of world.hosts.filter((_, i) => i % (nodes / killed) === 0)) world.crash(host);
  await world.scheduler.runUntil(virtualMs, afterEach);
  for (const node of world.running) node.stop();
  return { ms: performance.now() - startedAtMs, events: world.scheduler.events, checks: checker.checks };
}

function figure(name: string, { ms, events, checks }: Timed, isMet: boolean | null): Figure {
  return {
    name,
    measured: `${Math.round(ms)} ms`,
    against: `${events} events, ${checks} checks of the ring`,
    target: isMet === null ? "-" : `under ${targetMs} ms`,
    isMet,
  };
}
