import { assertEquals } from "@std/assert";
import { lingerMs, pollEveryMs } from "../../client/live_feed.ts";
import { silenceMs } from "../../client/live_link.ts";
import { markEveryMs } from "../../core/live/frames.ts";
import { FedPage } from "./fake_wire.ts";

const one = { requests: { value: 1, unit: "1/s" } } as const;
const two = { requests: { value: 2, unit: "1/s" } } as const;
const snap = { type: "snap", topic: "metrics", version: 5, data: one } as const;
const mark = { type: "mark", topic: "metrics", version: 5, serverTimeMs: 1 } as const;

/** A page that watches the metrics and has been told them. */
function watching() {
  const page = new FedPage();
  const unwatch = page.feed.watch("metrics");
  page.wire.greet();
  page.wire.say(snap);
  return { page, unwatch };
}

Deno.test("a page dials when something is watched, subscribes once greeted, and shows what it is told", () => {
  const page = new FedPage();
  assertEquals(page.wires.length, 0);
  page.feed.watch("metrics");
  assertEquals([page.connection, page.wire.said], [{ kind: "connecting" }, []]);
  page.wire.greet();
  assertEquals([page.connection, page.wire.said], [{ kind: "live" }, ["{type:sub,topic:metrics}"]]);
  page.wire.say(snap);
  page.wire.say({ type: "delta", topic: "metrics", from: 5, to: 6, set: two, del: [] });
  assertEquals(page.shown.map(({ data }) => data), [one, two]);
  assertEquals(page.shown.at(-1)?.heardAtMs, page.time.clock.wallNow());
  page.feed.close();
});

Deno.test("many watch a topic over one subscription, which outlasts them by a moment", async () => {
  const { page, unwatch } = watching();
  const unwatchSecond = page.feed.watch("metrics");
  page.feed.watch("logs:warn");
  assertEquals(page.wires.length, 1);
  unwatch();
  unwatch();
  await page.time.advance(2 * lingerMs);
  assertEquals(page.wire.said, ["{type:sub,topic:metrics}", "{type:sub,topic:logs:warn}"], "one is left");
  unwatchSecond();
  await page.time.advance(lingerMs / 2);
  page.feed.watch("metrics")();
  await page.time.advance(lingerMs / 2);
  assertEquals(page.wire.said.length, 2, "the moment begins anew");
  await page.time.advance(lingerMs);
  assertEquals(page.wire.said.at(-1), "{type:unsub,topic:metrics}");
  page.feed.watch("metrics");
  assertEquals(page.wire.said.at(-1), "{type:sub,topic:metrics,since:5}", "it goes on where it was");
  page.feed.close();
});

Deno.test("the socket is closed when nobody watches anything any more", async () => {
  const { page, unwatch } = watching();
  unwatch();
  await page.time.advance(lingerMs);
  assertEquals([page.wire.isClosed, page.connection], [true, { kind: "stopped" }]);
  await page.time.advance(10 * silenceMs);
  assertEquals(page.wires.length, 1);
});

Deno.test("what does not fit is asked for again, once, from where the page is", () => {
  const { page } = watching();
  page.wire.say({ type: "delta", topic: "metrics", from: 6, to: 7, set: two, del: [] });
  page.wire.say({ type: "delta", topic: "metrics", from: 7, to: 8, set: two, del: [] });
  assertEquals(page.wire.said, ["{type:sub,topic:metrics}", "{type:sub,topic:metrics,since:5}"]);
  page.wire.say({ type: "gone", topic: "metrics" });
  assertEquals(page.wire.said.at(-1), "{type:sub,topic:metrics}");
  assertEquals(page.shown.length, 1, "what was last known stays");
  page.feed.close();
});

Deno.test("what is no frame, of no topic here, or of no use, is left alone", () => {
  const { page } = watching();
  for (const message of ["", "{", "[]", '{"type":"new"}', new ArrayBuffer(3)]) {
    page.wire.listener.received(message);
  }
  page.wire.say({ type: "snap", topic: "ring", version: 1, data: {} });
  page.wire.say({ type: "err", code: "BAD_FRAME", message: "Cannot" });
  assertEquals([page.shown.length, page.wire.said.length, page.connection?.kind], [1, 1, "live"]);
  page.feed.close();
});

Deno.test("a topic that could not be read is asked for again after two seconds", async () => {
  const { page } = watching();
  page.feed.watch("ring");
  page.wire.say({ type: "err", code: "UNAVAILABLE", message: "Cannot show ring" });
  await page.time.advance(1_999);
  assertEquals(page.wire.said.length, 2);
  await page.time.advance(1);
  assertEquals(page.wire.said.slice(2), ["{type:sub,topic:ring}"], "and only this one");
  page.feed.close();
});

Deno.test("a lost socket is dialled again, and the topics go on from their versions", async () => {
  const { page } = watching();
  await page.time.advance(60);
  page.wire.listener.ended();
  assertEquals(page.connection, { kind: "reconnecting", atMs: page.time.clock.wallNow() + 500 });
  await page.time.advance(499);
  assertEquals(page.wires.length, 1);
  await page.time.advance(1);
  assertEquals([page.wires.length, page.connection?.kind], [2, "reconnecting"]);
  page.wire.greet();
  assertEquals(page.wire.said, ["{type:sub,topic:metrics,since:5}"]);
  assertEquals(page.connection, { kind: "live" });
  page.wires[0]?.listener.ended();
  page.wires[0]?.greet();
  assertEquals([page.wires.length, page.connection], [2, { kind: "live" }], "the old socket has no say");
  page.feed.close();
});

