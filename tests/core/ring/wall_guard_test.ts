import { assertEquals } from "@std/assert";
import { WallGuard } from "../../../core/ring/wall_guard.ts";

const hour = 3_600_000;
const tenMinutes = 600_000;

/** A look at the clocks: the monotonic one, by how much the wall clock is ahead of where it began, and the peers. */
type Look = [nowMs: number, aheadMs: number, medianMs: number | null];

function after(...looks: Look[]): WallGuard {
  const guard = new WallGuard(0, hour);
  for (const [nowMs, aheadMs, medianMs] of looks) guard.look(nowMs, hour + nowMs + aheadMs, medianMs);
  return guard;
}

Deno.test("WallGuard freezes expiry from a jump forward until the peers agree with the new time", () => {
  const rows: [looks: Look[], isFrozen: boolean, why: string][] = [
    [[], false, "nothing happened"],
    [[[1_000, 0, 0]], false, "time passes"],
    [[[1_000, 60_000, 0]], false, "a minute may be a correction"],
    [[[1_000, hour, -hour]], true, "an hour, and the peers say that it is wrong"],
    [[[1_000, hour, 0]], false, "an hour, and the peers say that it is right"],
    [[[1_000, hour, null]], true, "nobody to ask"],
    [[[1_000, hour, null], [2_000, hour, 3]], false, "the peers agree later"],
    [[[1_000, hour, null], [2_000, 0, null]], false, "the clock was set right again"],
    [[[1_000, hour, null], [1_000 + tenMinutes - 1, hour, null]], true, "alone it takes ten minutes"],
    [[[1_000, hour, null], [1_000 + tenMinutes, hour, null]], false, "of the monotonic clock"],
    [
      [[1_000, hour, -hour], [1_000 + 2 * tenMinutes, hour, -hour]],
      true,
      "peers that disagree do so for ever",
    ],
    [[[1_000, -hour, hour]], false, "a jump back expires nothing"],
    [[[1_000, -hour, hour], [2_000, 0, 0]], false, "and when it is taken back, the peers agree"],
    [[[1_000, -hour, null], [2_000, 0, null]], true, "alone that is a jump like any other"],
    [[[1_000, 50_000, 0], [2_000, 100_000, 0]], false, "small steps are followed"],
  ];
  for (const [looks, isFrozen, why] of rows) assertEquals(after(...looks).isFrozen, isFrozen, why);
});

Deno.test("WallGuard.believedWallMs() goes on as if the jump in doubt had not been", () => {
  assertEquals(after([1_000, 0, 0]).believedWallMs(5_000), hour + 5_000);
  assertEquals(after([1_000, hour, null]).believedWallMs(5_000), hour + 5_000);
  assertEquals(after([1_000, hour, 0]).believedWallMs(5_000), 2 * hour + 5_000);
  assertEquals(after([1_000, -1_800_000, null]).believedWallMs(5_000), 1_800_000 + 5_000);
});
