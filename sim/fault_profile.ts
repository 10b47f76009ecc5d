import type { NodeConfig } from "../core/config.ts";
import type { FaultKind } from "./faults.ts";
import type { SeededRandom } from "./random.ts";
import type { RunOptions } from "./run.ts";
import type { NetworkOptions } from "./sim_network.ts";

/** Faults that a scenario begins on purpose, each as often as its weight among those that a run has. */
const weights = {
  crash: 5,
  powerCut: 0.5,
  flap: 1,
  leave: 1.5,
  join: 3,
  pause: 4,
  longPause: 2,
  slowNode: 2,
  loss: 2,
  replyLoss: 2,
  repeats: 2,
  delays: 2,
  partition: 2,
  oneWay: 2,
  cutAtChange: 2,
  clockJump: 1,
  diskLoss: 6,
  bitRot: 4,
  slowDisk: 2,
  fullDisk: 2,
} as const satisfies Partial<Record<FaultKind, number>>;

/** A fault that a scenario can begin. */
export type Trouble = keyof typeof weights;

export const allTroubles = Object.keys(weights) as Trouble[];

/** Share of all troubles that one run has: few at a time meet in ways that all at once never do. */
const share = { min: 0.2, max: 0.8 };

/** What nodes do by themselves is most of what a run costs. */
const slowPace = { stabilizeMs: 5_000, quietStabilizeMs: 10_000, antiEntropyMs: 20_000, deadAfterMs: 6_000 };

/** What one run is like, drawn from its seed. */
export interface FaultProfile {
  readonly config: Partial<NodeConfig>;
  readonly network: NetworkOptions;
  /** Nodes at the beginning. */
  readonly nodes: number;
  /** Each has one operation under way at a time, or two if it has a rival. */
  readonly clients: number;
  /** Chances of each trouble to be the next; those left out do not happen. */
  readonly weights: ReadonlyMap<Trouble, number>;
  /** Longest pause between two troubles. */
  readonly pauseMsMax: number;
  /** Virtual time with faults. */
  readonly troubledMs: number;
  /** Chance, after each trouble, that all of them cease for a while. */
  readonly lullChance: number;
  /** A deletion may be forgotten only when all that was sent before it has arrived: so these are short if that is soon. */
  readonly repeatMsMax: number;
  readonly longPauseMsMax: number;
  /** Wall clocks are at most so far ahead or behind. */
  readonly skewMsMax: number;
}

export function drawProfile(random: SeededRandom, options: RunOptions): FaultProfile {
  const profile = drawUsual(random, options);
  if (options.isFast !== true) return profile;
  const config = { ...profile.config, ...slowPace, partitions: 4 };
  return { ...profile, config, clients: 2, lullChance: profile.lullChance / 3 };
}

function drawUsual(random: SeededRandom, { nodes, successors, troubles }: RunOptions): FaultProfile {
  const isForgetful = random.chance(0.2);
  return {
    config: {
      replicas: 3,
      writeQuorum: 2,
      readQuorum: 2,
      successors: successors ?? random.integer(3, 5),
      bits: 32,
      partitions: random.pick([4, 8, 16]),
      stabilizeMs: random.pick([1_000, 2_000, 3_000]),
      quietStabilizeMs: 6_000,
      deadAfterMs: random.pick([3_000, 5_000]),
      antiEntropyMs: 10_000,
      probeMs: 15_000,
      leaveTimeoutMs: 15_000,
      tombstoneGraceMs: isForgetful ? 24_000 : 24 * 3_600_000,
    },
    network: { latencyMsMin: 0.5, latencyMsMax: random.pick([2, 10, 40]), loss: 0 },
    nodes: random.integer(4, Math.max(4, nodes)),
    clients: 3,
    weights: troubles === undefined
      ? drawWeights(random)
      : new Map(troubles.map((kind) => [kind, weights[kind]])),
    pauseMsMax: random.pick([2_000, 5_000, 10_000]),
    troubledMs: random.between(45_000, 75_000) * (isForgetful ? 2 : 1),
    lullChance: 0.06,
    repeatMsMax: isForgetful ? 6_000 : 120_000,
    longPauseMsMax: isForgetful ? 8_000 : 40_000,
    skewMsMax: random.chance(0.5) ? 250 : 0,
  };
}

function drawWeights(random: SeededRandom): Map<Trouble, number> {
  const chance = random.between(share.min, share.max);
  const chosen = allTroubles.filter(() => random.chance(chance));
  const kinds = chosen.length === 0 ? [random.pick(allTroubles)] : chosen;
  return new Map(kinds.map((kind) => [kind, weights[kind]]));
}
