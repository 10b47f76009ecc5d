import { assertEquals, assertMatch } from "@std/assert";
import type { Version } from "../../core/data/version.ts";
import { DeadlineError, PeerUnreachableError } from "../../core/errors.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import { type Shape, shapes } from "../../transport/rest_shapes.ts";
import { type Ask, errorCodeIn, FakeNode, infoOf, nodeAt, served } from "./fake_node.ts";

const [b, c, d] = [nodeAt(8441), nodeAt(8442), nodeAt(8443)];

function start(): { node: FakeNode; ask: Ask } {
  const node = new FakeNode({ replicas: 2 });
  Object.assign(node.answers, toldBy(node, node.self, [b, c], c));
  Object.assign(node.peerAnswers, toldBy(node, b, [c], node.self));
  node.peers.set(b.id, b);
  return { node, ask: served(node) };
}

function toldBy(
  node: FakeNode,
  self: NodeRef,
  successors: NodeRef[],
  predecessor: NodeRef,
): FakeNode["answers"] {
  return {
    "chord.ping": () => ({ id: self.id, incarnation: 3, phase: "member" }),
    "chord.neighbors": () => ({ predecessor, successors, phase: "member", anchored: true }),
    "node.info": () => infoOf(node, self),
    "node.fingers": () => ({ entries: [{ index: 0, start: self.id, node: successors[0] ?? null }] }),
    "node.peers": () => ({ peers: [{ node: b, health: "alive", lastSeenMs: 7 }] }),
  };
}

Deno.test("/api/node tells what the node is and knows", async () => {
  const { node, ask } = start();
  const rows: [what: Shape, want: unknown][] = [
    ["info", infoOf(node)],
    ["successors", { successors: [b, c] }],
    ["predecessor", { predecessor: c }],
    ["fingers", { entries: [{ index: 0, start: node.self.id, node: b }] }],
    ["peers", { peers: [{ node: b, health: "alive", lastSeenMs: 7 }] }],
  ];
  for (const [what, want] of rows) {
    const { status, json } = await ask("GET", `/api/node/${what}`);
    assertEquals<unknown>([status, json], [200, want]);
    assertEquals<unknown>(shapes[what].parse(json), want);
  }
});

Deno.test("/api/peers relays to a known peer, and to the node itself", async () => {
  const { node, ask } = start();
  assertEquals<unknown>((await ask("GET", `/api/peers/${b.id}/successors`)).json, { successors: [c] });
  assertEquals<unknown>((await ask("GET", `/api/peers/${b.id}/info`)).json, infoOf(node, b));
  assertEquals<unknown>((await ask("GET", `/api/peers/${node.self.id}/predecessor`)).json, {
    predecessor: c,
  });
  assertEquals(node.calls.filter((line) => line.startsWith("http")), [
    `${b.url} chord.neighbors {}`,
    `${b.url} node.info {}`,
  ]);
});

Deno.test("/api/peers asks nobody that the node does not know", async () => {
  const { node, ask } = start();
  const rows: [path: string, status: number, code: string][] = [
    [`/api/peers/${d.id}/info`, 404, "UNKNOWN_PEER"],
    [`/api/peers/${b.id.toUpperCase()}/info`, 400, "BAD_ID"],
    [`/api/peers/${b.id.slice(1)}/info`, 400, "BAD_ID"],
    [`/api/peers/${b.id}0/info`, 400, "BAD_ID"],
    [`/api/peers/${b.id}/peers`, 404, "NOT_FOUND"],
    [`/api/peers/${b.id}`, 404, "NOT_FOUND"],
    [`/api/peers/http%3A%2F%2F10.0.0.1/info`, 404, "NOT_FOUND"],
  ];
  for (const [path, status, code] of rows) {
    const answer = await ask("GET", path);
    assertEquals([answer.status, errorCodeIn(answer)], [status, code], path);
  }
  assertEquals(node.calls, []);
});

