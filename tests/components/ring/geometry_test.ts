import { assert, assertEquals } from "@std/assert";
import {
  angleAt,
  band,
  Chord,
  Dial,
  fractionOf,
  outsideArrow,
  pointAt,
  shareAhead,
  shareBetween,
} from "../../../components/ring/geometry.ts";
import { assertNear } from "./rings.ts";

/** An id of 40 digits that begins with the given ones. */
function id(prefix: string): string {
  return prefix.padEnd(40, "0");
}

Deno.test("fractionOf() is how far round the circle an id stands", () => {
  const rows: [id: string, bits: number, want: number][] = [
    [id(""), 160, 0],
    [id("4"), 160, 0.25],
    [id("8"), 160, 0.5],
    [id("c"), 160, 0.75],
    ["ffffffffffffffffffffffffffffffffffffffff", 160, 1 - 2 ** -53],
    ["80", 8, 0.5],
    ["1ff", 9, 511 / 512],
    ["00000000000001", 53, 2 ** -53],
  ];
  for (const [text, bits, want] of rows) {
    assertEquals(fractionOf(text, bits), want, `${text} of ${bits} bits`);
  }
});

Deno.test("fractionOf() tells neighbours apart that share their first 12 digits", () => {
  assert(fractionOf(id("7f3a91c204be1"), 160) > fractionOf(id("7f3a91c204be"), 160));
});

Deno.test("shareBetween() is the length of an arc, and all of the circle from a point to itself", () => {
  assertEquals(shareBetween(id("4"), id("8"), 160), 0.25);
  assertEquals(shareBetween(id("c"), id("4"), 160), 0.5, "across zero");
  assertEquals(shareBetween(id("4"), id("4"), 160), 1, "a lone node owns everything");
  assertEquals(shareAhead(id("4"), id("4"), 160), 0, "nothing is left of a way that has ended");
  assertEquals(shareAhead(id("4"), id("3"), 160), 15 / 16);
});

Deno.test("pointAt() has 0 at 12 o'clock and goes clockwise", () => {
  const rows: [turn: number, x: number, y: number][] = [[0, 0, -10], [0.25, 10, 0], [0.5, 0, 10], [
    0.75,
    -10,
    0,
  ]];
  for (const [turn, x, y] of rows) {
    const point = pointAt(turn * 2 * Math.PI, 10);
    assertNear(point.x, x, 1e-9);
    assertNear(point.y, y, 1e-9);
  }
});

Deno.test("a dial with a window spreads it over the circle and leaves the rest out", () => {
  const dial = new Dial({ from: 0.9, to: 0.1 });
  assertNear(dial.angle(0) ?? NaN, Math.PI, 1e-9, "the middle of the window stands at 6 o'clock");
  assertEquals(dial.angle(0.5), null);
  const [start, end] = [dial.angle(0.9) ?? NaN, dial.angle(0.1) ?? NaN];
  assert(start > 0 && end < 2 * Math.PI && start < end);
  assertNear(dial.fractionAt(0.5), 0, 1e-9);
});

Deno.test("a dial tells what lies in a direction, the ends of its window beside 12 o'clock", () => {
  assertNear(angleAt(pointAt(4, 10)), 4, 1e-9);
  assertEquals(new Dial().partAt(Math.PI), 0.5);
  const dial = new Dial({ from: 0.25, to: 0.5 });
  assertNear(dial.partAt(dial.angle(0.3) ?? NaN), 0.2, 1e-9);
  assertEquals([dial.partAt(0.01), dial.partAt(6.28)], [0, 1]);
});

Deno.test("a dial shows the part of an arc that reaches into its window", () => {
  const dial = new Dial({ from: 0.25, to: 0.5 });
  const start = dial.angle(0.25);
  assertEquals(dial.span(0.6, 0.2), null, "an arc elsewhere");
  assertEquals(dial.span(0.1, 0.2)?.start, start, "an arc that begins before the window begins with it");
  assertEquals(dial.span(0.4, 0.3)?.end, dial.angle(0.5), "and one that ends behind it ends with it");
  assertEquals(new Dial().span(0.75, 0.5), { start: 1.5 * Math.PI, end: 2.5 * Math.PI });
});

Deno.test("band() draws a whole circle and a sliver without numbers that are none", () => {
  for (const [start, end] of [[0, 2 * Math.PI], [1, 1 + 1e-9], [6, 7]] as const) {
    const path = band(start, end, 90, 100);
    assert(path.startsWith("M") && !path.includes("NaN"), path);
  }
});

Deno.test("outsideArrow() stays outside the ring, also from a node all the way round to itself", () => {
  for (const [from, to] of [[0, 1], [6, 0.5], [2, 2]] as const) {
    const { line, head } = outsideArrow(from, to, 100, 12);
    const numbers = line.match(/-?\d+(\.\d+)?(?:,)-?\d+(\.\d+)?/g) ?? [];
    const distances = numbers.map((pair) => Math.hypot(...(pair.split(",").map(Number) as [number, number])));
    assert(distances.length > 6 && distances.every((distance) => distance > 99), line);
    assert(head.startsWith("M"));
  }
});

Deno.test("a chord bends to the centre the more the farther its ends are apart", () => {
  const bend = (turn: number) => {
    const chord = new Chord(pointAt(0, 100), pointAt(turn * 2 * Math.PI, 100));
    const straight = new Chord(chord.from, chord.to, 0);
    const [a, b] = [chord.at(0.5), straight.at(0.5)];
    return Math.hypot(b.x, b.y) - Math.hypot(a.x, a.y);
  };
  assert(bend(0.02) < bend(0.1) && bend(0.1) < bend(0.25));
});

Deno.test("the first part of a chord lies on it and ends where it should", () => {
  const chord = new Chord(pointAt(0, 100), pointAt(2, 100));
  const part = chord.until(0.4);
  assertEquals(part.to, chord.at(0.4));
  const [on, want] = [part.at(0.5), chord.at(0.2)];
  assertNear(on.x, want.x, 1e-9);
  assertNear(on.y, want.y, 1e-9);
});
