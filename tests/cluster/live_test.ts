import { assert, assertEquals } from "@std/assert";
import { effect } from "@preact/signals";
import { type LiveConnection, type LiveStore, openLiveStore } from "../../client/mod.ts";
import { Cluster, type Place } from "./cluster.ts";
import { eventually } from "./eventually.ts";

/** A page, but for the page: it watches all that a node tells. */
class Watcher implements Disposable {
  readonly store: LiveStore & { close(): void };
  readonly connections: LiveConnection["kind"][] = [];
  readonly #ends: (() => void)[];

  constructor({ url }: Place) {
    this.store = openLiveStore({ url });
    const topics = ["ring", "node", "metrics", "logs"] as const;
    this.#ends = topics.map((topic) => effect(() => void this.store.topic(topic).value));
    this.#ends.push(this.store.connection.subscribe(({ kind }) => void this.connections.push(kind)));
  }

  get ring() {
    return Object.values(this.store.topic("ring").value.data ?? {});
  }

  stateOf({ url }: Place): string | undefined {
    return this.ring.find((item) => item.url === url)?.state;
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end();
    this.store.close();
  }
}

Deno.test("A watcher sees the ring live, hears goodbye, and finds its node again", async () => {
  await Cluster.tell({ places: 3, running: 2 }, async (cluster) => {
    const [watched, other, third] = [cluster.place(0), cluster.place(1), cluster.place(2)];
    using watcher = new Watcher(watched);
    const { store } = watcher;
    await eventually(() =>
      assertEquals([watcher.stateOf(watched), watcher.stateOf(other)], ["alive", "alive"])
    );
    assertEquals(watcher.connections, ["stopped", "connecting", "live"]);

    await watched.client.put("a", "1");
    await eventually(() => {
      assertEquals(store.topic("node").value.data?.info?.url, watched.url);
      assert((store.topic("metrics").value.data?.["requests"]?.value ?? 0) > 0);
      assert(Object.values(store.topic("logs").value.data ?? {}).some(({ event }) => event === "started"));
    });

    third.start(`--bootstrap=${watched.url}`);
    await eventually(() => assertEquals(watcher.stateOf(third), "alive"));
    assertEquals(await third.end("SIGTERM"), 0);
    await eventually(() => assertEquals(watcher.stateOf(third), "left"));

    assertEquals(await watched.end("SIGINT"), 0, watched.run?.output);
    assert(!watched.run?.output.includes("requestsCutOff"), watched.run?.output);
    await eventually(() => assert(watcher.connections.at(-1) !== "live"));
    const seen = watcher.ring;
    assertEquals(seen.length > 0, true, "what was seen last stays");
    watched.start();
    store.retryNow();
    await eventually(() => assertEquals(watcher.connections.at(-1), "live"));
    await eventually(() => assertEquals(watcher.ring.find(({ isSelf }) => isSelf)?.url, watched.url));
  });
});
