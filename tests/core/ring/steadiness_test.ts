import { assertEquals } from "@std/assert";
import { Steadiness } from "../../../core/ring/steadiness.ts";
import { at } from "../circle.ts";

const peer = at("40");
const second = 1_000;
const minute = 60 * second;

/** For how long the peer is not steady after it has returned at each of these moments. */
function dampingAfter(...returnsAtMs: number[]): number {
  const steadiness = new Steadiness();
  for (const atMs of returnsAtMs) steadiness.returned(peer, atMs);
  const lastMs = returnsAtMs.at(-1) ?? 0;
  let ms = 0;
  while (!steadiness.isSteady(peer, lastMs + ms)) ms += 500;
  return ms;
}

Deno.test("Steadiness: a peer that was away once is as good as any", () => {
  assertEquals(new Steadiness().isSteady(peer, 0), true);
  assertEquals(dampingAfter(0), 0);
  assertEquals(dampingAfter(0, 11 * minute), 0, "once, and once more much later");
});

Deno.test("Steadiness: each further return within ten minutes doubles the damping, from 5 s to 5 min", () => {
  const flaps = (count: number) => Array.from({ length: count }, (_, i) => i * 6 * second);
  const want = [0, 5, 10, 20, 40, 80, 160, 300, 300].map((s) => s * second);
  assertEquals(want.map((_, i) => dampingAfter(...flaps(i + 1))), want);
});

Deno.test("Steadiness: ten quiet minutes halve the damping", () => {
  const flaps = Array.from({ length: 6 }, (_, i) => i * 6 * second);
  const last = 30 * second;
  assertEquals(dampingAfter(...flaps), 80 * second);
  assertEquals(dampingAfter(...flaps, last + 10 * minute), 40 * second);
  assertEquals(dampingAfter(...flaps, last + 30 * minute), 10 * second);
  assertEquals(dampingAfter(...flaps, last + 60 * minute), 0, "nothing is left to remember");
  assertEquals(
    dampingAfter(...flaps, last + 10 * minute, last + 11 * minute),
    80 * second,
    "and it flaps on",
  );
});

Deno.test("Steadiness.forget(): a peer that was forgotten begins anew", () => {
  const steadiness = new Steadiness();
  for (const atMs of [0, 1, 2]) steadiness.returned(peer, atMs);
  assertEquals([steadiness.isSteady(peer, 2), steadiness.isSteady(at("41"), 2)], [false, true]);
  steadiness.forget(peer);
  assertEquals(steadiness.isSteady(peer, 2), true);
});
