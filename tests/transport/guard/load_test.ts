import { assertEquals } from "@std/assert";
import { type LaneLimits, LoadGate, type LoadLimits } from "../../../transport/guard/load.ts";
import { readCall } from "../../../transport/rest_call.ts";
import { FakeNode } from "../fake_node.ts";
import { createHandler } from "../../../transport/handler.ts";

const two: LaneLimits = { inFlightMax: 2, waitingMax: 2, waitMsMax: 20 };
const limits: LoadLimits = { vital: two, peers: two, clients: two };
const peerHeaders = { "x-rondo-from": "ab", "x-rondo-kind": "chord" };

/** A gate, and requests that stay under way until they are let go. */
class Crowd {
  readonly gate: LoadGate;
  begun = 0;
  readonly #releases: (() => void)[] = [];

  constructor(over: Partial<LoadLimits> = {}) {
    this.gate = new LoadGate({ ...limits, ...over });
  }

  send(path: string, init: RequestInit = {}, from = "127.0.0.1"): Promise<Response> {
    const connection = { remoteAddr: { transport: "tcp", hostname: from, port: 1 } } as const;
    const call = readCall(new Request(`http://127.0.0.1:8440${path}`, init), connection);
    return Promise.resolve(this.gate.admit(call, () => {
      this.begun++;
      const { promise, resolve } = Promise.withResolvers<Response>();
      this.#releases.push(() => resolve(new Response("done")));
      return promise;
    }));
  }

