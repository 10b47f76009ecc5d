import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ChordError,
  DeadlineError,
  errorCode,
  InvalidParamsError,
  PeerUnreachableError,
} from "../../core/errors.ts";
import type { Id } from "../../core/id.ts";
import { createHandler } from "../../transport/handler.ts";
import { serve } from "../../transport/http_server.ts";
import { HttpTransport } from "../../transport/http_transport.ts";
import { FakeNode, fetchFrom, infoOf, nodeAt } from "./fake_node.ts";
import {
  absent,
  ample,
  byHand,
  endAll,
  Letter,
  peer,
  pong,
  type Sent,
  told,
  transportOver,
} from "./letters.ts";

Deno.test("HttpTransport.call() asks a node over a real connection, again and again", async () => {
  const node = new FakeNode({ valueBytesMax: 1_000_000 });
  node.answers["node.info"] = () => infoOf(node);
  const server = serve(createHandler(node, { log() {}, onLeave() {} }), {
    hostname: "127.0.0.1",
    port: 0,
    log() {},
  });
  const client = Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: 64 });
  const addressMap = new Map([[node.self.url, `http://127.0.0.1:${server.port}`]]);
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1_000_000, client, addressMap });
  const calls = Array.from({ length: 300 }, () => transport.call(node.self, "node.info", {}, ample));
  assertEquals(new Set((await Promise.all(calls)).map(({ id }) => id)), new Set([node.self.id]));
  assertEquals(node.calls.length, 300);
  await transport.close();
  await server.shutdown(1_000);
});

Deno.test("HttpTransport.call() says who calls whom, and what time is left", async () => {
  const { letters, transport } = byHand({ from: nodeAt(1).id, now: () => 0 });
  const known = transport.call(peer, "chord.ping", {}, 250.9);
  const unknown = transport.call({ ...peer, id: "" as Id }, "chord.ping", {}, 100);
  for (const letter of letters) letter.pong();
  await Promise.all([known, unknown]);
  assertEquals(letters.map(({ url, init }) => [url, init.method, init.redirect, init.headers]), [
    [`${peer.url}/rpc`, "POST", "error", {
      "content-type": "application/json",
      "x-rondo-cluster": "rondo",
      "x-rondo-from": nodeAt(1).id,
      "x-rondo-kind": "chord",
      "x-rondo-to": peer.id,
      "x-rondo-deadline-ms": "250",
    }],
    [`${peer.url}/rpc`, "POST", "error", {
      "content-type": "application/json",
      "x-rondo-from": nodeAt(1).id,
      "x-rondo-kind": "chord",
      "x-rondo-deadline-ms": "100",
    }],
  ]);
});

Deno.test("HttpTransport.call() sends two requests at once, and what comes meanwhile as one batch", async () => {
  const { letters, letter, ping } = byHand();
  const calls = Array.from({ length: 67 }, () => ping());
  assertEquals(letters.map(({ calls, isBatch }) => [calls.length, isBatch]), [[1, false], [1, false]]);
  for (const place of [0, 1, 2, 3]) (await letter(place)).pong();
  assertEquals((await Promise.all(calls)).length, 67);
  assertEquals(letters.map(({ calls, isBatch }) => [calls.length, isBatch]), [
    [1, false],
    [1, false],
    [64, true],
    [1, false],
  ]);
  const ids = letters.flatMap(({ calls }) => calls.map(({ id }) => id));
  assertEquals(new Set(ids).size, 67);
});

Deno.test("HttpTransport.call() matches the answers of a batch by id, in any order", async () => {
  const { letter, transport } = byHand();
  const calls = ["a", "b", "c", "d"].map((key) => transport.call(peer, "kv.get", { key }, ample));
  const named = ({ params }: Sent) => ({ ...absent, owner: { ...peer, url: String(params["key"]) } });
  for (const place of [0, 1]) (await letter(place)).pong(named);
  const batch = await letter(2);
  const answers = batch.calls.map((call) => ({ jsonrpc: "2.0", id: call.id, result: named(call) }));
  batch.reply(JSON.stringify(answers.reverse()));
  assertEquals((await Promise.all(calls)).map(({ owner }) => owner.url), ["a", "b", "c", "d"]);
});

Deno.test("HttpTransport.call() lets no batch grow beyond what the peer takes", async () => {
  const { letters, letter, transport } = byHand({ valueBytesMax: 1_000 });
  const value = "A".repeat(500_000);
  const written = {
    version: "000000000000.0000.00",
    created: true,
    expiresAtMs: null,
    owner: peer,
    replicas: [],
    hops: 0,
  };
  const calls = ["a", "b", "c", "d", "é".repeat(200), "f", "g"].map((key) => {
    return transport.call(peer, "kv.put", { key, value }, ample);
  });
  for (const place of [0, 1, 2, 3, 4]) (await letter(place)).pong(() => written);
  await Promise.all(calls);
  assertEquals(letters.map(({ calls }) => calls.length), [1, 1, 2, 2, 1]);
  for (const { init } of letters) assert(new TextEncoder().encode(String(init.body)).length <= 1_114_112);
});

