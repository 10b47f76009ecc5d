import { assertEquals } from "@std/assert";
import { effect } from "@preact/signals";
import { lingerMs } from "../../client/live_feed.ts";
import { type LiveConnection, liveStore, openLiveStore } from "../../client/mod.ts";
import { socketUrlOf } from "../../client/live_wire.ts";
import { LogBuffer } from "../../transport/live/log_buffer.ts";
import { createHandler } from "../../transport/handler.ts";
import { Measures } from "../../transport/measures/measures.ts";
import { VirtualTime } from "../core/virtual_time.ts";
import { FakeNode, fetchFrom, infoOf, nodeAt } from "../transport/fake_node.ts";
import { TestHub } from "../transport/live/fake_socket.ts";
import { FakeWire } from "./fake_wire.ts";

/** A store in virtual time; what it asks over REST a node really answers. */
function opened() {
  const time = new VirtualTime();
  const { now, sleep, after, wallNow } = time.clock;
  const wires: FakeWire[] = [];
  const node = new FakeNode();
  const next = nodeAt(8441);
  Object.assign(node.answers, {
    "chord.neighbors": () => ({ self: node.self, phase: "member", successors: [next], predecessor: null }),
    "node.info": () => infoOf(node),
    "node.fingers": () => ({ entries: [] }),
    "node.peers": () => ({ peers: [{ node: next, health: "suspect", lastSeenMs: 1 }] }),
    "node.status": () => ({ refusals: [], differences: 2, fetched: 0, pushed: 0, collected: 0 }),
  });
  const logs = new LogBuffer("debug", () => 1_000);
  const live = { hub: new TestHub().hub, measures: new Measures(), logs };
  const store = openLiveStore({
    url: node.self.url,
    timing: { now, sleep, after, random: () => 0 },
    wallNow,
    fetch: fetchFrom(createHandler(node, { log: () => {}, onLeave: () => {}, live })),
    open: (_url, listener) => {
      const wire = new FakeWire(listener);
      wires.push(wire);
      return wire;
    },
  });
  return { store, time, wires, logs, node, next };
}

Deno.test("a topic is watched for as long as something follows its signal", async () => {
  const { store, time, wires } = opened();
  const metrics = store.topic("metrics");
  assertEquals([metrics.value.data, store.topic("metrics") === metrics, wires.length], [null, true, 0]);
  const seen: unknown[] = [];
  const ends: (() => void)[] = [0, 1].map(() => effect(() => void seen.push(metrics.value.data)));
  const kinds: LiveConnection["kind"][] = [];
  ends.push(store.connection.subscribe(({ kind }) => void kinds.push(kind)));
  await time.advance(0);
  wires[0]?.greet();
  assertEquals(wires[0]?.said, ["{type:sub,topic:metrics}"]);
  const data = { requests: { value: 1, unit: "1/s" } } as const;
  wires[0]?.say({ type: "snap", topic: "metrics", version: 1, data });
  assertEquals(seen, [null, null, data, data]);
  assertEquals(metrics.peek().heardAtMs, time.clock.wallNow());
  for (const end of ends) end();
  await time.advance(lingerMs);
  assertEquals([wires[0]?.isClosed, kinds, store.connection.value.kind], [
    true,
    ["stopped", "connecting", "live"],
    "stopped",
  ]);
  assertEquals(metrics.value.data, data, "what was heard stays");
});

Deno.test("a part of a page that follows another topic in the same breath leaves the socket alone", async () => {
  const { store, time, wires } = opened();
  const [ring, metrics] = [store.topic("ring"), store.topic("metrics")];
  const endFirst = effect(() => void ring.value);
  await time.advance(0);
  wires[0]?.greet();
  endFirst();
  const endAgain = effect(() => void ring.value);
  const endSecond = effect(() => void metrics.value);
  await time.advance(2 * lingerMs);
  assertEquals([wires.length, wires[0]?.said], [1, ["{type:sub,topic:ring}", "{type:sub,topic:metrics}"]]);
  endAgain();
  endSecond();
  await time.advance(lingerMs);
});

Deno.test("without a socket every topic is put together from the answers of REST", async () => {
  const { store, time, wires, logs, node, next } = opened();
  logs.log("info", "started");
  logs.log("warn", "slow");
  const topics = ["ring", "node", "metrics", "logs", "logs:warn"] as const;
  const ends = topics.map((topic) => effect(() => void store.topic(topic).value));
  await time.advance(0);
  for (let failures = 0; failures < 3; failures++) {
    while (wires.at(-1)?.isClosed) await time.advance(50);
    wires.at(-1)?.listener.ended();
  }
  assertEquals(store.connection.value.kind, "polling");
  while (topics.some((topic) => store.topic(topic).value.data === null)) await time.advance(0);
  const ring = store.topic("ring").value.data ?? {};
  assertEquals([ring[node.self.id]?.isSelf, ring[next.id]?.state, ring[next.id]?.successorIndex], [
    true,
    "suspect",
    0,
  ]);
  const { info, status, successors } = store.topic("node").value.data ?? {};
  assertEquals([info?.url, status?.differences, successors], [node.self.url, 2, [{ ...next }]]);
  assertEquals(store.topic("metrics").value.data?.["disk"], { value: null, unit: "bytes" });
  const events = (topic: "logs" | "logs:warn") =>
    Object.values(store.topic(topic).value.data ?? {}).map(({ event }) => event);
  assertEquals([events("logs"), events("logs:warn")], [["started", "slow"], ["slow"]]);
  for (const end of ends) end();
  store.close();
});

Deno.test("on the server a page gets a store that watches nothing", () => {
  const store = liveStore();
  const end = effect(() => void store.topic("ring").value);
  store.retryNow();
  store.pause();
  store.resume();
  assertEquals([store.connection.value.kind, store.topic("ring").value.data], ["connecting", null]);
  end();
});

Deno.test("the socket's address follows from the node's", () => {
  assertEquals(
    ["http://127.0.0.1:8440", "https://ring.test/ring?x=1"].map(socketUrlOf),
    ["ws://127.0.0.1:8440/api/ws", "wss://ring.test/api/ws"],
  );
});
