import { assert, assertEquals } from "@std/assert";
import { Cluster, type Place } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { assertAllReadable, assertNoneAbsent, readAll } from "./reads.ts";

const keyCount = 1_000;

Deno.test("Five nodes keep a thousand keys through a crash, a return, a leave and a blackout", async (t) => {
  await Cluster.tell({ places: 5 }, async (cluster) => {
    const values = new Map<string, string>();
    const urls = () => cluster.running.map(({ url }) => url);

    await t.step("keys put through any node are read through every node", async () => {
      await Promise.all(cluster.places.map((place, i) => putShare(place, i, values)));
      assertEquals(values.size, keyCount);
      await assertAllReadable(urls(), values);
    });

    const owners = await ownersOf(cluster.place(0), [...values.keys()]);
    const [victim, leaver] = richest(cluster.places, owners);
    await t.step("after SIGKILL of one, every key stays readable, and can be written", async () => {
      assertEquals(await victim.end("SIGKILL"), 137);
      const first = await Promise.all(urls().map((url) => readAll(url, [...values.keys()].slice(0, 50))));
      for (const readings of first) assertNoneAbsent(readings);
      await eventually(() => assertAllReadable(urls(), values));
      const theirs = [...values.keys()].find((key) => owners.get(key) === victim.url) as string;
      await cluster.running[0]?.client.put(theirs, "written without its owner");
      values.set(theirs, "written without its owner");
      await assertAllReadable(urls(), values);
    });

    await t.step("started again on its data, it is one of them again, and up to date", async () => {
      victim.start();
      await cluster.closes();
      await assertAllReadable(urls(), values);
    });

    await t.step("SIGTERM hands everything over", async () => {
      assertEquals(await leaver.end("SIGTERM"), 0);
      for (const url of urls()) assertNoneAbsent(await readAll(url, [...values.keys()]));
      await cluster.closes();
      await assertAllReadable(urls(), values);
      assertEquals(await keysHeld(cluster.running), keyCount);
    });

    await t.step(
      "all killed and started again without a bootstrap, they are one ring with all keys",
      async () => {
        const survivors = cluster.running;
        await Promise.all(survivors.map((place) => place.end("SIGKILL")));
        for (const place of survivors) place.start();
        await cluster.closes();
        await assertAllReadable(urls(), values);
      },
    );
  });
});

/** Each node gets a fifth of the keys. */
async function putShare({ client }: Place, index: number, values: Map<string, string>): Promise<void> {
  const rows = Array.from(
    { length: keyCount / 5 },
    (_, i) => ({ key: `key/${index}/${i}`, value: `value ${index} ${i}` }),
  );
  for await (const results of client.putMany(rows)) {
    for (const { row, outcome } of results) {
      assertEquals(outcome, "stored");
      values.set(row.key, row.value);
    }
  }
}

async function ownersOf({ client }: Place, keys: readonly string[]): Promise<Map<string, string>> {
  const owners = await Promise.all(
    keys.map(async (key) => [key, (await client.get(key)).owner?.url ?? ""] as const),
  );
  return new Map(owners);
}

/** The two with the most keys: where the arcs lie is up to the ports that happened to be free. */
function richest(places: readonly Place[], owners: ReadonlyMap<string, string>): [Place, Place] {
  const keysOf = ({ url }: Place) => [...owners.values()].filter((owner) => owner === url).length;
  const [first, second] = [...places].sort((a, b) => keysOf(b) - keysOf(a));
  assert(first !== undefined && second !== undefined);
  return [first, second];
}

async function keysHeld(places: readonly Place[]): Promise<number> {
  const infos = await Promise.all(places.map(({ client }) => client.info()));
  return infos.reduce((sum, { keyCount }) => sum + keyCount, 0);
}
