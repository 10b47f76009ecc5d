import { SeededRandom } from "../sim/random.ts";
import { flipBits } from "./bit_flips.ts";
import { type LinkFaults, silentLink, soundLink } from "./link_faults.ts";
import type { Fault, FaultKind, Way } from "./nemesis.ts";
import type { Place } from "./place.ts";
import type { Ring } from "./ring.ts";

/** Most of what a node with garbage in its answers says is garbage; now and then something comes through. */
const garbageShare = 0.9;

/** Does to a ring what the plan says, when it says it. */
export class Nemesis {
  readonly counts = new Map<FaultKind, number>();
  /** The faults that are in force. */
  readonly current = new Set<Fault>();
  readonly #stop = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(readonly ring: Ring, readonly note: (line: string) => void) {}

  /** Resolves when the last fault is over; soon after `stop`. */
  async run(faults: readonly Fault[]): Promise<void> {
    const startedMs = performance.now();
    await Promise.all(faults.map(async (fault) => {
      await this.#wait(fault.atMs - (performance.now() - startedMs));
      if (!this.#isStopped) await this.#carryOut(fault);
    }));
  }

  /** Ends what goes on, and begins nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#stop.resolve();
  }

  async #carryOut(fault: Fault): Promise<void> {
    this.note(describe(fault, this.ring));
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.current.add(fault);
    await carryOut(fault, this.ring, () => this.#wait(fault.endMs - fault.atMs));
    this.current.delete(fault);
  }

  async #wait(ms: number): Promise<void> {
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([isOver, this.#stop.promise]);
    clearTimeout(timer);
  }
}

/** @param wait lasts as long as the fault. */
async function carryOut(fault: Fault, ring: Ring, wait: () => Promise<void>): Promise<void> {
  switch (fault.kind) {
    case "partition":
      return await withLinks(ring, severed(fault.apart, fault.isOneWay, ring), silentLink, wait);
    case "net":
      return await withLinks(ring, fault.links, fault.faults, wait);
    case "garbage":
      return await withLinks(
        ring,
        waysTo(fault.place, ring),
        { fates: { [fault.fate]: garbageShare } },
        wait,
      );
  }
  const place = placeAt(ring, fault.place);
  switch (fault.kind) {
    case "pause":
      place.run?.pause();
      await wait();
      return place.run?.resume();
    case "skew":
      place.plan.clock?.set(fault.offsetMs);
      await wait();
      return place.plan.clock?.set(0);
    case "kill":
      await place.run?.kill();
      break;
    case "restart":
      await place.run?.halt();
      break;
    case "leave":
      await place.run?.leave();
      await wait();
      return await ring.startAnew(place);
    case "wipe":
      await place.run?.kill();
      await wait();
      return await ring.wipeAndStart(place);
    case "flip":
      await place.run?.kill();
      ring.damaged.add(place);
      await flipBits(place.plan.directory, fault.bits, new SeededRandom(fault.seed));
  }
  await wait();
  await place.start();
}

/** The fault in words, with the node's address. */
export function describe(fault: Fault, ring: Ring): string {
  const seconds = `${((fault.endMs - fault.atMs) / 1_000).toFixed(1)} s`;
  const port = (place: number) => placeAt(ring, place).plan.port;
  switch (fault.kind) {
    case "partition":
      return `partition for ${seconds}: ${fault.apart.map(port).join(", ")} ${
        fault.isOneWay ? "are not heard" : "are apart"
      }`;
    case "net": {
      const ways = fault.links.map(([from, to]) => `${port(from)}>${port(to)}`).join(" ");
      return `net for ${seconds}: ${JSON.stringify(fault.faults)} on ${ways}`;
    }
    case "garbage":
      return `garbage for ${seconds}: ${port(fault.place)} answers with ${fault.fate}`;
    case "skew":
      return `skew for ${seconds}: ${port(fault.place)} by ${fault.offsetMs} ms`;
    case "flip":
      return `flip for ${seconds}: ${fault.bits} bits of ${port(fault.place)}`;
    default:
      return `${fault.kind} for ${seconds}: ${port(fault.place)}`;
  }
}

/** Ways between the group and all others; one-way: only those on which the group would be heard. */
export function severed(apart: readonly number[], isOneWay: boolean, ring: Ring): Way[] {
  const all = ring.clockwise.map((_, place) => place);
  const others = all.filter((place) => !apart.includes(place));
  const outward = apart.flatMap((from) => others.map((to): Way => [from, to]));
  return isOneWay ? outward : [...outward, ...outward.map(([from, to]): Way => [to, from])];
}

function waysTo(place: number, ring: Ring): Way[] {
  return ring.clockwise.map((_, from): Way => [from, place]).filter(([from]) => from !== place);
}

async function withLinks(
  ring: Ring,
  ways: readonly Way[],
  faults: LinkFaults,
  wait: () => Promise<void>,
): Promise<void> {
  const links = ways.map(([from, to]) =>
    ring.proxy.link(placeAt(ring, from).plan.index, placeAt(ring, to).plan.index)
  );
  for (const link of links) link.setFaults(faults);
  await wait();
  for (const link of links) link.setFaults(soundLink);
}

/** @throws RangeError when the ring has no such place. */
export function placeAt(ring: Ring, place: number): Place {
  const found = ring.clockwise[place];
  if (found === undefined) throw new RangeError(`Cannot find place ${place} of ${ring.clockwise.length}`);
  return found;
}