Deno.test("/api/peers says so when the peer does not answer", async () => {
  const { node, ask } = start();
  node.peerAnswers["node.info"] = () => {
    throw new PeerUnreachableError(b.url, true);
  };
  const answer = await ask("GET", `/api/peers/${b.id}/info`);
  assertEquals([answer.status, errorCodeIn(answer)], [503, "UNAVAILABLE"]);
});

Deno.test("/api/lookup draws the way to a key", async () => {
  const { node, ask } = start();
  node.hops = [
    { number: 1, node: b, via: "finger", rttMs: 1.5, outcome: "failed" },
    { number: 2, node: c, via: "answer", rttMs: 2, outcome: "owner" },
  ];
  const partition = node.partitions.ofKey("a/b");
  const view = { epoch: 2, members: [b, d, c].map((it) => ({ ...it, disk: "1" })), previous: [] };
  node.peerAnswers["partition.views"] = () => ({ views: [{ first: partition, last: partition, view }] });
  const { status, json } = await ask("GET", "/api/lookup/a%2Fb");
  assertEquals<unknown>([status, shapes.lookup.strict().parse(json)], [200, {
    key: "a/b",
    keyHash: node.space.hashId("a/b"),
    partition,
    position: node.partitions.position(partition),
    path: [
      { ...b, via: "finger", rttMs: 1.5, outcome: "failed" },
      { ...c, via: "answer", rttMs: 2, outcome: "owner" },
    ],
    hops: 1,
    responsibleNode: b,
    replicas: [b, d, c],
  }]);
  assertEquals(node.calls[0], `lookup ${node.partitions.position(partition)}`);
});

Deno.test("/api/lookup names who should have the copies while the owner does not say who has", async () => {
  const { node, ask } = start();
  node.peerAnswers["partition.views"] = () => {
    throw new DeadlineError("ask");
  };
  const { json } = await ask("GET", "/api/lookup/k");
  assertEquals((json as { replicas: unknown }).replicas, [b, c]);
});

Deno.test("/api/lookup takes every key", async () => {
  for (const [path, key] of [["/a//b", "a//b"], ["?key=..", ".."], ["/%25", "%"], ["/a%2F", "a/"]] as const) {
    const { json } = await start().ask("GET", `/api/lookup${path}`);
    assertEquals((json as { key: string }).key, key);
  }
  for (const path of ["/api/lookup/", "/api/lookup", `/api/lookup/${"k".repeat(513)}`, "/api/lookup/%ff"]) {
    assertEquals((await start().ask("GET", path)).status, 400, path);
  }
});

Deno.test("/api/lookup gives the reason when nobody could be found", async () => {
  const { node, ask } = start();
  node.failure = new DeadlineError("find the owner");
  const answer = await ask("GET", "/api/lookup/k");
  assertEquals([answer.status, errorCodeIn(answer)], [504, "DEADLINE_EXCEEDED"]);
});

Deno.test("/api/ring goes round, and passes over the dead", async () => {
  const { node, ask } = start();
  node.answers["chord.neighbors"] = () => ({
    predecessor: d,
    successors: [b, c, d],
    phase: "member",
    anchored: true,
  });
  const after = new Map([[c.url, [d]], [d.url, [node.self, b]]]);
  node.callPeer = (peer) => {
    const successors = after.get(peer.url);
    if (successors === undefined) return Promise.reject(new PeerUnreachableError(peer.url, true));
    return Promise.resolve({ predecessor: null, successors, phase: "member", anchored: true } as never);
  };
  const { status, json } = await ask("GET", "/api/ring");
  assertEquals<unknown>([status, shapes.ring.strict().parse(json)], [200, {
    nodes: [
      { ...node.self, isReachable: true, phase: "member", predecessor: d },
      { ...b, isReachable: false, phase: null, predecessor: null },
      { ...c, isReachable: true, phase: "member", predecessor: null },
      { ...d, isReachable: true, phase: "member", predecessor: null },
    ],
    isClosed: true,
  }]);
});