Deno.test("HttpTransport.call() lets a ping pass calls of another kind that wait", async () => {
  const { letters, transport, ping } = byHand();
  const slow = [1, 2, 3].map(() => transport.call(peer, "kv.get", { key: "k" }, ample));
  const answer = ping();
  assertEquals(letters.map(({ calls }) => calls[0]?.method), ["kv.get", "kv.get", "chord.ping"]);
  letters[2]?.pong();
  assertEquals((await answer).incarnation, 1);
  await endAll(transport, slow);
});

Deno.test("HttpTransport.call() does not wait for ever behind two slow calls", async () => {
  const { letter, transport, ping } = byHand();
  const slow = [ping(), ping()];
  const third = ping();
  (await letter(2)).pong();
  assertEquals((await third).phase, "member");
  await endAll(transport, slow);
});

Deno.test("HttpTransport.call() gives each call its own deadline, and the request up with the last", async () => {
  const { letters, letter, ping } = byHand();
  const open = [ping(60_000), ping(60_000)];
  const hasty = ping(1);
  const patient = ping(60_000);
  const early = await assertRejects(() => hasty, DeadlineError);
  assertEquals(early.data.definite, true, "it was never sent");
  letters[0]?.pong();
  letters[1]?.pong();
  await Promise.all(open);
  assertEquals((await letter(2)).calls.length, 1, "the expired call is left out");
  letters[2]?.pong();
  await patient;

  const lost = ping(1);
  const late = await assertRejects(
    () => lost,
    DeadlineError,
    "Cannot call chord.ping of http://127.0.0.1:8440",
  );
  assertEquals(late.data.definite, false, "it was sent");
  assertEquals(letters[3]?.init.signal?.aborted, true);
});

Deno.test("HttpTransport.call() keeps a request alive while one of its calls has time", async () => {
  const { letter, transport, ping } = byHand();
  const first = [ping(60_000), ping(60_000)];
  const [short, long] = [ping(60), ping(60_000)];
  (await letter(0)).pong();
  const batch = await letter(2);
  assertEquals(batch.calls.length, 2);
  await assertRejects(() => short, DeadlineError);
  assertEquals(batch.init.signal?.aborted, false);
  batch.pong();
  assertEquals([(await long).phase, (await first[0])?.phase], ["member", "member"]);
  await endAll(transport, first.slice(1));
});

Deno.test("HttpTransport.call() does not begin without time, or with parameters out of form", async () => {
  const { letters, transport, ping } = byHand();
  assertEquals((await assertRejects(() => ping(0), DeadlineError)).data.definite, true);
  const bad = await assertRejects(
    () => transport.call(peer, "chord.lookupStep", { target: "XYZ" }, ample),
    InvalidParamsError,
  );
  assertEquals(bad.data.definite, true);
  assertEquals(letters.length, 0);
});

Deno.test("HttpTransport.call() says when nobody listens there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1 });
  const error = await assertRejects(
    () => transport.call(nodeAt(port), "chord.ping", {}, ample),
    PeerUnreachableError,
  );
  assertEquals([error.refused, error.data.definite, error.code], [true, true, errorCode.unavailable]);
  await transport.close();
});

Deno.test("HttpTransport.call() does not take a network failure for a refusal", async () => {
  const rows = [
    new TypeError("fetch failed", { cause: new Error("dns error: no such host") }),
    new TypeError("Failed to fetch"),
    new TypeError("redirected"),
    "not even an error",
  ];
  for (const failure of rows) {
    const transport = transportOver(() => Promise.reject(failure));
    const error = await assertRejects(
      () => transport.call(peer, "chord.ping", {}, ample),
      PeerUnreachableError,
    );
    assertEquals([error.refused, error.data.definite], [false, false]);
  }
});

Deno.test("HttpTransport.call() asks once more when a kept connection was closed under it", async () => {
  let count = 0;
  const cutOff = new TypeError("fetch failed", {
    cause: new Error("connection closed before message completed"),
  });
  const script = ["pong", "cut", "pong", "cut", "cut"];
  const transport = transportOver((url, init) => {
    const letter = new Letter(url, init);
    if (script[count++] === "cut") return Promise.reject(cutOff);
    letter.pong();
    return letter.answer.promise;
  });
  const ping = () => transport.call(peer, "chord.ping", {}, ample);
  await ping();
  await ping();
  assertEquals(count, 3);
  await assertRejects(ping, PeerUnreachableError);
  assertEquals(count, 5, "once more, not twice");
});

