import { assert, assertEquals } from "@std/assert";
import { markEveryMs, type ServerFrame } from "../../../core/live/frames.ts";
import { sessionsMax, stuckMax } from "../../../transport/live/live_hub.ts";
import {
  messageCharsMax,
  messagesPerSecond,
  slowBytes,
  stuckBytes,
} from "../../../transport/live/session.ts";
import { TestHub } from "./fake_socket.ts";

const first = { value: 1, unit: "1/s" } as const;
const second = { value: 2, unit: "1/s" } as const;
const sub = { type: "sub", topic: "metrics" };

/** Which, and of which versions after the first. */
function lines(frames: readonly ServerFrame[], base: number): string[] {
  return frames.map((frame) => {
    if (frame.type === "snap" || frame.type === "mark") return `${frame.type} ${frame.version - base}`;
    if (frame.type === "delta") return `delta ${frame.from - base}-${frame.to - base}`;
    return frame.type;
  });
}

Deno.test("a client is greeted, gets a snapshot, and then deltas from version to version", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  metrics.set({ requests: first });
  const { socket, say, leave } = test.connect();
  assertEquals(socket.frames[0], {
    type: "hello",
    node: test.hub.options.self,
    incarnation: 3,
    serverTimeMs: test.time.clock.wallNow(),
    version: "0.1.0",
  });
  await say(sub);
  const base = test.time.clock.wallNow();
  assertEquals(socket.taken(), [{
    type: "snap",
    topic: "metrics",
    version: base + 1,
    data: { requests: first },
  }]);
  metrics.set({ requests: second, p50: first });
  await test.turn();
  assertEquals(socket.taken(), [{
    type: "delta",
    topic: "metrics",
    from: base + 1,
    to: base + 2,
    set: { requests: second, p50: first },
    del: [],
  }]);
  await test.turn();
  assertEquals(socket.taken(), [], "nothing new, nothing said");
  metrics.set({ requests: second });
  await test.turn();
  assertEquals(socket.taken(), [
    { type: "delta", topic: "metrics", from: base + 2, to: base + 3, set: {}, del: ["p50"] },
  ]);
  leave();
});

Deno.test("`since` resumes: with the deltas that were missed, with a mark, or else with a snapshot", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  const watcher = test.connect();
  await watcher.say(sub);
  const base = test.time.clock.wallNow();
  for (let i = 1; i <= 300; i++) {
    metrics.set({ requests: { ...first, value: i } });
    await test.turn();
  }
  const rows: readonly (readonly [why: string, since: number | undefined, want: readonly string[]])[] = [
    ["the newest", 300, ["mark 300"]],
    ["two behind", 298, ["delta 298-299", "delta 299-300", "mark 300"]],
    ["too old", 3, ["snap 300"]],
    ["of a life that is to come", 1_000, ["snap 300"]],
    ["of a life before", -5_000, ["snap 300"]],
    ["new here", undefined, ["snap 300"]],
  ];
  for (const [why, since, want] of rows) {
    const { socket, say, leave } = test.connect();
    await say({ ...sub, ...(since === undefined ? {} : { since: base + since }) });
    assertEquals(lines(socket.taken(), base), want, why);
    leave();
  }
  watcher.leave();
});

Deno.test("who subscribes while the source is being read misses nothing and hears nothing twice", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  const watcher = test.connect();
  await watcher.say(sub);
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    metrics.set({ requests: { ...first, value: microtasks } });
    const { socket, session, leave } = test.connect();
    test.time.clock.after(250, async () => {
      for (let i = 0; i < microtasks; i++) await Promise.resolve();
      void session.received(JSON.stringify(sub));
    });
    await test.turn();
    metrics.set({ requests: { ...second, value: -microtasks } });
    await test.turn();
    const frames = socket.taken();
    const versions = frames.map((frame) =>
      frame.type === "delta" ? [frame.from, frame.to] : "version" in frame ? [frame.version] : []
    );
    assertEquals(frames[0]?.type, "snap", `${microtasks}`);
    for (const [i, [from]] of versions.slice(1).entries()) {
      assertEquals(from, versions[i]?.at(-1), `${microtasks}`);
    }
    leave();
  }
  watcher.leave();
});

