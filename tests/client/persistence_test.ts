import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ClientOptions, RondoClient, RondoError } from "../../client/mod.ts";
import { deadUrl, FakeNode, refusal } from "./fake_node.ts";
import { FakeTiming } from "./fake_timing.ts";

function patientClient(options: ClientOptions) {
  const timing = new FakeTiming();
  return { timing, client: new RondoClient({ timing, ...options }) };
}

/** Fetches for real and then loses the answer, `count` times: the node has done its work. */
function losingAnswers(count: number) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    if (count-- <= 0) return response;
    await response.body?.cancel();
    throw new TypeError("fetch failed", { cause: new Error("connection closed before message completed") });
  };
}

Deno.test("A write whose answer was lost is repeated under its key, and is one write", async () => {
  await using node = new FakeNode();
  const { client } = patientClient({ url: node.url, fetch: losingAnswers(2) });
  const { version } = await client.put("k", "v");
  const keys = node.seen.map(({ headers }) => headers.get("idempotency-key"));
  assertEquals([keys.length, new Set(keys).size, node.writes], [3, 1, 1]);
  assertEquals(version as string, node.values.get("k")?.version);
  await client.put("k", "v");
  assert(node.seen.at(-1)?.headers.get("idempotency-key") !== keys[0], "another put is another write");
});

Deno.test("A write that was never acknowledged is indefinite, whatever failed last", async () => {
  await using node = new FakeNode();
  const dead = deadUrl();
  let attempts = 0;
  const { client } = patientClient({
    url: node.url,
    fetch: (url, init) =>
      ++attempts === 1 ? losingAnswers(1)(url, init) : fetch(url.replace(node.url, dead), init),
  });
  const error = await assertRejects(() => client.put("k", "v"), RondoError);
  assertEquals([error.code, error.definite], ["UNREACHABLE", false]);
  assert(node.values.has("k"), "and indeed it was stored");
});

Deno.test("Errors say whether the write may have happened", async (t) => {
  await using node = new FakeNode();
  const rows: [answer: () => Response, code: string, definite: boolean][] = [
    [() => refusal(400, "BAD_TTL", "no"), "BAD_TTL", true],
    [() => refusal(413, "TOO_LARGE", "no"), "TOO_LARGE", true],
    [() => refusal(503, "DRAINING", "no"), "DRAINING", true],
    [() => refusal(503, "UNAVAILABLE", "no"), "UNAVAILABLE", true],
    [() => refusal(503, "UNAVAILABLE", "no", { definite: false }), "UNAVAILABLE", false],
    [() => refusal(500, "INTERNAL", "no", { definite: false }), "INTERNAL", false],
    [() => new Response("<h1>Bad gateway</h1>", { status: 502 }), "HTTP_502", false],
    [() => new Response("<h1>No</h1>", { status: 403 }), "HTTP_403", true],
    [() => new Response("hello"), "BAD_ANSWER", false],
    [() => Response.json({ version: 3 }), "BAD_ANSWER", false],
  ];
  for (const [answer, code, definite] of rows) {
    await t.step(`${code}, ${definite ? "definite" : "indefinite"}`, async () => {
      const client = new RondoClient({ url: node.url, attemptsMax: 1 });
      node.script.push(answer, answer);
      const write = await assertRejects(() => client.put("k", "v"), RondoError);
      assertEquals([write.code, write.definite], [code, definite]);
      const read = await assertRejects(() => client.get("k"), RondoError);
      assertEquals([read.code, read.definite], [code, true], "a read has no effect");
    });
  }
});

Deno.test("Only what may pass is tried again", async (t) => {
  await using node = new FakeNode();
  const rows: [status: number, code: string, attempts: number][] = [
    [503, "UNAVAILABLE", 5],
    [503, "UNCERTAIN", 5],
    [503, "DRAINING", 5],
    [429, "OVERLOADED", 5],
    [504, "DEADLINE_EXCEEDED", 5],
    [400, "BAD_TTL", 1],
    [404, "NOT_FOUND", 1],
    [412, "VERSION_CONFLICT", 1],
    [413, "TOO_LARGE", 1],
    [500, "INTERNAL", 1],
    [507, "STORAGE_FULL", 1],
  ];
  for (const [status, code, attempts] of rows) {
    await t.step(`${status} ${code}: ${attempts}`, async () => {
      const { client } = patientClient({ url: node.url });
      node.script.splice(0, Infinity, ...Array.from({ length: 5 }, () => () => refusal(status, code, "no")));
      const before = node.seen.length;
      await assertRejects(() => client.put("k", "v"), RondoError);
      assertEquals(node.seen.length - before, attempts);
    });
  }
});

