import { assertEquals } from "@std/assert";
import {
  currentStep,
  hopMs,
  idlePlayer,
  play,
  type Player,
  type PlayerAction,
} from "../../../components/trace/player.ts";

const loaded = play(idlePlayer, { kind: "load", steps: 4 });

function after(player: Player, ...actions: PlayerAction[]): Player {
  return actions.reduce(play, player);
}

Deno.test("a lookup of four steps begins to play at the first", () => {
  assertEquals(loaded, { position: 0, last: 3, isPlaying: true, speed: 1 });
});

Deno.test("a hop takes 600 ms at normal speed, and stops at the last step", () => {
  assertEquals(hopMs, 600);
  const rows: [elapsedMs: number, speed: 0.5 | 1 | 2, position: number, isPlaying: boolean][] = [
    [600, 1, 1, true],
    [300, 1, 0.5, true],
    [600, 2, 2, true],
    [600, 0.5, 0.5, true],
    [1_800, 1, 3, false],
    [99_999, 1, 3, false],
  ];
  for (const [elapsedMs, speed, position, isPlaying] of rows) {
    const player = after(loaded, { kind: "speed", speed }, { kind: "tick", elapsedMs });
    assertEquals([player.position, player.isPlaying], [position, isPlaying], `${elapsedMs} ms at ${speed}`);
  }
});

Deno.test("whoever steps or scrubs stops the animation where they want to look", () => {
  const half: Player = { ...loaded, position: 1.5 };
  const rows: [action: PlayerAction, position: number][] = [
    [{ kind: "forward" }, 2],
    [{ kind: "back" }, 1],
    [{ kind: "start" }, 0],
    [{ kind: "end" }, 3],
    [{ kind: "scrub", to: 2.25 }, 2.25],
    [{ kind: "scrub", to: 17 }, 3],
    [{ kind: "scrub", to: -1 }, 0],
    [{ kind: "pause" }, 1.5],
  ];
  for (const [action, position] of rows) {
    const player = play(half, action);
    assertEquals([player.position, player.isPlaying], [position, false], JSON.stringify(action));
  }
});

Deno.test("a paused player ignores time, and play at the end begins anew", () => {
  const paused = after(loaded, { kind: "pause" }, { kind: "tick", elapsedMs: 600 });
  assertEquals(paused.position, 0);
  assertEquals(after(loaded, { kind: "end" }, { kind: "toggle" }), {
    ...loaded,
    position: 0,
    isPlaying: true,
  });
  assertEquals(after(loaded, { kind: "toggle" }).isPlaying, false);
  assertEquals(play(idlePlayer, { kind: "play" }).isPlaying, false, "there is nothing to play");
});

Deno.test("a link may lead to a step, but not beyond the last", () => {
  assertEquals(after(idlePlayer, { kind: "load", steps: 4, at: 2, isPlaying: false }).position, 2);
  assertEquals(after(idlePlayer, { kind: "load", steps: 4, at: 9 }), {
    ...loaded,
    position: 3,
    isPlaying: false,
  });
});

Deno.test("the current step is the one that is being drawn", () => {
  const rows: [position: number, step: number][] = [[0, 0], [0.1, 1], [1, 1], [1.01, 2]];
  for (const [position, step] of rows) assertEquals(currentStep({ ...loaded, position }), step);
});
