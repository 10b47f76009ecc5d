import { flipBits } from "./bit_flips.ts";
import { copiesBecomeEqual, wrongKeys } from "./copies.ts";
import { placeAt, severed } from "./deeds.ts";
import { fullDiskScenario } from "./full_disk.ts";
import { silentLink } from "./link_faults.ts";
import { planFaults } from "./nemesis.ts";
import { pause, type Place } from "./place.ts";
import type { Scenario, Stage } from "./stage.ts";
import { wrongCopies } from "./wrong_copies.ts";

/** When the ring is hit for the first time, so that the load is under way. */
const firstAtMs = 5_000;
/** Within that a ring is one again, whatever was done to it. */
const wholeMs = 30_000;
/** Within that every key has all its copies again. */
const repairMs = 60_000;
const flippedBits = 300;

/** Whatever faults the command line names, as the seed has it. */
const mixed: Scenario = {
  summary: "faults of the kinds given, one after another and side by side",
  async act({ seed, figures, nemesis }) {
    const { faults: kinds, minutes, nodes, killEvery } = figures;
    const [durationMs, everyMs] = [minutes * 60_000, killEvery * 1_000];
    const faults = planFaults({ seed, kinds, nodes, durationMs, everyMs });
    const isOver = pause(durationMs);
    await nemesis.run(faults);
    await isOver;
  },
};

const kill: Scenario = {
  ...mixed,
  summary: "a node is killed every 20 s for two minutes, and started again",
  figures: { nodes: 8, keys: 10_000, minutes: 2, killEvery: 20, faults: ["kill"] },
};

const neighbours: Scenario = {
  summary: "two neighbours die for good, one 10 s after the other",
  figures: { nodes: 8, keys: 10_000 },
  async act(stage) {
    const { ring, random, note } = stage;
    const first = random.integer(0, ring.clockwise.length - 1);
    const pair = [first, (first + 1) % ring.clockwise.length].map((place) => placeAt(ring, place));
    await pause(firstAtMs);
    for (const place of pair) {
      note(`${place.url} dies for good`);
      place.isGone = true;
      await place.run?.kill();
      await pause(10_000);
    }
    await expectCopies(stage);
  },
};

const blackout: Scenario = {
  summary: "all nodes are killed at once, and started again without a bootstrap",
  figures: { nodes: 8, keys: 10_000 },
  async act(stage) {
    const { ring, note } = stage;
    await pause(firstAtMs);
    const places = ring.running;
    await Promise.all(places.map(({ run }) => run?.kill()));
    note("all are dead");
    await Promise.all(places.map((place) => place.start()));
    await expectWhole(stage, "after all were killed");
    await pause(firstAtMs);
  },
};

const split: Scenario = {
  summary: "three of eight nodes are cut off from the rest for a minute",
  figures: { nodes: 8, keys: 10_000 },
  async act(stage) {
    const { ring, random, note } = stage;
    await pause(firstAtMs);
    const left = ring.clockwise.map((_, place) => place);
    const count = Math.floor(left.length * 3 / 8);
    const apart = Array.from(
      { length: count },
      () => left.splice(random.integer(0, left.length - 1), 1)[0] ?? 0,
    );
    note(`cut off for 60 s: ${apart.map((place) => placeAt(ring, place).url).join(", ")}`);
    for (const [from, to] of severed(apart, false, ring)) {
      ring.proxy.link(placeAt(ring, from).plan.index, placeAt(ring, to).plan.index).setFaults(silentLink);
    }
    await pause(60_000);
    ring.proxy.heal();
    await expectWhole(stage, "after the partition");
    await pause(firstAtMs);
  },
};

const flip: Scenario = {
  summary: `${flippedBits} bits of a stopped node's store are turned`,
  figures: { nodes: 8, keys: 10_000 },
  async act({ ring, random, note }) {
    const place = random.pick(ring.clockwise);
    await place.run?.halt();
    ring.damaged.add(place);
    await flipBits(place.plan.directory, flippedBits, random);
    note(`${place.url}: ${flippedBits} bits are turned; it starts again`);
    await place.start();
    await pause(repairMs / 2);
  },
  async finale({ ring, expect, note }) {
    for (const place of ring.damaged) {
      const { asked, wrong } = await wrongCopies(place, ring.running);
      note(`${place.url}: ${asked} copies of its own, ${wrong} of them wrong`);
      expect(`the damaged node's own copies are right again: ${wrong} of ${asked} are not`, wrong === 0);
    }
  },
};

const join: Scenario = {
  summary: "a ninth node joins a ring with 100,000 keys",
  figures: { nodes: 8, keys: 100_000 },
  newcomers: 1,
  ways: 1,
  async act(stage) {
    await pause(firstAtMs);
    const newcomer = stage.ring.places.at(-1);
    if (newcomer === undefined) throw new RangeError("Cannot let anybody join: there is no place left");
    await stage.ring.startAnew(newcomer);
    // It is ready once it has its copies, for which it has the time that they have.
    await expectCopies(stage);
  },
};

const rush: Scenario = {
  summary: "five nodes join a ring of three, all at once",
  figures: { nodes: 3, keys: 10_000 },
  newcomers: 5,
  async act(stage) {
    await pause(firstAtMs);
    const newcomers = stage.ring.places.filter(({ run }) => run === null);
    await Promise.all(newcomers.map((place) => stage.ring.startAnew(place)));
    await expectWhole(stage, "after the joins");
    await expectCopies(stage);
  },
};

const wipe: Scenario = {
  summary: "a node is killed, its data deleted, and it comes back through another",
  figures: { nodes: 8, keys: 10_000 },
  async act(stage) {
    const { ring, random, note } = stage;
    await pause(firstAtMs);
    const place: Place = random.pick(ring.clockwise);
    await place.run?.kill();
    note(`${place.url} is dead and its data gone`);
    await pause(3_000);
    await ring.wipeAndStart(place);
    await expectWhole(stage, "after the loss of a disk");
    await expectCopies(stage);
  },
};

export const mixedScenario: Scenario = mixed;

/** By the names that the command line takes. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(Object.entries({
  ...{ kill, neighbours, blackout, split, flip, join, rush, wipe },
  full: fullDiskScenario,
}));

async function expectWhole({ ring, expect }: Stage, when: string): Promise<void> {
  const tookMs = await ring.heals(wholeMs);
  const took = tookMs === null ? "it is not" : `${(tookMs / 1_000).toFixed(1)} s`;
  expect(`one ring within ${wholeMs / 1_000} s ${when}: ${took}`, tookMs !== null);
}

async function expectCopies({ ring, caller, expect }: Stage): Promise<void> {
  const { copies, tookMs } = await copiesBecomeEqual(ring.running, caller.history, repairMs);
  const bad = wrongKeys(copies);
  const seconds = (tookMs / 1_000).toFixed(1);
  expect(
    `every key has its copies within ${repairMs / 1_000} s: ${bad} have not after ${seconds} s`,
    bad === 0,
  );
}
