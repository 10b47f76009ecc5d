import { SeededRandom } from "../sim/random.ts";
import type { Fate, LinkFaults } from "./link_faults.ts";

/** What can be done to a ring. */
export const faultKinds = [
  /** SIGKILL, and started again on the same data some seconds later. */
  "kill",
  /** SIGSTOP, and SIGCONT some seconds later. */
  "pause",
  /** Stopped with its data kept, and started again. */
  "restart",
  /** Two groups that do not hear each other, or of which one does not hear the other. */
  "partition",
  /** Delays, losses, duplicates and overtaking on some links. */
  "net",
  /** One node's answers are not what they should be. */
  "garbage",
  /** A clock that is off by up to a quarter of a second. */
  "skew",
  /** Killed, its data deleted, and started again through another node. */
  "wipe",
  /** Killed, bits of its store turned, and started again. */
  "flip",
  /** Leaves with all handed over, and joins again. */
  "leave",
] as const;

export type FaultKind = typeof faultKinds[number];

interface Span {
  readonly atMs: number;
  /** When our part in it is over. The ring may need some time more. */
  readonly endMs: number;
}

/** Nodes are named by their place in the ring, clockwise from some node on, so that neighbours can be told. */
export type Fault =
  & Span
  & (
    | { readonly kind: "kill" | "pause" | "restart" | "wipe" | "leave"; readonly place: number }
    | { readonly kind: "flip"; readonly place: number; readonly bits: number; readonly seed: number }
    | { readonly kind: "partition"; readonly apart: readonly number[]; readonly isOneWay: boolean }
    | { readonly kind: "net"; readonly links: readonly Way[]; readonly faults: LinkFaults }
    | { readonly kind: "garbage"; readonly place: number; readonly fate: Fate }
    | { readonly kind: "skew"; readonly place: number; readonly offsetMs: number }
  );

export type Way = readonly [from: number, to: number];

/** Without its times. */
type Deed = Fault extends infer F ? F extends Fault ? Omit<F, keyof Span> : never : never;

export interface NemesisPlan {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly nodes: number;
  readonly durationMs: number;
  /** From one fault of a node to the next. As often something happens to the network or the clocks. */
  readonly everyMs: number;
}

/** Copies of a key are on so many neighbours; of those only one may be in trouble at a time. */
const replicas = 3;
const firstAtMs = 3_000;
const stepMs = 500;
/** How long the ring is left alone after a fault near by. */
const restMs: Readonly<Record<FaultKind, number>> = {
  kill: 5_000,
  pause: 5_000,
  restart: 5_000,
  partition: 10_000,
  net: 0,
  garbage: 5_000,
  skew: 0,
  // A lost disk has to be filled again first.
  wipe: 15_000,
  flip: 15_000,
  leave: 10_000,
};

/** Those that take one node out; the others come beside them. */
const nodeKinds: readonly FaultKind[] = ["kill", "pause", "restart", "wipe", "flip", "leave"];
const diskLosing: readonly FaultKind[] = ["wipe", "flip"];
/** Each of these is bearable beside any other, but for what `excludes` says. */
const softKinds: readonly FaultKind[] = ["net", "skew"];
const garbageFates = ["corruptReply", "garbage", "truncate", "endless", "drip", "bomb", "reset"] as const;

/**
 * The faults of a run, by their beginning. It follows from the plan alone, so a seed brings the same faults again.
 *
 * A fault that may not stand beside those before it waits until it may.
 */
export function planFaults(plan: NemesisPlan): Fault[] {
  const random = new SeededRandom(plan.seed);
  const groups = [
    plan.kinds.filter((kind) => nodeKinds.includes(kind)),
    plan.kinds.filter((kind) => !nodeKinds.includes(kind)),
  ];
  const placed: Fault[] = [];
  const [ofNodes, others] = groups.map((kinds) => new Sequence(kinds, plan, random.fork()));
  for (;;) {
    const next = [ofNodes, others].filter((sequence) => sequence !== undefined && !sequence.isOver)
      .sort((a, b) => (a?.atMs ?? 0) - (b?.atMs ?? 0))[0];
    if (next === undefined) return placed.sort((a, b) => a.atMs - b.atMs);
    const fault = next.next(placed);
    if (fault !== null) placed.push(fault);
  }
}

/** Whether the two must not stand in the plan together. Which of them comes first does not matter. */
export function excludes(a: Fault, b: Fault, nodes: number): boolean {
  const areApart = a.atMs >= b.endMs + restMs[b.kind] || b.atMs >= a.endMs + restMs[a.kind];
  if (areApart) return false;
  const kinds = [a.kind, b.kind];
  if (kinds.every((kind) => diskLosing.includes(kind))) return true;
  if (kinds.includes("partition")) return !kinds.includes("skew");
  // Both set what is wrong with links, and the one that ends first would heal the other's.
  if (kinds.every((kind) => kind === "net" || kind === "garbage")) return true;
  if (kinds.some((kind) => softKinds.includes(kind))) return a.kind === "skew" && isSamePlace(a, b);
  return placesOf(a).some((p) => placesOf(b).some((q) => distance(p, q, nodes) < replicas));
}