Deno.test("Pauses double, and are never shorter than the node asked for", async () => {
  await using node = new FakeNode();
  const { client, timing } = patientClient({ url: node.url });
  const busy = () => refusal(503, "OVERLOADED", "busy");
  node.script.push(busy, busy, () => refusal(503, "OVERLOADED", "busy", { headers: { "retry-after": "2" } }));
  await client.put("k", "v");
  assertEquals(timing.sleeps, [100, 200, 2_000]);
});

Deno.test("A pause that would outlast the call's time ends it with what the node said", async () => {
  await using node = new FakeNode();
  const { client, timing } = patientClient({ url: node.url, timeoutMs: 1_000 });
  node.script.push(() => refusal(503, "UNAVAILABLE", "no quorum", { headers: { "retry-after": "60" } }));
  const error = await assertRejects(() => client.get("k"), RondoError, "no quorum");
  assertEquals([error.code, error.retryAfterMs, timing.sleeps.length], ["UNAVAILABLE", 60_000, 0]);
});

Deno.test("When a node is gone the next is asked at once, and from then on first", async () => {
  await using node = new FakeNode();
  const { client, timing } = patientClient({ urls: [deadUrl(), node.url] });
  await client.put("k", "v");
  await client.get("k");
  assertEquals([node.seen.length, timing.sleeps], [2, [0]]);
});

Deno.test("A draining node sends its clients on", async () => {
  await using leaving = new FakeNode();
  await using staying = new FakeNode();
  const { client } = patientClient({ urls: [leaving.url, staying.url] });
  leaving.script.push(() => refusal(503, "DRAINING", "leaving"));
  await client.put("k", "v");
  await client.put("l", "v");
  assertEquals([leaving.seen.length, staying.seen.length], [1, 2]);
});

Deno.test("Nobody there is one clear error, definite, after a few tries", async () => {
  const url = deadUrl();
  const { client, timing } = patientClient({ url });
  const error = await assertRejects(() => client.put("k", "v"), RondoError);
  assertEquals([error.code, error.definite, error.status], ["UNREACHABLE", true, null]);
  assertEquals(error.message, `Cannot reach ${url}: connection refused`);
  assertEquals(timing.sleeps, [100, 200, 400, 800]);
});

Deno.test("A write without an answer in time is indefinite, a read is not", async () => {
  const silent = (_url: string, { signal }: RequestInit) =>
    new Promise<Response>((_, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  const { client, timing } = patientClient({ url: "http://node", fetch: silent });
  timing.timersFire = true;
  const write = await assertRejects(
    () => client.put("k", "v"),
    RondoError,
    "No answer from http://node in 5 s",
  );
  assertEquals([write.code, write.definite], ["TIMEOUT", false]);
  assertEquals((await assertRejects(() => client.get("k"), RondoError)).definite, true);
});

Deno.test("A node that swallows requests leaves time for the others", async () => {
  await using node = new FakeNode();
  const limits: number[] = [];
  const timing = new FakeTiming();
  const after = timing.after.bind(timing);
  timing.after = (ms, callback) => {
    limits.push(ms);
    timing.timersFire = limits.length === 1;
    return after(ms, callback);
  };
  const client = new RondoClient({ urls: ["http://127.0.0.1:9", node.url], timing, timeoutMs: 4_000 });
  await client.put("k", "v");
  assertEquals(limits, [2_000, 2_000]);
});

Deno.test("leave() is not repeated when it may have arrived", async () => {
  await using node = new FakeNode();
  const { client } = patientClient({ url: node.url, fetch: losingAnswers(1) });
  const error = await assertRejects(() => client.leave(), RondoError);
  assertEquals([error.code, error.definite, node.seen.length], ["CONNECTION_LOST", false, 1]);
});

Deno.test("The caller's signal ends a call and its repeats", async () => {
  await using node = new FakeNode();
  const controller = new AbortController();
  const { client } = patientClient({ url: node.url });
  node.script.push(() => {
    controller.abort();
    return refusal(503, "UNAVAILABLE", "no");
  });
  const error = await assertRejects(() => client.put("k", "v", { signal: controller.signal }), RondoError);
  assertEquals([error.code, error.definite], ["ABORTED", false]);
  assertEquals(node.seen.length, 1);
  const late = await assertRejects(() => client.put("k", "v", { signal: controller.signal }), RondoError);
  assertEquals([late.code, late.definite, node.seen.length], ["ABORTED", true, 1]);
});
