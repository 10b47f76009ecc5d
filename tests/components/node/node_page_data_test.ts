import { assertEquals, assertMatch } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { RondoClient } from "../../../client/mod.ts";
import { loadNodePage } from "../../../components/node/node_page_data.ts";
import { everyFinger } from "../../../components/node/fingers.ts";
import LogsPage from "../../../islands/LogsPage.tsx";
import NodePage from "../../../islands/NodePage.tsx";
import OpsPage from "../../../islands/OpsPage.tsx";
import { createHandler, type HandlerOptions } from "../../../transport/handler.ts";
import { FakeNode, fetchFrom, infoOf, nodeAt } from "../../transport/fake_node.ts";

const [before, after] = [nodeAt(8441), nodeAt(8442)];

function start(options: Partial<HandlerOptions> = {}) {
  const node = new FakeNode({ replicas: 3 });
  Object.assign(node.answers, {
    "node.info": () => infoOf(node, { replicas: 3 }),
    "chord.neighbors": () => ({ predecessor: before, successors: [after], phase: "member", anchored: true }),
    "node.fingers": () => ({
      entries: Array.from({ length: 160 }, (_, index) => ({ index, start: node.self.id, node: after })),
    }),
    "node.peers": () => ({
      peers: [
        { node: before, health: "suspect", lastSeenMs: Date.now() - 3_000, rttMs: 2, phase: "member" },
        { node: after, health: "alive", lastSeenMs: Date.now(), rttMs: 1, phase: "member" },
      ],
    }),
  });
  const handler = createHandler(node, { log: () => {}, onLeave: () => {}, ...options });
  const client = new RondoClient({ url: node.self.url, fetch: fetchFrom(handler), attemptsMax: 1 });
  return { node, client };
}

const allowKill = {
  settings: [
    { flag: "--allow-kill", environment: null, summary: "", value: "true", source: "flag" as const },
  ],
  maintain: () => true,
  upkeepReport: () => [],
};

Deno.test("loadNodePage() asks the node all that its page shows first", async () => {
  const { node, client } = start({ operator: allowKill });
  const data = await loadNodePage(client);
  assertEquals([data.info?.id, data.problem, data.allowKill], [node.self.id, null, true]);
  assertEquals([data.predecessor?.id, data.successors.map(({ id }) => id)], [before.id, [after.id]]);
  assertEquals(Object.values(data.items).map(({ state }) => state).sort(), ["alive", "alive", "suspect"]);
  assertEquals([data.fingers.length, everyFinger(data.fingers).length], [1, 160]);
});

Deno.test("loadNodePage() leaves out what a node does not answer", async () => {
  const { node, client } = start();
  node.answers["node.info"] = () => {
    throw new Error("a mistake of ours");
  };
  const data = await loadNodePage(client);
  assertEquals([data.info, data.allowKill, data.items], [null, false, {}]);
  assertMatch(data.problem ?? "", /Internal error/);
  assertEquals(data.fingers.length, 1);
});

Deno.test("the server's first page already tells how the node is", async () => {
  const { node, client } = start({ operator: allowKill });
  const initial = await loadNodePage(client);
  const html = renderToString(
    h(NodePage, { selfUrl: node.self.url, cluster: "rondo", role: "admin", initial }),
  );
  assertMatch(html, /Its predecessor 127\.0\.0\.1:8441 is suspect, last heard \d+ s ago/);
  assertMatch(html, /160 fingers lead to 1 other node\./);
  assertMatch(html, /Kill…/);
  assertEquals(/\sstyle=|undefined|NaN/.test(html), false);
  const silent = { ...initial, info: null, problem: "Cannot read <it>" };
  const without = renderToString(
    h(NodePage, { selfUrl: node.self.url, cluster: "rondo", role: "admin", initial: silent }),
  );
  assertMatch(without, /Cannot read &lt;it>/);
});

Deno.test("the server renders the pages of logs and operations before anything was heard", () => {
  const props = { selfUrl: "http://127.0.0.1:8440", cluster: "rondo" };
  const logs = renderToString(h(LogsPage, props));
  const ops = renderToString(h(OpsPage, { ...props, role: "admin", allowKill: false }));
  assertMatch(logs, /role="log" aria-live="off"/);
  assertMatch(ops, /Leave ring…/);
  assertEquals(ops.includes("Kill…"), false, "this node does not let itself be killed");
  for (const html of [logs, ops]) assertEquals(/\sstyle=|undefined|NaN/.test(html), false);
});