/** One after another, every kind comes once before any comes again. */
class Sequence {
  atMs: number;
  #bag: FaultKind[] = [];
  #isOver: boolean;

  constructor(
    readonly kinds: readonly FaultKind[],
    readonly plan: NemesisPlan,
    readonly random: SeededRandom,
  ) {
    this.#isOver = kinds.length === 0;
    // Several at once from the first moment on would tell less of each.
    this.atMs = firstAtMs + random.integer(0, 10) * stepMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Null when the time is over. */
  next(placed: readonly Fault[]): Fault | null {
    const { durationMs, nodes, everyMs } = this.plan;
    const { lastsMs, deed } = drawDeed(this.#kind(), nodes, this.random);
    for (let atMs = this.atMs; atMs + lastsMs <= durationMs; atMs += stepMs) {
      const fault = { atMs, endMs: atMs + lastsMs, ...deed };
      if (placed.some((other) => excludes(fault, other, nodes))) continue;
      this.atMs = Math.max(atMs + everyMs, fault.endMs);
      return fault;
    }
    this.#isOver = true;
    return null;
  }

  #kind(): FaultKind {
    if (this.#bag.length === 0) this.#bag = [...this.kinds];
    return this.#bag.splice(this.random.integer(0, this.#bag.length - 1), 1)[0] ?? "kill";
  }
}

function drawDeed(kind: FaultKind, nodes: number, random: SeededRandom): { lastsMs: number; deed: Deed } {
  const place = random.integer(0, nodes - 1);
  const seconds = (low: number, high: number) => random.integer(low * 10, high * 10) * 100;
  switch (kind) {
    case "pause":
      return { lastsMs: seconds(1, 15), deed: { kind, place } };
    case "partition":
      return { lastsMs: seconds(5, 30), deed: { kind, ...drawPartition(nodes, random) } };
    case "net":
      return {
        lastsMs: seconds(5, 20),
        deed: { kind, links: drawLinks(nodes, random), faults: drawNet(random) },
      };
    case "garbage":
      return { lastsMs: seconds(3, 12), deed: { kind, place, fate: random.pick(garbageFates) } };
    case "skew":
      return { lastsMs: seconds(5, 30), deed: { kind, place, offsetMs: random.integer(-250, 250) } };
    case "flip":
      return {
        lastsMs: seconds(2, 5),
        deed: { kind, place, bits: random.integer(1, 30), seed: random.integer(0, 2 ** 31) },
      };
    default:
      return { lastsMs: seconds(2, 8), deed: { kind, place } };
  }
}

/** A minority is cut off, wherever in the ring its nodes stand. */
function drawPartition(nodes: number, random: SeededRandom): { apart: number[]; isOneWay: boolean } {
  const count = random.integer(1, Math.max(1, Math.ceil(nodes / 2) - 1));
  const apart = shuffled(nodes, random).slice(0, count).sort((a, b) => a - b);
  return { apart, isOneWay: random.chance(0.3) };
}

function drawLinks(nodes: number, random: SeededRandom): Way[] {
  return Array.from({ length: random.integer(1, nodes) }, (): Way => {
    const [from = 0, to = 1] = shuffled(nodes, random);
    return [from, to];
  });
}

function drawNet(random: SeededRandom): LinkFaults {
  const odds = () => random.pick([0, 0, 0.02, 0.1, 0.3]);
  return {
    delayMs: random.pick([0, 0, 10, 100]),
    jitterMs: random.pick([0, 20, 200]),
    fates: { dropRequest: odds() / 2, dropReply: odds() / 2, duplicate: odds(), reorder: odds() / 2 },
  };
}

function shuffled(count: number, random: SeededRandom): number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  return left.map(() => left.splice(random.integer(0, left.length - 1), 1)[0] ?? 0);
}

/** The nodes that are in trouble. */
function placesOf(fault: Fault): readonly number[] {
  return fault.kind === "partition" ? fault.apart : fault.kind === "net" ? [] : [fault.place];
}

function isSamePlace(a: Fault, b: Fault): boolean {
  return a.kind === b.kind && placesOf(a).some((place) => placesOf(b).includes(place));
}

/** Around the ring, the shorter way. */
function distance(a: number, b: number, nodes: number): number {
  const steps = Math.abs(a - b);
  return Math.min(steps, nodes - steps);
}