Deno.test("/api/ring ends: alone, in a loop beside us, without a way on, and out of time", async () => {
  const alone = start();
  alone.node.answers["chord.neighbors"] = () => ({
    predecessor: null,
    successors: [],
    phase: "member",
    anchored: true,
  });
  assertEquals(ring(await alone.ask("GET", "/api/ring")), { count: 1, isClosed: true });

  const looped = start();
  looped.node.peerAnswers["chord.neighbors"] = () => ({
    predecessor: null,
    successors: [b],
    phase: "member",
    anchored: true,
  });
  assertEquals(ring(await looped.ask("GET", "/api/ring")), { count: 2, isClosed: false });

  const cut = start();
  cut.node.callPeer = () => Promise.reject(new DeadlineError("ask"));
  assertEquals(ring(await cut.ask("GET", "/api/ring")), { count: 3, isClosed: false });

  const endless = start();
  let port = 10_000;
  endless.node.callPeer = () => {
    const successors = [nodeAt(++port)];
    return Promise.resolve({ predecessor: null, successors, phase: "member", anchored: true } as never);
  };
  assertEquals(ring(await endless.ask("GET", "/api/ring")), { count: 1_024, isClosed: false });
});

function ring({ json }: { json: unknown }): { count: number; isClosed: boolean } {
  const { nodes, isClosed } = shapes.ring.parse(json);
  return { count: nodes.length, isClosed };
}

Deno.test("/api/ring takes another walk", async () => {
  const node = new FakeNode();
  const ask = served(node, {
    walkRing: async function* () {
      yield { node: b, isReachable: true, phase: "joining", predecessor: null };
      return true;
    },
  });
  assertEquals(ring(await ask("GET", "/api/ring")), { count: 1, isClosed: true });
});

