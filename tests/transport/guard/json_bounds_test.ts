import { assertEquals, assertInstanceOf } from "@std/assert";
import * as fc from "fast-check";
import { methods } from "../../../core/protocol.ts";
import { partitionsMax } from "../../../core/partition.ts";
import {
  checkBounds,
  clientBounds,
  harmlessBytes,
  type JsonBounds,
  JsonBoundsError,
  rpcBounds,
} from "../../../transport/guard/json_bounds.ts";
import { parseJson } from "../../../transport/json_rpc.ts";

const encoder = new TextEncoder();
/** Makes it long enough to be looked through. */
const padding = " ".repeat(harmlessBytes);

function isRefused(json: string, bounds: JsonBounds = clientBounds): boolean {
  try {
    checkBounds(encoder.encode(json + padding), bounds);
    return false;
  } catch (error) {
    assertInstanceOf(error, JsonBoundsError);
    return true;
  }
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const list = (elements: number) => `[${Array(elements).fill("1").join(",")}]`;
const object = (members: number) => `{${Array.from({ length: members }, (_, i) => `"${i}":0`).join(",")}}`;

Deno.test("checkBounds() holds JSON to its bounds, exactly", () => {
  const rows: [json: string, refused: boolean, what: string][] = [
    [nested(32), false, "as deep as may be"],
    [nested(33), true, "one deeper"],
    [`{"a":`.repeat(33), true, "deep, and never closed"],
    [list(10_000), false, "as long as may be"],
    [list(10_001), true, "one more"],
    [object(1_000), false, "as many as may be"],
    [object(1_001), true, "one more member"],
    [`[${list(9_000)},${list(9_000)}]`, false, "two lists are counted apart"],
    [`[[${"[],".repeat(9_998)}[]],${list(10_000)}]`, false, "and each by itself"],
    [`["${"[".repeat(100)}${",".repeat(20_000)}"]`, false, "what stands in texts does not count"],
    [`["\\"${"[".repeat(100)}"]`, false, "an escaped quote ends none"],
    [`["\\\\",${nested(32)}]`, true, "an escaped backslash escapes nothing"],
    [`["${"x".repeat(127)}\\"${"[".repeat(100)}"]`, false, "an escape where searching begins"],
    [`["${"x".repeat(500)}\\\\",${nested(32)}]`, true, "two of them far in"],
    [`["${"x".repeat(500)}\\"${"[".repeat(100)}","\\"[[",1]`, false, "and the text goes on after one"],
    [`"never closed ${"[".repeat(100)}`, false, "is the parser's to refuse"],
    ["]".repeat(100) + nested(32), false, "what closes nothing opens nothing"],
    [",".repeat(100_000), false, "commas of no list"],
  ];
  for (const [json, refused, what] of rows) assertEquals(isRefused(json), refused, what);
});

Deno.test("checkBounds() agrees with what JSON.parse makes of it", () => {
  const bounds = { depthMax: 3, elementsMax: 3, membersMax: 2 };
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 0, max: 2 }), (value, indent) => {
    assertEquals(isRefused(JSON.stringify(value, null, indent), bounds), isOut(value, bounds, 0));
  }));
});

function isOut(value: unknown, bounds: JsonBounds, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  const inner = Object.values(value);
  const countMax = Array.isArray(value) ? bounds.elementsMax : bounds.membersMax;
  return depth === bounds.depthMax || inner.length > countMax ||
    inner.some((each) => isOut(each, bounds, depth + 1));
}

Deno.test("checkBounds() does not look at what is too short to do harm", () => {
  checkBounds(encoder.encode(nested(harmlessBytes / 2)), clientBounds);
});

Deno.test("parseJson() takes the longest message that nodes send each other", () => {
  const ranges = Array.from({ length: partitionsMax }, (_, first) => ({ first, last: first }));
  const parsed = parseJson(encoder.encode(JSON.stringify({ ranges })));
  assertEquals(methods["partition.digest"].params.safeParse(parsed).success, true);
  assertEquals(isRefused(list(partitionsMax + 1), rpcBounds), true);
});
