import { assert, assertEquals } from "@std/assert";
import { binCount } from "../../../components/ring/bins.ts";
import { boxAround, overlaps } from "../../../components/ring/labels.ts";
import { layoutRing } from "../../../components/ring/layout.ts";
import type { Detail, LayoutOptions, RingLayout } from "../../../components/ring/shapes.ts";
import { distinctFingers } from "../../../components/ring/snapshot.ts";
import { assertNear, nodeAt, ringOf } from "./rings.ts";

const desk = { width: 760, height: 650 };
const phone = { width: 358, height: 358 };
const sizes = [1, 2, 3, 8, 50, 500];

function layoutOf(count: number, options: LayoutOptions = {}, viewport = desk): RingLayout {
  return layoutRing(ringOf(count), viewport, options);
}

Deno.test("layoutRing() draws less of each node the more there are", () => {
  const rows: [nodes: number, detail: Detail, arrows: number, labels: number | null][] = [
    [1, "single", 1, 1],
    [2, "few", 2, 2],
    [3, "few", 3, 3],
    [8, "few", 8, 8],
    [50, "some", 0, null],
    [500, "many", 0, 1],
  ];
  for (const [nodes, detail, arrows, labels] of rows) {
    const layout = layoutOf(nodes);
    assertEquals(layout.detail, detail, `${nodes} nodes`);
    assertEquals(layout.markers.length, nodes, `${nodes} nodes`);
    assertEquals(layout.arcs.length, nodes, `${nodes} nodes`);
    assertEquals(layout.successors.length, arrows, `${nodes} nodes`);
    if (labels !== null) assertEquals(layout.labels.length, labels, `${nodes} nodes`);
  }
});

Deno.test("layoutRing() gives every arc its share, and together the whole circle", () => {
  for (const nodes of sizes) {
    const { arcs } = layoutOf(nodes);
    assertNear(arcs.reduce((sum, { share }) => sum + share, 0), 1, 1e-9, `${nodes} nodes`);
  }
});

Deno.test("layoutRing() gives neighbouring arcs different tones", () => {
  for (const nodes of [2, 8, 50]) {
    const tones = layoutOf(nodes).arcs.map(({ tone }) => tone);
    assert(tones.every((tone, i) => i === 0 || tone !== tones[i - 1]), `${nodes} nodes`);
    assert(tones[0] !== tones.at(-1), `${nodes} nodes, across zero`);
  }
});

Deno.test("layoutRing() puts no label on another, on a marker, on the ring or over the edge", () => {
  for (const viewport of [desk, phone]) {
    for (const nodes of sizes) {
      const { labels, markers, radius } = layoutOf(nodes, {}, viewport);
      const name = `${nodes} nodes, ${viewport.width} wide`;
      const boxes = labels.map(({ box }) => box);
      const around = markers.map((marker) => boxAround(marker.at, marker.radius));
      for (const [i, box] of boxes.entries()) {
        assert(!boxes.slice(i + 1).some((other) => overlaps(box, other)), name);
        assert(!around.some((other) => overlaps(box, other)), name);
        assert(Math.max(-box.left, box.right) <= viewport.width / 2, name);
        assert(Math.max(-box.top, box.bottom) <= viewport.height / 2, name);
        const corner = [Math.max(box.left, -box.right, 0), Math.max(box.top, -box.bottom, 0)] as const;
        assert(Math.hypot(...corner) >= radius, name);
      }
    }
  }
});

Deno.test("layoutRing() labels most nodes of a ring of 50, and always the selected and the bad ones", () => {
  const snapshot = ringOf(50, { but: { 7: { state: "suspect" }, 30: { state: "dead", isInRing: false } } });
  const wanted = [nodeAt(snapshot, 7).id, nodeAt(snapshot, 30).id, nodeAt(snapshot, 20).id];
  const labelled = layoutRing(snapshot, desk, { selectedId: wanted[2] ?? null }).labels.map(({ id }) => id);
  assert(labelled.length >= 40, `${labelled.length} of 50`);
  assertEquals(wanted.filter((id) => !labelled.includes(id)), []);
});

Deno.test("layoutRing() lifts markers that would cover each other, and shows where they belong", () => {
  const { markers, radius } = layoutOf(50);
  for (const [i, a] of markers.entries()) {
    for (const b of markers.slice(i + 1)) {
      assert(Math.hypot(a.at.x - b.at.x, a.at.y - b.at.y) > a.radius, "two markers on one spot");
    }
  }
  assert(markers.some(({ lift }) => lift > 0));
  for (const { foot } of markers) assertNear(Math.hypot(foot.x, foot.y), radius, 1e-6);
});

