import { assertEquals } from "@std/assert";
import { arcContains, isWholeCircle } from "../../core/arc.ts";
import { at } from "./circle.ts";

Deno.test("arcContains() is open after its start and closed at its end", () => {
  const rows: [after: string, through: string, point: string, want: boolean, why: string][] = [
    ["20", "60", "20", false, "the start belongs to the arc before"],
    ["20", "60", "21", true, "the first point"],
    ["20", "60", "60", true, "the node's own id"],
    ["20", "60", "61", false, "the first point of the next arc"],
    ["f0", "10", "ff", true, "before zero"],
    ["f0", "10", "00", true, "zero"],
    ["f0", "10", "11", false, "past the end"],
    ["ff", "00", "00", true, "an arc of the one point 00"],
    ["fe", "ff", "ff", true, "an arc of the one point ff"],
    ["40", "40", "40", true, "a lone node's own id"],
    ["40", "40", "00", true, "and every other"],
  ];
  for (const [after, through, point, want, why] of rows) {
    assertEquals(arcContains({ after: at(after), through: at(through) }, at(point)), want, why);
  }
});

Deno.test("arcContains() gives each point of the circle to exactly one of the arcs between nodes", () => {
  const ring = ["00", "01", "3c", "80", "fe", "ff"].map(at);
  const arcs = ring.map((through, i) => ({ after: ring.at(i - 1) ?? through, through }));
  for (let point = 0; point < 256; point++) {
    const id = at(point.toString(16).padStart(2, "0"));
    assertEquals(arcs.filter((arc) => arcContains(arc, id)).length, 1, id);
  }
});

Deno.test("isWholeCircle() is true of equal ends only", () => {
  assertEquals(isWholeCircle({ after: at("40"), through: at("40") }), true);
  assertEquals(isWholeCircle({ after: at("40"), through: at("3f") }), false);
  assertEquals(isWholeCircle({ after: at("ff"), through: at("00") }), false);
});