Deno.test("a source is read only while somebody watches, and once for all of them", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  const [a, b] = [test.connect(), test.connect()];
  await test.turn();
  assertEquals(metrics.reads, 0);
  await a.say(sub);
  await b.say(sub);
  const reads = metrics.reads;
  await test.time.advance(1_000);
  assertEquals(metrics.reads - reads, 4);
  a.leave();
  await b.say({ type: "unsub", topic: "metrics" });
  const atEnd = metrics.reads;
  await test.time.advance(1_000);
  assertEquals(metrics.reads, atEnd);
  b.leave();
  assertEquals(test.hub.size, 0);
});

Deno.test("every topic that is watched is marked every ten seconds, and no other", async () => {
  const test = new TestHub();
  const { socket, say, leave } = test.connect();
  await say(sub);
  await say({ type: "sub", topic: "ring" });
  await say({ type: "unsub", topic: "ring" });
  socket.taken();
  await test.time.advance(2 * markEveryMs);
  const base = test.time.clock.wallNow() - 2 * markEveryMs;
  assertEquals(lines(socket.taken(), base), ["mark 0", "mark 0"]);
  leave();
});

Deno.test("a message that is no frame of ours is answered, and the socket stays", async () => {
  const test = new TestHub();
  const { socket, session, say, leave } = test.connect();
  const rows: readonly (readonly [message: unknown, code: string])[] = [
    ["", "BAD_JSON"],
    ["{", "BAD_JSON"],
    [new ArrayBuffer(4), "BAD_JSON"],
    ["null", "BAD_FRAME"],
    ["[]", "BAD_FRAME"],
    ['{"type":"auth"}', "BAD_FRAME"],
    ['{"type":"sub","topic":"keys"}', "BAD_FRAME"],
    ['{"type":"sub","topic":"ring","since":-1}', "BAD_FRAME"],
    ['{"type":"sub","topic":"__proto__"}', "BAD_FRAME"],
  ];
  for (const [message, code] of rows) {
    await session.received(message);
    const [frame] = socket.taken();
    assertEquals([frame?.type, frame?.type === "err" && frame.code], ["err", code], String(message));
  }
  await say(sub);
  assertEquals(socket.taken()[0]?.type, "snap");
  assertEquals(socket.closings, []);
  leave();
});

Deno.test("a client that talks too much is told so once a second, and is then not listened to", async () => {
  const test = new TestHub();
  const { socket, say, leave } = test.connect();
  for (let i = 0; i < 3 * messagesPerSecond; i++) await say({ type: "unsub", topic: "ring" });
  await say(sub);
  assertEquals(socket.taken().map((frame) => frame.type === "err" && frame.code), ["TOO_FAST"]);
  await test.time.advance(1_000);
  await say(sub);
  assertEquals(socket.taken().map(({ type }) => type), ["snap"]);
  leave();
});

Deno.test("a message far beyond any frame ends the socket", async () => {
  const { socket, session, leave } = (new TestHub()).connect();
  await session.received("x".repeat(messageCharsMax + 1));
  assertEquals(socket.closings, ["1009 message too long"]);
  leave();
});

Deno.test("a slow reader hears of no deltas, and begins again once it has caught up", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  const { socket, say, leave } = test.connect();
  await say(sub);
  socket.taken();
  socket.bufferedAmount = slowBytes + 1;
  metrics.set({ requests: first });
  await test.turn();
  metrics.set({ requests: second });
  await test.turn();
  assertEquals(socket.taken(), [{ type: "gone", topic: "metrics" }]);
  await say(sub);
  assertEquals(socket.taken(), [{ type: "gone", topic: "metrics" }], "too early");
  socket.bufferedAmount = 0;
  await say(sub);
  const [frame] = socket.taken();
  assertEquals(frame?.type === "snap" && frame.data, { requests: second });
  await test.time.advance(2 * markEveryMs);
  assertEquals(socket.closings, []);
  leave();
});

