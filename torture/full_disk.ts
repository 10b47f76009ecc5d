import { pause, type Place } from "./place.ts";
import type { Ring } from "./ring.ts";
import type { Scenario, Stage } from "./stage.ts";

/** Room for the keys of the scenario and SQLite's log, and soon full. */
const diskMiB = 32;
const blockBytes = 64 * 1024;
const fullMs = 30_000;
const recoveryMs = 10_000;
const pollMs = 200;

/** One node has a small disk of its own, which is filled by somebody else's file and freed again. */
export const fullDiskScenario: Scenario = {
  summary: "the disk of one node is full for half a minute",
  figures: { nodes: 8, keys: 10_000 },
  async prepare(ring) {
    const { directory } = placeWithDisk(ring).plan;
    await Deno.mkdir(directory, { recursive: true });
    await shell(`mount -t tmpfs -o size=${diskMiB}m rondo-torture "$1"`, directory);
  },
  async act(stage) {
    const place = placeWithDisk(stage.ring);
    if (!await isMounted(place)) {
      return stage.skip(
        "full: a small disk could not be mounted; that takes root, and a container that lets it",
      );
    }
    await pause(5_000);
    const ballast = `${place.plan.directory}/ballast`;
    await fill(ballast);
    stage.note(`the disk of ${place.url} is full`);
    await pause(fullMs);
    stage.expect("the node with a full disk still runs", place.isRunning);
    await Deno.remove(ballast);
    stage.note("there is room again");
    await expectRecovery(place, stage);
  },
  async cleanUp(ring) {
    const place = placeWithDisk(ring);
    if (await isMounted(place)) await shell('umount "$1"', place.plan.directory);
  },
};

/** Any but the founder, which the others come in through. */
function placeWithDisk({ places }: Ring): Place {
  const place = places[1];
  if (place === undefined) throw new RangeError("Cannot fill a disk: the ring has one node only");
  return place;
}

/** What the node wrote itself in the same moment may take the last block; then that is full as well. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  const block = new Uint8Array(blockBytes);
  for (let size = blockBytes; size >= 512; size /= 2) {
    while (await hasRoomFor(file, block.subarray(0, size)));
  }
}

async function hasRoomFor(file: Deno.FsFile, block: Uint8Array): Promise<boolean> {
  try {
    return await file.write(block) === block.length;
  } catch (error) {
    if (error instanceof Error && /no space|os error 28/i.test(error.message)) return false;
    throw error;
  }
}

/** A write that only this node coordinates, and most of which it keeps itself, is the best sign of health. */
async function expectRecovery({ client, url }: Place, { ring, expect }: Stage): Promise<void> {
  const startedMs = performance.now();
  let flaw = await ring.flaw();
  while (flaw !== null && performance.now() - startedMs < recoveryMs) {
    await pause(pollMs);
    flaw = await ring.flaw();
  }
  const isWriting = await client.put("after-the-flood", url).then(() => true, () => false);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const what = `within ${recoveryMs / 1_000} s of the room being back the node is well: after ${seconds} s`;
  expect(`${what} ${flaw ?? "it is"}, writes ${isWriting ? "go" : "do not go"}`, flaw === null && isWriting);
}

/** Asked by the shell: Deno lets nobody look into /proc who may not do everything. */
async function isMounted({ plan }: Place): Promise<boolean> {
  return await shell('grep -q " $1 tmpfs " /proc/mounts', plan.directory);
}

/** Says whether the script ended well. */
async function shell(script: string, directory: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", script, "sh", directory], stderr: "null" })
    .output();
  return success;
}
