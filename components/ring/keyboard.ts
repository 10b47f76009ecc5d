import { type Finger, isProblem, neighborsOf, type RingSnapshot } from "./snapshot.ts";

/** What a key does inside the ring. */
export type RingKeyAction =
  | { readonly kind: "focus" | "select" | "trace" | "open"; readonly id: string }
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "turn"; readonly part: number }
  | { readonly kind: "clear" };

export interface RingKeyState {
  readonly snapshot: RingSnapshot;
  /** The nodes that can be reached, clockwise. */
  readonly order: readonly string[];
  readonly focusId: string | null;
  readonly selectedId: string | null;
  /** Of the selected node. */
  readonly fingers: readonly Finger[];
}

/** Of what is shown: so much comes into sight at a time. */
export const turnPart = 1 / 4;
/** One eighth of the way round. */
const page = 8;

/** Null for a key that the ring leaves alone. */
export function ringKeyAction(key: string, state: RingKeyState): RingKeyAction | null {
  const { focusId, order } = state;
  const zoom = { "+": 0.5, "=": 0.5, "-": 2, "0": Infinity }[key];
  if (zoom !== undefined) return { kind: "zoom", factor: zoom };
  if (key === "<") return { kind: "turn", part: -turnPart };
  if (key === ">") return { kind: "turn", part: turnPart };
  if (key === "Escape") return { kind: "clear" };
  const here = focusId ?? order[0];
  if (here === undefined) return null;
  if (key === "Enter" || key === " ") return { kind: "select", id: here };
  if (key === "t") return { kind: "trace", id: here };
  if (key === "o") return { kind: "open", id: here };
  if (key === "f" && state.selectedId !== here && !isFingerOfSelected(here, state)) {
    // The fingers of a node are only known once it is selected.
    return { kind: "select", id: here };
  }
  const next = moveTo(key, here, state);
  return next === null ? null : { kind: "focus", id: next };
}

function moveTo(key: string, here: string, state: RingKeyState): string | null {
  const { order, snapshot } = state;
  const at = Math.max(0, order.indexOf(here));
  const stride = Math.max(1, Math.round(order.length / page));
  const step = (by: number) => order.at((at + by) % order.length) ?? null;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return step(1);
    case "ArrowLeft":
    case "ArrowUp":
      return step(-1);
    case "PageDown":
      return step(stride);
    case "PageUp":
      return step(-stride);
    case "Home":
      return order[0] ?? null;
    case "End":
      return order.at(-1) ?? null;
    case "s":
      return neighborsOf(snapshot, here)?.after.id ?? null;
    case "b":
      return neighborsOf(snapshot, here)?.before.id ?? null;
    case "p":
      return nextAfter(here, snapshot.nodes.filter(isProblem).map(({ id }) => id));
    case "f":
      return nextAfter(here, fingersClockwise(state));
    default:
      return null;
  }
}

function isFingerOfSelected(id: string, { fingers }: RingKeyState): boolean {
  return fingers.some(({ nodeId }) => nodeId === id);
}

function fingersClockwise({ fingers }: RingKeyState): string[] {
  return fingers.map(({ nodeId }) => nodeId).toSorted();
}

/** The first of the sorted ids that follows, going round. */
function nextAfter(here: string, ids: readonly string[]): string | null {
  return ids.find((id) => id > here) ?? ids[0] ?? null;
}