Deno.test("layoutRing() shows where the copies of the selected node are, and whose copies it keeps", () => {
  const snapshot = ringOf(8);
  const [before2, before1, selected, after1, after2] = [6, 7, 0, 1, 2].map((place) =>
    nodeAt(snapshot, place).id
  );
  const layout = layoutRing(snapshot, desk, { selectedId: selected ?? null });
  assertEquals(layout.replicaArcs.map(({ id }) => id), [before1 ?? "", before2 ?? ""]);
  assertEquals(layout.copies.map(({ id, rank }) => [rank, id]), [[1, after1 ?? ""], [2, after2 ?? ""]]);
});

Deno.test("layoutRing() keeps to as many copies as there are nodes", () => {
  for (const [nodes, copies] of [[1, 0], [2, 1], [3, 2]] as const) {
    const snapshot = ringOf(nodes);
    const { copies: marks, replicaArcs } = layoutRing(snapshot, desk, { selectedId: nodeAt(snapshot, 0).id });
    assertEquals([marks.length, replicaArcs.length], [copies, copies], `${nodes} nodes`);
  }
});

Deno.test("layoutRing() draws one curve for all fingers that share a node, and marks stale ones", () => {
  const snapshot = ringOf(8, { but: { 5: { state: "dead", isInRing: false } } });
  const self = nodeAt(snapshot, 0);
  const entries = [1, 1, 1, 2, 5, 0].map((place, index) => ({ index, node: nodeAt(snapshot, place) }));
  const fingers = distinctFingers([...entries, { index: 6, node: null }], self.id);
  const { fingers: curves } = layoutRing(snapshot, desk, { selectedId: self.id, fingers });
  assertEquals(curves.map(({ to, indices, isStale }) => [to, indices, isStale]), [
    [nodeAt(snapshot, 1).id, [0, 1, 2], false],
    [nodeAt(snapshot, 2).id, [3], false],
    [nodeAt(snapshot, 5).id, [4], true],
  ]);
  assert((curves[0]?.width ?? 0) > (curves[1]?.width ?? 0));
});

Deno.test("layoutRing() gives no arc to a dead node: its successor owns it", () => {
  const snapshot = ringOf(8, { but: { 3: { state: "dead", isInRing: false } } });
  const { arcs, markers } = layoutRing(snapshot, desk);
  const whole = layoutOf(8).arcs;
  assertEquals([arcs.length, markers.length], [7, 8]);
  const shareOf = (place: number) => whole[place]?.share ?? NaN;
  const heir = arcs.find(({ id }) => id === nodeAt(snapshot, 4).id);
  assertNear(heir?.share ?? NaN, shareOf(3) + shareOf(4), 1e-12);
});

Deno.test("layoutRing() shows thousands as bins that together hold every node", () => {
  const snapshot = ringOf(1_200, { but: { 600: { state: "suspect" } } });
  const layout = layoutRing(snapshot, desk, { selectedId: nodeAt(snapshot, 5).id });
  assertEquals(layout.detail, "crowd");
  assertEquals(layout.bins.length, binCount);
  assertEquals(layout.bins.reduce((sum, { nodes }) => sum + nodes.length, 0), 1_200);
  assertEquals(layout.bins.filter(({ problems }) => problems > 0).map(({ problems }) => problems), [1]);
  assertEquals(layout.markers.length, 2, "the selected node and the one that serves the page");
  assertEquals(layout.points.size, 1_200, "a path can lead to any of them");
});

Deno.test("layoutRing() shows the nodes of a bin once it is zoomed into", () => {
  const snapshot = ringOf(1_200);
  const bin = layoutRing(snapshot, desk).bins.find(({ nodes }) => nodes.length > 5);
  const layout = layoutRing(snapshot, desk, { window: bin?.window ?? null });
  assertEquals(layout.detail, "few");
  assertEquals(layout.markers.map(({ node }) => node.id), bin?.nodes.map(({ id }) => id));
});

Deno.test("layoutRing() draws the same shapes for the same ring", () => {
  assertEquals(JSON.stringify(layoutOf(50)), JSON.stringify(layoutOf(50)));
});