  letGo(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  async letAllGo(sent: readonly Promise<Response>[]): Promise<number[]> {
    const all = Promise.all(sent.map(async (response) => {
      const { status, body } = await response;
      await body?.cancel();
      return status;
    }));
    const timer = setInterval(() => this.letGo(), 1);
    return await all.finally(() => clearInterval(timer));
  }
}

const statusOf = async (response: Promise<Response>) => (await response).status;

Deno.test("LoadGate lets as many in as may be, and the next as soon as one is done", async () => {
  const crowd = new Crowd({ clients: { ...two, waitMsMax: 10_000 } });
  const sent = [1, 2, 3, 4].map(() => crowd.send("/api/keys/k"));
  assertEquals([crowd.begun, crowd.gate.lanes.clients.waiting], [2, 2]);
  assertEquals(await crowd.letAllGo(sent), [200, 200, 200, 200]);
  assertEquals(crowd.gate.lanes.clients.inFlight, 0);
});

Deno.test("LoadGate refuses at once what finds no place to wait, with nothing done", async () => {
  const crowd = new Crowd({ clients: { ...two, waitMsMax: 10_000 } });
  const sent = [1, 2, 3, 4].map(() => crowd.send("/api/keys/k"));
  const response = await crowd.send("/api/keys/k", { method: "PUT", body: "value" });
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals((await response.json()).error.code, "OVERLOADED");
  assertEquals([crowd.begun, crowd.gate.lanes.clients.shed], [2, 1]);
  await crowd.letAllGo(sent);
});

Deno.test("LoadGate refuses /rpc in the words of JSON-RPC", async () => {
  const crowd = new Crowd({ clients: { inFlightMax: 0, waitingMax: 0, waitMsMax: 0 } });
  const response = await crowd.send("/rpc", { method: "POST", body: "[]" });
  assertEquals([response.status, response.headers.get("retry-after")], [429, "1"]);
  assertEquals(await response.json(), {
    jsonrpc: "2.0",
    error: {
      code: -32008,
      message: "Cannot take this now: too much is under way",
      data: { definite: true, retryAfterMs: 1_000 },
    },
    id: null,
  });
});

Deno.test("LoadGate sends those away who have waited too long, the oldest first", async () => {
  const crowd = new Crowd();
  const stuck = [1, 2].map(() => crowd.send("/api/keys/k"));
  const waiting = [3, 4].map(() => crowd.send("/api/keys/k"));
  assertEquals(await Promise.all(waiting.map(statusOf)), [503, 503]);
  assertEquals([crowd.begun, crowd.gate.lanes.clients.shed], [2, 2]);
  assertEquals(await crowd.letAllGo(stuck), [200, 200]);
});

Deno.test("LoadGate keeps a lane for peers, whatever clients do", async () => {
  const crowd = new Crowd({ clients: { ...two, waitingMax: 0 } });
  const rows: [path: string, headers: Record<string, string>, isIn: boolean, why: string][] = [
    ["/rpc", peerHeaders, true, "the ring is kept whole"],
    ["/rpc", { ...peerHeaders, "x-rondo-kind": "replica" }, true, "and its copies"],
    ["/rpc", { ...peerHeaders, "x-rondo-kind": "kv" }, false, "a client's call that was passed on"],
    ["/rpc", { "x-rondo-kind": "chord" }, false, "no peer"],
    ["/rpc", {}, false, "a client"],
    ["/api/keys/k", peerHeaders, false, "no call of a peer"],
    ["/health", {}, true, "whether it lives"],
    ["/ready", {}, true, "whether it is ready"],
  ];
  const flood = [1, 2].map(() => crowd.send("/api/keys/k"));
  const sent = rows.map(([path, headers]) => crowd.send(path, { headers }));
  for (const [row, [path, , isIn, why]] of rows.entries()) {
    if (!isIn) assertEquals(await statusOf(sent[row] as Promise<Response>), path === "/rpc" ? 429 : 503, why);
  }
  assertEquals((await crowd.letAllGo([...flood, ...sent])).filter((status) => status === 200).length, 6);
});

Deno.test("LoadGate frees the place of what is answered at once", async () => {
  const gate = new LoadGate(limits);
  for (let turn = 0; turn < 100; turn++) {
    const response = gate.admit(readCall(new Request("http://a/api/keys/k")), () => new Response("done"));
    assertEquals((await response).status, 200);
  }
  const { inFlight, shed } = gate.lanes.clients;
  assertEquals([inFlight, shed], [0, 0]);
});

Deno.test("createHandler() lets a peer's ping through while clients stand in the way", async () => {
  const node = new FakeNode();
  const stuck = Promise.withResolvers<never>();
  node.answers["kv.get"] = () => stuck.promise;
  node.answers["chord.ping"] = () => ({ id: node.self.id, incarnation: 1, phase: "member" });
  const handler = createHandler(node, { log: () => {}, onLeave: () => {}, load: new LoadGate(limits) });
  const rpc = (method: string, headers: Record<string, string>) =>
    Promise.resolve(handler(
      new Request("http://127.0.0.1:8440/rpc", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({
          jsonrpc: "2.0",
          method,
          params: method === "kv.get" ? { key: "k" } : {},
          id: 1,
        }),
      }),
    ));
  const clients = Array.from({ length: 10 }, () => rpc("kv.get", {}));
  const ping = await rpc("chord.ping", { ...peerHeaders, "x-rondo-from": node.self.id });
  assertEquals([ping.status, (await ping.json()).result?.phase], [200, "member"]);
  stuck.reject(new Error("the story ends"));
  for (const client of clients) await (await client).body?.cancel();
});

Deno.test("LoadGate gives one network a share of the peers' lane, and takes the rest of it for clients", async () => {
  const many: LaneLimits = { inFlightMax: 100, waitingMax: 0, waitMsMax: 20 };
  const crowd = new Crowd({ peers: many, clients: many });
  const post = { method: "POST", headers: peerHeaders };
  const sent = Array.from({ length: 60 }, () => crowd.send("/rpc", post, "10.0.0.9"));
  const { peers, clients } = crowd.gate.lanes;
  assertEquals([peers.inFlight, clients.inFlight], [48, 12]);
  sent.push(crowd.send("/rpc", post, "10.0.0.8"), crowd.send("/rpc", post, "::ffff:10.0.0.8"));
  sent.push(...Array.from({ length: 50 }, () => crowd.send("/rpc", post)));
  assertEquals([peers.inFlight, clients.inFlight], [100, 12]);
  assertEquals((await crowd.letAllGo(sent)).filter((status) => status !== 200), []);
  const again = Array.from({ length: 48 }, () => crowd.send("/rpc", post, "10.0.0.9"));
  assertEquals([peers.inFlight, clients.inFlight], [48, 0]);
  await crowd.letAllGo(again);
});