Deno.test("a reader that is a mebibyte behind, or does not catch up, is let go", async () => {
  const rows: readonly (readonly [buffered: number, afterMs: number])[] = [
    [stuckBytes + 1, 250],
    [slowBytes + 1, markEveryMs],
  ];
  assertEquals(stuckBytes, 1024 * 1024);
  for (const [buffered, afterMs] of rows) {
    const test = new TestHub();
    const { socket, session, say, leave } = test.connect();
    await say(sub);
    socket.bufferedAmount = buffered;
    test.source("metrics").set({ requests: first });
    await test.time.advance(afterMs - 1);
    assertEquals([session.isOpen, socket.closings], [true, []]);
    await test.time.advance(1);
    await test.time.advance(2 * markEveryMs);
    assertEquals([session.isOpen, socket.closings], [false, ["1013 reader too slow"]], "once");
    leave();
  }
});

Deno.test("there are so many places and no more; those who do not read take none, up to a bound", async () => {
  const test = new TestHub();
  const clients = Array.from({ length: sessionsMax }, () => test.connect());
  assertEquals(test.hub.take(), null);
  clients[0]?.leave();
  assert(test.hub.take() !== null, "a place that was left");
  assertEquals(test.hub.take(), null);
  await test.time.advance(10_000);
  assert(test.hub.take() !== null, "a place of whom the socket never came to");
  for (const { session } of clients.slice(1)) await session.received("x".repeat(messageCharsMax + 1));
  assertEquals(test.hub.size, sessionsMax, "their sockets are still there");
  const places = Array.from({ length: sessionsMax }, () => test.hub.take());
  assertEquals(places.filter((place) => place !== null).length, sessionsMax - 1);
  assertEquals(stuckMax, sessionsMax);
  for (const { leave } of clients) leave();
});

Deno.test("a node that ends tells everybody when to come back, and takes nobody any more", async () => {
  const test = new TestHub();
  const { socket, say, session } = test.connect();
  const late = test.hub.take();
  await say(sub);
  socket.taken();
  test.hub.close("the node ends");
  assertEquals(socket.taken(), [{ type: "bye", reason: "the node ends", retryAfterMs: 2_750 }]);
  assertEquals([socket.closings, session.isOpen, test.hub.take()], [["1001 the node ends"], false, null]);
  const opened = late?.opened(socket);
  assertEquals([opened?.isOpen, socket.taken().at(-1)?.type], [false, "bye"]);
  const { reads } = test.source("metrics");
  await test.time.advance(markEveryMs);
  assertEquals(test.source("metrics").reads, reads, "no timer is left");
});

Deno.test("what cannot be read is said to be unavailable, logged, and read again when it can be", async () => {
  const test = new TestHub();
  const metrics = test.source("metrics");
  metrics.failure = new Error("Cannot count");
  const { socket, say, leave } = test.connect();
  await say(sub);
  const [frame] = socket.taken();
  assertEquals(frame?.type === "err" && frame.code, "UNAVAILABLE");
  metrics.failure = null;
  await say(sub);
  metrics.failure = new Error("Cannot count");
  await test.turn();
  assertEquals(test.book.events, ["live.readFailed", "live.readFailed"]);
  metrics.failure = null;
  metrics.set({ requests: first });
  await test.turn();
  assertEquals(socket.taken().map(({ type }) => type), ["snap", "delta"]);
  leave();
});

Deno.test("snapshot() gives a page that is made here what it can go on from", async () => {
  const test = new TestHub();
  test.source("metrics").set({ requests: first });
  const { version, data } = await test.hub.snapshot("metrics");
  assertEquals(data, { requests: first });
  const { socket, say, leave } = test.connect();
  await say({ ...sub, since: version });
  assertEquals(socket.taken().map(({ type }) => type), ["mark"]);
  leave();
});
