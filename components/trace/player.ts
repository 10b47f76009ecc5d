/** How long a hop takes to draw at normal speed. */
export const hopMs = 600;
export const speeds = [0.5, 1, 2] as const;
export type Speed = typeof speeds[number];

/**
 * Where the animation of a lookup stands. At position 2.5 two steps are done and the third is half drawn.
 *
 * The player knows no clock: somebody tells it how much time has passed.
 */
export interface Player {
  readonly position: number;
  /** Position of the last step. */
  readonly last: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
}

export type PlayerAction =
  | { readonly kind: "load"; readonly steps: number; readonly at?: number; readonly isPlaying?: boolean }
  | { readonly kind: "play" | "pause" | "toggle" | "forward" | "back" | "start" | "end" }
  | { readonly kind: "scrub"; readonly to: number }
  | { readonly kind: "speed"; readonly speed: Speed }
  | { readonly kind: "tick"; readonly elapsedMs: number };

export const idlePlayer: Player = { position: 0, last: 0, isPlaying: false, speed: 1 };

export function play(player: Player, action: PlayerAction): Player {
  const { last, position } = player;
  switch (action.kind) {
    case "load":
      return loaded(player, action);
    case "play":
      // Play at the end means: once more.
      return { ...player, position: position >= last ? 0 : position, isPlaying: last > 0 };
    case "pause":
      return { ...player, isPlaying: false };
    case "toggle":
      return play(player, { kind: player.isPlaying ? "pause" : "play" });
    case "forward":
      return at(player, Math.floor(position) + 1);
    case "back":
      return at(player, Math.ceil(position) - 1);
    case "start":
      return at(player, 0);
    case "end":
      return at(player, last);
    case "scrub":
      return at(player, action.to);
    case "speed":
      return { ...player, speed: action.speed };
    case "tick":
      return ticked(player, action.elapsedMs);
  }
}

/** The step that is being drawn, or was drawn last. */
export function currentStep({ position }: Player): number {
  return Math.ceil(position);
}

function loaded(
  player: Player,
  { steps, at: position = 0, isPlaying = true }: PlayerAction & { kind: "load" },
) {
  const last = Math.max(0, steps - 1);
  const start = Math.min(Math.max(0, position), last);
  return { ...player, last, position: start, isPlaying: isPlaying && start < last };
}

/** A step taken by hand stops the animation: whoever steps wants to look. */
function at(player: Player, position: number): Player {
  return { ...player, position: Math.min(Math.max(0, position), player.last), isPlaying: false };
}

function ticked(player: Player, elapsedMs: number): Player {
  if (!player.isPlaying) return player;
  const position = Math.min(player.last, player.position + (elapsedMs * player.speed) / hopMs);
  return { ...player, position, isPlaying: position < player.last };
}
