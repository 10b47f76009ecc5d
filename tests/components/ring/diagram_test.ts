import { assert, assertEquals, assertMatch } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { Balance, Fleet } from "../../../components/ring/Balance.tsx";
import { columnsOf, sortNodes } from "../../../components/ring/columns.ts";
import { Inspector } from "../../../components/ring/Inspector.tsx";
import { RingDiagram } from "../../../components/ring/RingDiagram.tsx";
import { RingTable } from "../../../components/ring/RingTable.tsx";
import { nodeStates, type RingSnapshot } from "../../../components/ring/snapshot.ts";
import { nodeAt, ringOf } from "./rings.ts";

const viewport = { width: 760, height: 650 };
const nothing = () => {};

function diagram(snapshot: RingSnapshot, selectedId: string | null = null): string {
  return renderToString(h(RingDiagram, { snapshot, selectedId, onSelect: nothing, viewport }));
}

function countOf(html: string, pattern: RegExp): number {
  return [...html.matchAll(pattern)].length;
}

Deno.test("the diagram has a marker for every node, one of them a tab stop", () => {
  for (const nodes of [1, 2, 3, 8, 50, 500]) {
    const html = diagram(ringOf(nodes));
    assertEquals(countOf(html, /data-ring-focus="[0-9a-f]{40}"/g), nodes);
    assertEquals(countOf(html, /tabindex="0"/g), 1, `${nodes} nodes`);
  }
});

Deno.test("the diagram of thousands has a tab stop among its bins", () => {
  const html = diagram(ringOf(1_200));
  assertEquals(countOf(html, /data-ring-focus="bin-\d+"/g), 120);
  assertEquals(countOf(html, /tabindex="0"/g), 1);
});

Deno.test("the diagram says in words what it shows", () => {
  const snapshot = ringOf(8, { but: { 2: { state: "suspect" }, 4: { state: "dead", isInRing: false } } });
  const html = diagram(snapshot, nodeAt(snapshot, 1).id);
  assertMatch(html, /role="group" aria-label="Ring diagram, 8 nodes, 2 problems"/);
  const short = (place: number) => nodeAt(snapshot, place).id.slice(0, 4);
  const { host } = new URL(nodeAt(snapshot, 1).url);
  const [name, port] = host.split(":");
  assertMatch(
    html,
    new RegExp(
      `aria-label="Node ${short(1)}, live, ${name} port ${port}, owns [0-9.]+ percent, 20 keys, 2 of 8"`,
    ),
  );
  assertMatch(html, new RegExp(`aria-label="Node ${short(2)}, suspect, `));
  assertMatch(html, new RegExp(`aria-label="Node ${short(4)}, dead, [^"]*, owns nothing, `));
  assertMatch(html, new RegExp(`aria-label="Node ${short(0)}, live, [^"]*, this node"`));
  assertEquals(countOf(html, /aria-pressed="true"/g), 1);
});

Deno.test("the diagram has a glyph of its own for every state", () => {
  const but = Object.fromEntries(nodeStates.map((state, place) => [place, { state }]));
  const html = diagram(ringOf(8, { but }));
  const glyphs = [...html.matchAll(/<g class="ring-marker[\s\S]*?ring-glyph-(\w+)">(.*?)<\/g>/g)];
  const shapes = new Map(glyphs.map(([, state, shape]) => [state, shape]));
  assertEquals(new Set(shapes.keys()), new Set(nodeStates));
  assertEquals(new Set(shapes.values()).size, nodeStates.length);
});

Deno.test("nothing is styled inline: the policy of the pages forbids it", () => {
  const snapshot = ringOf(50, { but: { 3: { state: "unknown" } } });
  const shared = { snapshot, selectedId: nodeAt(snapshot, 1).id, onSelect: nothing };
  const all = [
    diagram(snapshot, shared.selectedId),
    diagram(ringOf(1_200)),
    renderToString(h(RingTable, { ...shared, nowMs: 2_000 })),
    renderToString(h(Balance, shared)),
    renderToString(h(Fleet, shared)),
    renderToString(h(Inspector, { ...shared, nodeId: shared.selectedId, fingers: [], nowMs: 2_000 })),
  ];
  for (const html of all) {
    assert(
      !/\sstyle=|<style|NaN|undefined/.test(html),
      /.{60}(\sstyle=|<style|NaN|undefined).{60}/.exec(html)?.[0],
    );
  }
});

Deno.test("the table has a row for every node and says how it is sorted", () => {
  const snapshot = ringOf(8);
  const html = renderToString(h(RingTable, { snapshot, selectedId: null, onSelect: nothing, nowMs: 2_000 }));
  assertEquals(countOf(html, /<th scope="row">/g), 8);
  assertEquals(countOf(html, /aria-sort="ascending"/g), 1);
  assertEquals(countOf(html, /aria-sort="none"/g), 12);
});

Deno.test("sortNodes() sorts by any column, and puts what is not known last", () => {
  const snapshot = ringOf(4, { but: { 1: { info: null, state: "dead" }, 2: { state: "suspect" } } });
  const columns = columnsOf(snapshot, 2_000);
  const places = (column: string, isDescending: boolean) =>
    sortNodes(snapshot.nodes, columns, { column, isDescending }).map((node) => snapshot.nodes.indexOf(node));
  assertEquals(places("node", true), [3, 2, 1, 0]);
  assertEquals(places("keys", false), [0, 2, 3, 1]);
  assertEquals(places("keys", true), [3, 2, 0, 1]);
  assertEquals(places("state", true), [1, 2, 0, 3]);
});

Deno.test("the inspector says when a node has gone, and who follows it", () => {
  const snapshot = ringOf(8);
  const gone = { ...nodeAt(ringOf(9), 4), id: nodeAt(ringOf(1_200), 700).id };
  const html = renderToString(
    h(Inspector, {
      snapshot,
      nodeId: gone.id,
      onSelect: nothing,
      fingers: null,
      lastSeen: gone,
      nowMs: 43_000,
    }),
  );
  assertMatch(html, /not in the ring any more. It was seen 42 s ago/);
  assertMatch(html, /who follows/);
});