Deno.test("a timer that fires a little early is set again", async () => {
  const page = new FedPage(0.25);
  page.feed.watch("metrics");
  page.wire.listener.ended();
  await page.time.advance(499.8);
  assertEquals(page.wires.length, 1);
  await page.time.advance(1);
  assertEquals(page.wires.length, 2);
  page.feed.close();
});

Deno.test("a node that says goodbye is dialled when it said", async () => {
  const { page } = watching();
  page.wire.say({ type: "bye", reason: "the node ends", retryAfterMs: 3_000 });
  assertEquals([page.wire.isClosed, page.connection?.kind], [true, "reconnecting"]);
  await page.time.advance(2_999);
  assertEquals(page.wires.length, 1);
  await page.time.advance(1);
  assertEquals(page.wires.length, 2);
  page.feed.close();
});

Deno.test("marks keep the socket; silence beyond two of them ends it", async () => {
  const { page } = watching();
  for (let i = 0; i < 5; i++) {
    await page.time.advance(markEveryMs);
    page.wire.say(mark);
  }
  assertEquals([page.wires.length, page.shown.at(-1)?.heardAtMs], [1, page.time.clock.wallNow()]);
  await page.time.advance(silenceMs - 1);
  assertEquals(page.wire.isClosed, false);
  await page.time.advance(1);
  assertEquals([page.wires[0]?.isClosed, page.connection?.kind], [true, "reconnecting"]);
  page.feed.close();
});

Deno.test("after three failures the page asks every five seconds, and goes on dialling", async () => {
  const page = new FedPage();
  page.answer = two;
  page.feed.watch("metrics");
  await page.refuse(2);
  assertEquals([page.connection?.kind, page.asked], ["reconnecting", []]);
  await page.refuse(1);
  await page.time.advance(0);
  assertEquals(page.connection, { kind: "polling", everyMs: pollEveryMs });
  assertEquals([page.asked.length, page.shown.at(-1)?.data], [1, two]);
  page.answer = null;
  await page.time.advance(pollEveryMs);
  assertEquals([page.asked.length, page.shown.length], [2, 1], "no answer: what is shown grows older");
  assertEquals(page.wires.length > 3, true);
  page.wire.greet();
  assertEquals([page.connection, page.wire.said], [{ kind: "live" }, ["{type:sub,topic:metrics}"]]);
  page.wire.say(snap);
  await page.time.advance(2 * pollEveryMs);
  assertEquals([page.asked.length, page.shown.at(-1)?.data], [2, one], "it listens again");
  page.feed.close();
});

Deno.test("an answer that comes after the socket is back is not shown", async () => {
  const page = new FedPage();
  const late = Promise.withResolvers<typeof two>();
  page.answer = late.promise;
  page.feed.watch("metrics");
  await page.refuse(3);
  assertEquals(page.asked, ["metrics"]);
  page.feed.wake();
  page.wire.greet();
  page.wire.say(snap);
  late.resolve(two);
  await page.time.advance(2 * pollEveryMs);
  assertEquals([page.shown.map(({ data }) => data), page.asked], [[one], ["metrics"]]);
  page.feed.close();
});

Deno.test("who wakes the page does not wait for its next try", async () => {
  const { page } = watching();
  page.wire.listener.ended();
  page.feed.wake();
  assertEquals(page.wires.length, 2);
  page.feed.wake();
  assertEquals(page.wires.length, 2, "it is being tried already");
  page.wire.greet();
  await page.time.advance(silenceMs / 2);
  page.feed.wake();
  assertEquals([page.wires.length, page.connection?.kind], [2, "live"]);
  page.feed.close();
});

Deno.test("a paused page hears nothing, keeps what it has, and goes on where it was", async () => {
  const { page, unwatch } = watching();
  page.feed.pause();
  assertEquals([page.wire.isClosed, page.connection], [true, { kind: "stopped" }]);
  page.feed.watch("ring");
  page.feed.wake();
  await page.time.advance(10 * silenceMs);
  assertEquals([page.wires.length, page.shown.length], [1, 1]);
  page.feed.resume();
  page.wire.greet();
  assertEquals(page.wire.said, ["{type:sub,topic:metrics,since:5}", "{type:sub,topic:ring}"]);
  page.feed.pause();
  unwatch();
  await page.time.advance(lingerMs);
  page.feed.resume();
  page.wire.greet();
  assertEquals(page.wire.said, ["{type:sub,topic:ring}"]);
  page.feed.close();
});

Deno.test("LiveFeed stops dialling a node that does not know it any more, until somebody is back", async () => {
  const page = new FedPage();
  const end = page.feed.watch("ring");
  page.wire.greet();
  page.isSignedOut = true;
  page.wire.listener.ended();
  await page.time.advance(60_000);
  assertEquals([page.wires.length, page.asked.length], [1, 0]);
  assertEquals(page.connections.at(-1), { kind: "signedOut" });
  page.isSignedOut = false;
  page.feed.wake();
  assertEquals(page.wires.length, 2);
  page.wire.greet();
  assertEquals(page.connections.at(-1), { kind: "live" });
  end();
  page.feed.close();
});
