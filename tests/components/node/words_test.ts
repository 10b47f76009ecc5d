import { assertEquals } from "@std/assert";
import { moment, timeLeft, writtenAtMs } from "../../../components/node/local_data.ts";
import { miniRing } from "../../../components/node/mini_ring.ts";
import { asFlags, isSecret } from "../../../components/node/settings.ts";
import type { NodeSetting } from "../../../client/operations.ts";
import { item, itemsOf, smallRing } from "./figures.ts";

Deno.test("timeLeft() counts down, and says when the time is over", () => {
  const rows: [expiresAtMs: number | null, want: string][] = [
    [null, "–"],
    [1_000_000, "expired"],
    [1_000_400, "1 s"],
    [1_059_900, "59 s"],
    [1_000_000 + 90_000_000, "1 d 1 h"],
  ];
  for (const [expiresAtMs, want] of rows) {
    const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs);
    assertEquals(timeLeft({ expiresAt }, 1_000_000), want);
  }
});

Deno.test("writtenAtMs() reads a version's moment, and nothing from what is none", () => {
  assertEquals(moment(writtenAtMs("01a2130e6162.0000.ab")), "2026-11-25 14:13:59.266");
  for (const text of ["", "zz", "01a2130e616.0000.ab", "01a2130e6162"]) {
    assertEquals(writtenAtMs(text), null, text);
  }
  assertEquals(moment(null), "?");
});

Deno.test("asFlags() writes what somebody set, as a shell takes it, and no secret", () => {
  const setting = (flag: string, value: string, source: NodeSetting["source"]): NodeSetting => ({
    ...{ flag, value, source },
    environment: null,
    summary: "",
  });
  const settings = [
    setting("--port", "8441", "flag"),
    setting("--data-dir", "/tmp/it's here", "file"),
    setting("--bits", "160", "default"),
    setting("--secret", "set, 43 chars", "environment"),
    setting("--memory", "true", "environment"),
  ];
  assertEquals(asFlags(settings), "--port=8441 --data-dir='/tmp/it'\\''s here' --memory=true");
  assertEquals([isSecret("set, 43 chars"), isSecret("set")], [true, false]);
});

Deno.test("miniRing() draws the node's own part and those that are there", () => {
  const ring = miniRing({
    self: "40",
    predecessorId: "10",
    items: smallRing({ "c0": { state: "dead" } }),
    bits: 8,
  });
  assertEquals(ring.share, 0.1875);
  assertEquals(ring.markers.map((marker) => marker.item.id).at(-1), "40", "itself on top");
  assertEquals(ring.markers.length, 3);
  const [right] = ring.markers.filter((marker) => marker.item.id === "40");
  assertEquals([right?.at.x, Math.round(right?.at.y ?? 1)], [84, 0], "a quarter of the way round");
  assertEquals(ring.arc, "M26.79,-64.67A70,70 0 0 1 70,0");
});

Deno.test("miniRing() of a node that is alone is the whole circle; of one that knows no predecessor, nothing", () => {
  const alone = miniRing({
    self: "40",
    predecessorId: null,
    items: itemsOf(item("40", { isSelf: true })),
    bits: 8,
  });
  assertEquals([alone.share, alone.arc?.match(/A/g)?.length], [1, 2]);
  const newcomer = miniRing({ self: "40", predecessorId: null, items: smallRing(), bits: 8 });
  assertEquals([newcomer.share, newcomer.arc], [null, null]);
  const most = miniRing({ self: "40", predecessorId: "80", items: smallRing(), bits: 8 });
  assertEquals([most.share, most.arc?.includes(" 0 1 1 ")], [0.75, true]);
});
