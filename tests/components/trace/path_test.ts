import { assertEquals } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { layoutRing } from "../../../components/ring/layout.ts";
import { HopHistogram, summaryOf } from "../../../components/trace/HopHistogram.tsx";
import { HopTable } from "../../../components/trace/HopTable.tsx";
import { PlayerControls } from "../../../components/trace/PlayerControls.tsx";
import { idlePlayer } from "../../../components/trace/player.ts";
import { timelineOf } from "../../../components/trace/timeline.ts";
import { TracePath } from "../../../components/trace/TracePath.tsx";
import { ringOf } from "../ring/rings.ts";
import { type Asked, lookupOf, nodeAt } from "./traces.ts";

const asked: Asked[] = [["8", "finger", "failed"], ["7", "finger", "closer"], ["8", "answer", "owner"]];
const timeline = timelineOf(lookupOf("90", asked, "a"), nodeAt("1"), 160);
const layout = layoutRing(ringOf(8), { width: 760, height: 650 });

function pathAt(position: number): string {
  return renderToString(h(TracePath, { layout, timeline, position, current: Math.ceil(position) }));
}

function countOf(html: string, pattern: RegExp): number {
  return [...html.matchAll(pattern)].length;
}

Deno.test("the path grows with the player: lines, numbers, the failure and the owner", () => {
  const rows: [
    position: number,
    lines: number,
    badges: number,
    crosses: number,
    ends: number,
    dots: number,
  ][] = [
    [0, 0, 0, 0, 0, 0],
    [0.3, 1, 0, 0, 0, 1],
    [1, 1, 1, 1, 0, 0],
    [2, 2, 2, 1, 0, 0],
    [3.5, 4, 4, 1, 0, 1],
    [4, 4, 4, 1, 1, 0],
  ];
  for (const [position, ...want] of rows) {
    const html = pathAt(position);
    const parts = ["trace-line", "trace-badge", "trace-cross", "trace-end", "trace-dot"];
    assertEquals(
      parts.map((part) => countOf(html, new RegExp(`class="${part}"`, "g"))),
      want,
      `at ${position}`,
    );
  }
});

Deno.test("the path marks one step as the current one", () => {
  assertEquals(countOf(pathAt(4), /is-current/g), 1);
});

Deno.test("the table of hops and the player say in words what the picture shows", () => {
  const nothing = () => {};
  const table = renderToString(h(HopTable, { timeline, facts: {}, current: 2, onStep: nothing }));
  assertEquals(countOf(table, /<th scope="row">/g), 5);
  assertEquals(countOf(table, /aria-current="step"/g), 1);
  const controls = renderToString(h(PlayerControls, { player: { ...idlePlayer, last: 4 }, onAct: nothing }));
  for (const name of ["First step", "Step back", "Play", "Step forward", "Last step"]) {
    assertEquals(countOf(controls, new RegExp(`aria-label="${name}"`, "g")), 1, name);
  }
  assertEquals(countOf(pathAt(4) + table + controls, /\sstyle=/g), 0);
});

Deno.test("the histogram counts hops that were measured, and says what was to be expected", () => {
  const samples = [1, 2, 2, 3].map((hops) => ({ fromId: "1", hops, ms: 2, failures: hops === 3 ? 1 : 0 }));
  const html = renderToString(h(HopHistogram, { samples, members: 16 }));
  assertEquals([...html.matchAll(/<\/svg>(\d+)/g)].map(([, number]) => number), ["0", "1", "2", "1"]);
  assertEquals(
    summaryOf(samples, 16),
    "4 lookups measured · 2.00 hops on average · p50 2 · p95 3 · ½·log₂ 16 is 2.00 · 1 request without answer",
  );
  assertEquals(
    renderToString(h(HopHistogram, { samples: [], members: 16 })),
    "",
    "nothing is claimed unmeasured",
  );
});
