import { assertEquals } from "@std/assert";
import { Penalties } from "../../../core/ring/penalties.ts";
import { at } from "../circle.ts";

Deno.test("Penalties: each further lie costs twice the time, up to ten minutes, until it has been honest as long", () => {
  const penalties = new Penalties();
  const liar = at("40");
  let nowMs = 0;
  for (const seconds of [10, 20, 40, 80, 160, 320, 600, 600]) {
    penalties.lied(liar, nowMs);
    assertEquals(penalties.isPaying(liar, nowMs + seconds * 1_000 - 1), true, `${seconds} s`);
    nowMs += seconds * 1_000;
    assertEquals(penalties.isPaying(liar, nowMs), false, `${seconds} s are over`);
  }
  nowMs += 600_000;
  penalties.lied(liar, nowMs);
  assertEquals(penalties.isPaying(liar, nowMs + 10_000), false, "it begins anew");
  assertEquals(penalties.isPaying(at("50"), nowMs), false, "others are not concerned");
});

Deno.test("Penalties remembers so many liars, and no more", () => {
  const penalties = new Penalties();
  const liars = Array.from(
    { length: 1_025 },
    (_, i) => i.toString(16).padStart(4, "0") as ReturnType<typeof at>,
  );
  for (const liar of liars) penalties.lied(liar, 0);
  assertEquals(liars.filter((liar) => penalties.isPaying(liar, 1)).length, 1_024);
});
