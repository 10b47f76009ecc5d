import { isIdeal, snapshotOf } from "./ring_assertions.ts";
import { type SimHost, World } from "./world.ts";

/** One case of the enumeration. */
export interface SmallRingCase {
  /** Length of the successor lists (r). */
  readonly successors: number;
  /** In which order the hosts 0..n-1 join; the first founds the ring. */
  readonly order: readonly number[];
  /** Who crashes, or null. */
  readonly victim: number | null;
  /** After how many events since the last join began. */
  readonly crashAfter: number;
}

/** Virtual time that a small ring has to become ideal. */
const healMs = 30_000;
/** Events within which a join is over, neighbours' reactions included (see `eventsOfAJoin` in the tests). */
export const joinEventsMax = 60;

/**
 * Every ring too small for the proof: all join orders of up to r+2 nodes, and for each a crash of each node at each
 * event of the last join. `stride` tries only every so-maniest crash point, another share for each order.
 */
export function* smallRingCases(successors: number, stride = 1): Generator<SmallRingCase> {
  for (let count = 1; count <= successors + 2; count++) {
    let number = 0;
    for (const order of permutations(count)) {
      yield { successors, order, victim: null, crashAfter: 0 };
      if (count === 1) continue;
      for (const victim of order) {
        for (let crashAfter = number++ % stride; crashAfter <= joinEventsMax; crashAfter += stride) {
          yield { successors, order, victim, crashAfter };
        }
      }
    }
  }
}

/** Runs one case; says what is wrong at its end, or null. */
export async function runSmallRing(
  { successors, order, victim, crashAfter }: SmallRingCase,
): Promise<string | null> {
  const world = new World(1, { successors, bits: 32, partitions: 16 }, {
    latencyMsMin: 1,
    latencyMsMax: 1,
    loss: 0,
  });
  const hosts = order.map(() => world.addHost());
  const joining = order.map((index) => hosts[index] as SimHost);
  for (const [i, host] of joining.entries()) {
    world.launch(host, joining.slice(0, i).map(({ ref }) => ref.url));
    if (i < joining.length - 1) await world.scheduler.runUntil(world.scheduler.nowMs + 2_500);
  }
  if (victim !== null) {
    await world.scheduler.runEvents(crashAfter);
    world.crash(hosts[victim] as SimHost);
  }
  await world.scheduler.runUntil(world.scheduler.nowMs + healMs);
  return faultOf(world, joining.length - (victim === null ? 0 : 1));
}

function faultOf(world: World, expected: number): string | null {
  const [error] = world.crashes;
  if (error !== undefined) return `unexpected error: ${String(error)}`;
  // A joiner whose only bootstrap died goes on asking for it; a ring of its own would be a second one.
  const isWaiting = expected === 1 && world.running.some((node) => node.phase === "joining");
  if (isWaiting && world.members.length === 0) return null;
  if (world.members.length !== expected) return `${world.members.length} of ${expected} nodes are members`;
  return isIdeal(snapshotOf(world.members), world.config.successors) ? null : "the ring is not ideal";
}

/** All orders of 0..count-1. */
export function* permutations(count: number, taken: readonly number[] = []): Generator<readonly number[]> {
  if (taken.length === count) {
    yield taken;
    return;
  }
  for (let next = 0; next < count; next++) {
    if (!taken.includes(next)) yield* permutations(count, [...taken, next]);
  }
}