Deno.test("HttpTransport.call() that was cut off, and refused when it asked once more, may have arrived", async () => {
  const script = ["pong", "connection closed before message completed", "connection refused"];
  const transport = transportOver((url, init) => {
    const next = script.shift() ?? "";
    if (next !== "pong") return Promise.reject(new TypeError(next));
    const letter = new Letter(url, init);
    letter.pong();
    return letter.answer.promise;
  });
  const ping = () => transport.call(peer, "chord.ping", {}, ample);
  await ping();
  const error = await assertRejects(ping, PeerUnreachableError);
  assertEquals([error.refused, error.data.definite], [true, false]);
});

Deno.test("HttpTransport.call() does not repeat what a peer never answered before", async () => {
  let count = 0;
  const transport = transportOver(() => {
    count++;
    return Promise.reject(new TypeError("connection reset by peer"));
  });
  await assertRejects(() => transport.call(peer, "chord.ping", {}, ample), PeerUnreachableError);
  assertEquals(count, 1);
});

Deno.test("HttpTransport.call() asks again for answers that did not fit the batch", async () => {
  const node = new FakeNode({ valueBytesMax: 5_000_000 }, peer);
  const value = "A".repeat(3_000_000);
  node.answers["kv.get"] = () => ({ ...absent, found: true, value, version: null });
  const transport = transportOver(fetchFrom(createHandler(node, { log() {}, onLeave() {} })));
  const calls = Array.from({ length: 8 }, () => transport.call(peer, "kv.get", { key: "k" }, 60_000));
  for (const answer of await Promise.all(calls)) assertEquals(answer.value?.length, value.length);
  assert(node.calls.length > 8, "some were asked for again");
  await transport.close();
});

Deno.test("HttpTransport.call() bounds the calls that wait for a peer", async () => {
  const { transport, ping } = byHand();
  const calls = Array.from({ length: 2 + 4_096 }, () => ping());
  const settled = Promise.allSettled(calls);
  const error = await assertRejects(() => ping(), ChordError);
  assertEquals([error.code, error.data.definite], [errorCode.overloaded, true]);
  await transport.close();
  await settled;
});

Deno.test("HttpTransport.call() forgets lanes to peers that are idle", async () => {
  const transport = told(([call]) => JSON.stringify({ jsonrpc: "2.0", result: pong, id: call?.id }));
  for (let port = 1; port <= 4_200; port++) {
    await transport.call({ id: "00" as Id, url: `http://p${port}` }, "chord.ping", {}, ample);
  }
  await transport.close();
});

Deno.test("HttpTransport.close() ends what is open and refuses what comes after", async () => {
  const { letters, transport, ping } = byHand();
  const calls = [ping(), ping(), ping()];
  const settled = Promise.allSettled(calls);
  await transport.close();
  const errors = (await settled).map((outcome) => outcome.status === "rejected" ? outcome.reason : null);
  assertEquals(errors.map(({ code, data }) => [code, data.definite]), [
    [errorCode.unavailable, false],
    [errorCode.unavailable, false],
    [errorCode.unavailable, true],
  ]);
  assertEquals(letters.map(({ init }) => init.signal?.aborted), [true, true]);
  await assertRejects(() => ping(), ChordError, "closed");
});

Deno.test("HttpTransport.call() gives up a peer that never answers, on a real connection", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = silent.accept();
  const { port } = silent.addr as Deno.NetAddr;
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1 });
  await assertRejects(() => transport.call(nodeAt(port), "chord.ping", {}, 50), DeadlineError);
  (await accepted).close();
  await transport.close();
  silent.close();
});

Deno.test("HttpTransport.call() gives up a peer whose answer never ends, on a real connection", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
  });
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1 });
  const error = await assertRejects(
    () => transport.call(nodeAt(server.addr.port), "chord.ping", {}, 60_000),
    PeerUnreachableError,
  );
  assertEquals(error.refused, false);
  await transport.close();
  await server.shutdown();
});

Deno.test("HttpTransport.call() gives up a peer whose small answer unpacks to more than memory should hold", async () => {
  const plain = new Blob([new Uint8Array(64 * 1024 * 1024)]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  const bomb = new Uint8Array(await new Response(plain).arrayBuffer());
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response(bomb, {
      headers: { "content-encoding": "gzip", "content-type": "application/json" },
    });
  });
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1 });
  const error = await assertRejects(
    () => transport.call(nodeAt(server.addr.port), "chord.ping", {}, 60_000),
    PeerUnreachableError,
  );
  assertEquals(error.refused, false);
  await transport.close();
  await server.shutdown();
});
