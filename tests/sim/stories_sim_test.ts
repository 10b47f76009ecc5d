import { assertEquals } from "@std/assert";
import type { SimHost } from "../../sim/world.ts";
import { World } from "../../sim/world.ts";

/** A world with the pace of the cluster tests: everything five times as fast as by default. */
function quickWorld(seed: number): World {
  const pace = { stabilizeMs: 200, quietStabilizeMs: 1_000, deadAfterMs: 1_000 };
  return new World(seed, { partitions: 64, ...pace }, { latencyMsMin: 0.2, latencyMsMax: 20, loss: 0 });
}

async function pass(world: World, ms: number): Promise<void> {
  await world.scheduler.runUntil(world.scheduler.nowMs + ms);
}

/** Five hosts; the others join through the first, at most `apartMs` after one another. */
async function fiveNodes(world: World, apartMs: number): Promise<SimHost[]> {
  // Other addresses for other seeds, and so other places on the circle.
  for (let i = Math.floor(world.random.next() * 40); i > 0; i--) world.removeHost(world.addHost());
  const hosts = Array.from({ length: 5 }, () => world.addHost());
  for (const [i, host] of hosts.entries()) {
    world.launch(host, hosts.slice(0, i).map(({ ref }) => ref.url).slice(0, 1));
    await pass(world, i === 0 ? 300 : world.random.between(0, apartMs));
  }
  await pass(world, 15_000);
  return hosts;
}

function notReady(world: World): string[] {
  return world.members.flatMap((node) => node.notReadyReason() ?? []);
}

Deno.test("five nodes that join at the same time all come to answer for their part", async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const world = quickWorld(seed);
    await fiveNodes(world, 40);
    assertEquals([world.members.length, ...notReady(world)], [5], `seed ${seed}`);
  }
});

Deno.test("after a crash, a return, a leave and a blackout, four nodes know again all they knew", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const world = quickWorld(seed);
    const [a, b, c, ...rest] = await fiveNodes(world, 200) as [SimHost, SimHost, SimHost, ...SimHost[]];
    world.crash(b);
    await pass(world, 5_000);
    world.launch(b);
    await pass(world, 10_000);
    world.leave(c);
    await pass(world, 10_000);
    const left = [a, b, ...rest];
    for (const host of left) world.crash(host);
    for (const host of left) {
      world.launch(host);
      await pass(world, world.random.between(0, 800));
    }
    await pass(world, 30_000);
    assertEquals([world.members.length, ...notReady(world)], [4], `seed ${seed}`);
  }
});