Deno.test("POST /api/node/ping, leave and kill do as they say", async () => {
  const { node } = start();
  const done: string[] = [];
  const options = { onLeave: () => void done.push("leave"), onKill: () => void done.push("kill") };
  const careful = served(node, options);
  const deadly = served(node, { ...options, allowKill: true });
  const ping = await careful("POST", "/api/node/ping");
  assertEquals<unknown>([ping.status, ping.json], [200, {
    id: node.self.id,
    incarnation: 3,
    phase: "member",
  }]);
  const leave = await careful("POST", "/api/node/leave", {
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals<unknown>([leave.status, leave.json, done], [202, { accepted: true }, ["leave"]]);
  const refused = await careful("POST", "/api/node/kill");
  assertEquals([refused.status, errorCodeIn(refused), done], [403, "FORBIDDEN", ["leave"]]);
  assertEquals([(await deadly("POST", "/api/node/kill")).status, done], [202, ["leave", "kill"]]);
  const form = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "" };
  for (const what of ["ping", "leave", "kill"]) {
    assertEquals((await deadly("POST", `/api/node/${what}`, form)).status, 415);
    const get = await deadly("GET", `/api/node/${what}`);
    assertEquals([get.status, get.headers.get("allow")], [405, "POST"]);
  }
  assertEquals(done, ["leave", "kill"]);
});

Deno.test("/health says that the process answers, /ready that the node can", async () => {
  const { node, ask } = start();
  assertEquals<unknown>((await ask("GET", "/health")).json, { ok: true });
  const ready = await ask("GET", "/ready");
  assertEquals<unknown>([ready.status, ready.json], [200, { ready: true }]);
  node.answers["node.info"] = () => infoOf(node, { ready: false, reason: "3 partitions are not synced" });
  const unready = await ask("GET", "/ready");
  assertEquals<unknown>([unready.status, unready.json], [503, {
    ready: false,
    reason: "3 partitions are not synced",
  }]);
  node.answers["node.info"] = () => infoOf(node, { ready: false });
  assertEquals<unknown>((await ask("GET", "/ready")).json, { ready: false, reason: "not ready" });
});

Deno.test("/api/keys gives pages, and a cursor from each to the next", async () => {
  const { node, ask } = start();
  const version = "000000000001.0000.00" as Version;
  node.answers["kv.list"] = ({ after, limit, prefix }) => {
    const first = after === null || after === undefined ? 0 : after.partition + 1;
    const keys = [first, first + 1].map((place) => ({
      key: `${prefix}${place}/é`,
      bytes: place,
      version,
      expiresAtMs: place === 0 ? 0 : null,
      role: "owner" as const,
    }));
    return { keys: keys.slice(0, limit), next: first === 0 ? { partition: 1, key: `${prefix}1/é` } : null };
  };
  const page = shapes.keys.strict().parse((await ask("GET", "/api/keys?prefix=a%2F&limit=2")).json);
  assertEquals<unknown>(page.keys, [
    { key: "a/0/é", size: 0, version, expiresAt: "1970-01-01T00:00:00.000Z", role: "owner" },
    { key: "a/1/é", size: 1, version, expiresAt: null, role: "owner" },
  ]);
  assertMatch(page.cursor ?? "", /^[A-Za-z0-9_-]+$/);
  const next = shapes.keys.parse((await ask("GET", `/api/keys?scope=node&cursor=${page.cursor}`)).json);
  assertEquals([next.keys[0]?.key, next.cursor], ["2/é", null]);
  assertEquals(
    node.calls.at(-1),
    `kv.list {"prefix":"","limit":100,"after":{"partition":1,"key":"a/1/é"}} 5000`,
  );
});

Deno.test("/api/keys refuses what it cannot list", async () => {
  const rows: [query: string, code: string][] = [
    ["limit=0", "BAD_LIMIT"],
    ["limit=1001", "BAD_LIMIT"],
    ["limit=1.5", "BAD_LIMIT"],
    ["limit=all", "BAD_LIMIT"],
    ["scope=all", "BAD_SCOPE"],
    ["cursor=", "BAD_CURSOR"],
    ["cursor=!", "BAD_CURSOR"],
    ["cursor=e30", "BAD_CURSOR"],
    ["prefix=%ff", "BAD_ENCODING"],
    ["from=a", "BAD_QUERY"],
  ];
  for (const [query, code] of rows) {
    const { node, ask } = start();
    const answer = await ask("GET", `/api/keys?${query}`);
    assertEquals([answer.status, errorCodeIn(answer), node.calls], [400, code, []], query);
  }
});

Deno.test("Unknown paths are 404, and known ones of another method 405 with Allow", async () => {
  const rows: [method: string, path: string, status: number, allow: string | null][] = [
    ["GET", "/", 404, null],
    ["GET", "/api", 404, null],
    ["GET", "/api/node", 404, null],
    ["GET", "/api/node/info/", 404, null],
    ["GET", "/rpc/", 404, null],
    ["GET", "/api/keysmith", 404, null],
    ["GET", "/%61pi/node/info", 404, null],
    ["GET", "/api/node/__proto__", 404, null],
    ["POST", "/api/node/info", 405, "GET, HEAD"],
    ["DELETE", "/health", 405, "GET, HEAD"],
    ["PUT", "/api/keys", 405, "GET, POST, HEAD"],
    ["POST", "/api/lookup/k", 405, "GET, HEAD"],
    ["PATCH", "/openapi.json", 405, "GET, HEAD"],
  ];
  for (const [method, path, status, allow] of rows) {
    const answer = await start().ask(method, path);
    assertEquals([answer.status, answer.headers.get("allow")], [status, allow], `${method} ${path}`);
    assertEquals(errorCodeIn(answer), status === 404 ? "NOT_FOUND" : "METHOD_NOT_ALLOWED");
  }
  assertEquals((await start().ask("HEAD", "/health")).status, 200);
});

Deno.test("GETs take no query they do not know", async () => {
  for (
    const path of [
      "/api/node/info?x=1",
      `/api/peers/${b.id}/info?x`,
      "/api/ring?depth=2",
      "/api/lookup/k?x=1",
    ]
  ) {
    assertEquals(errorCodeIn(await start().ask("GET", path)), "BAD_QUERY", path);
  }
});
