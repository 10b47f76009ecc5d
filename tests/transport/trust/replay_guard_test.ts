import { assertEquals } from "@std/assert";
import { type Refusal, ReplayGuard, windowMs } from "../../../transport/trust/replay_guard.ts";

const startedAtMs = 1_790_000_000_000;
const nowMs = startedAtMs + 10 * windowMs;

function admit(
  guard: ReplayGuard,
  number: number,
  { sender = "a1", session = "s1", at = nowMs, now = nowMs } = {},
) {
  return guard.admit(sender, { session, number }, at, now);
}

Deno.test("ReplayGuard lets each request in once", () => {
  const guard = new ReplayGuard(startedAtMs);
  const rows: [number: number, want: Refusal | null, why: string][] = [
    [1, null, "the first"],
    [1, "replayed", "again"],
    [3, null, "one may be overtaken"],
    [2, null, "and come later"],
    [2, "replayed", "but once"],
    [70_000, null, "far ahead"],
    [53_616, "replayed", "as old as the window is long: nobody knows any more"],
    [53_617, null, "the oldest that is still known"],
    [53_617, "replayed", "once"],
    [53_616 + 16_384 + 1, null, "stands where 53,617 stood"],
    [400_000, null, "past all that was known"],
    [70_001, "replayed", "behind it now"],
    [399_999, null, "not there yet"],
  ];
  for (const [number, want, why] of rows) assertEquals(admit(guard, number), want, why);
});

Deno.test("ReplayGuard counts each session of each sender by itself", () => {
  const guard = new ReplayGuard(startedAtMs);
  assertEquals(admit(guard, 1), null);
  assertEquals(admit(guard, 1, { session: "s2" }), null);
  assertEquals(admit(guard, 1, { sender: "a2" }), null);
  assertEquals(admit(guard, 1, { sender: "a2" }), "replayed");
});

Deno.test("ReplayGuard takes what was signed within a minute, either way, and since it started", () => {
  const rows: [at: number, now: number, want: Refusal | null][] = [
    [nowMs - windowMs, nowMs, null],
    [nowMs - windowMs - 1, nowMs, "expired"],
    [nowMs + windowMs, nowMs, null],
    [nowMs + windowMs + 1, nowMs, "expired"],
    [startedAtMs - 1, startedAtMs, "expired"],
    [startedAtMs, startedAtMs, null],
    [NaN, nowMs, "expired"],
  ];
  for (const [at, now, want] of rows) assertEquals(admit(new ReplayGuard(startedAtMs), 1, { at, now }), want);
});

Deno.test("ReplayGuard refuses what it could not remember, and makes room only by what is over", () => {
  const guard = new ReplayGuard(startedAtMs);
  for (let i = 0; i < 16; i++) assertEquals(admit(guard, 1, { session: `s${i}` }), null);
  assertEquals(admit(guard, 1, { session: "one more" }), "full");
  assertEquals(admit(guard, 1, { session: "s0" }), "replayed", "nothing was forgotten for it");
  assertEquals(admit(guard, 1, { sender: "a2" }), null, "others are not concerned");
  const later = { at: nowMs + windowMs + 1, now: nowMs + windowMs + 1 };
  assertEquals(admit(guard, 1, { session: "one more", ...later }), null);
});

Deno.test("ReplayGuard does not let a forgotten request in when its clock is set back", () => {
  const guard = new ReplayGuard(startedAtMs);
  for (let i = 0; i < 16; i++) admit(guard, 1, { session: `s${i}` });
  const later = nowMs + windowMs + 1;
  assertEquals(admit(guard, 1, { session: "new", at: later, now: later }), null);
  assertEquals(admit(guard, 1, { session: "s0" }), "expired");
});

Deno.test("ReplayGuard remembers thousands of senders, and no more", () => {
  const guard = new ReplayGuard(startedAtMs);
  for (let i = 0; i < 4_096; i++) assertEquals(admit(guard, 1, { sender: `a${i}` }), null);
  assertEquals(admit(guard, 1, { sender: "one more" }), "full");
  const later = { at: nowMs + windowMs + 1, now: nowMs + windowMs + 1 };
  assertEquals(admit(guard, 1, { sender: "one more", ...later }), null);
});
