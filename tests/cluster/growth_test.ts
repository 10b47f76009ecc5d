import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { RondoError } from "../../client/mod.ts";
import { Cluster, type Place } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { assertAllReadable, assertNoneAbsent, readAll } from "./reads.ts";

Deno.test("Nodes join while keys are written, and no acknowledged key is ever answered as absent", async () => {
  await Cluster.tell({ places: 4, running: 2 }, async (cluster) => {
    const stored = new Map<string, string>();
    const writing = new Writing(cluster.place(0), stored);
    for (const newcomer of [cluster.place(2), cluster.place(3)]) {
      const before = stored.size;
      newcomer.start(`--bootstrap=${cluster.place(1).url}`);
      await eventually(() => newcomer.isReady());
      await eventually(() => assertGreater(stored.size, before + 100));
      assertNoneAbsent(await readAll(cluster.place(1).url, [...stored.keys()].slice(-500)));
    }
    await writing.stop();
    await cluster.closes();
    await assertAllReadable(cluster.running.map(({ url }) => url), stored);
    await eventually(() => assertShared(cluster.running, stored.size));
  });
});

Deno.test("A node whose bootstrap is down waits for it, and never makes a ring of its own", async () => {
  await Cluster.tell({ places: 2, running: 0 }, async (cluster) => {
    const [founder, joiner] = [cluster.place(0), cluster.place(1)];
    const { exited } = joiner.start(`--bootstrap=${founder.url}`);
    await eventually(() => assert(joiner.run?.output.includes("bootstrapRetried")));
    const response = await fetch(`${joiner.url}/ready`);
    assertEquals([response.status, await response.json()], [503, {
      ready: false,
      reason: "the node is joining",
    }]);
    const health = await fetch(`${joiner.url}/health`);
    await health.body?.cancel();
    assertEquals(health.status, 200);
    assertEquals((await readAll(joiner.url, ["a"])).map(({ status }) => status), [503]);
    founder.start();
    await cluster.closes();
    assertEquals((await joiner.client.ring()).nodes.length, 2);
    assertEquals(await joiner.end("SIGTERM"), 0);
    assertEquals(await exited, 0);
  });
});

/**
 * By their own word, each partition has one owner and every key is somewhere. How much each of them has is up to the
 * ports that happened to be free.
 */
async function assertShared(places: readonly Place[], keysStored: number): Promise<void> {
  const infos = await Promise.all(places.map(({ client }) => client.info()));
  const owned = infos.reduce((sum, { partitionsOwned }) => sum + partitionsOwned, 0);
  assertEquals(owned, infos[0]?.partitions);
  assertEquals(infos.map(({ partitionsUnsynced }) => partitionsUnsynced), infos.map(() => 0));
  const held = infos.reduce((sum, { keyCount }) => sum + keyCount, 0);
  assertGreaterOrEqual(held, keysStored);
}

/** Writes new keys one after another until it is stopped, and notes those that were acknowledged. */
class Writing {
  #isStopped = false;
  readonly #ended: Promise<unknown>;

  constructor(place: Place, stored: Map<string, string>) {
    this.#ended = Promise.all(["a", "b", "c", "d"].map((writer) => this.#write(writer, place, stored)));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #write(writer: string, { client }: Place, stored: Map<string, string>): Promise<void> {
    for (let i = 0; !this.#isStopped; i++) {
      const key = `${writer}/${i}`;
      try {
        await client.put(key, `value of ${key}`);
        stored.set(key, `value of ${key}`);
      } catch (error) {
        if (!(error instanceof RondoError)) throw error;
      }
    }
  }
}
