import type { Chore, ChoreState } from "../../client/operations.ts";
import { count, duration, milliseconds } from "../ring/words.ts";

/** A chore as people are offered it. */
export interface ChoreWords {
  readonly chore: Chore;
  readonly title: string;
  readonly action: string;
  readonly meaning: string;
}

export const choreWords: readonly ChoreWords[] = [
  {
    chore: "ring",
    title: "Stabilise",
    action: "Stabilise now",
    meaning: "Exchanges lists with the successor and looks after the predecessor.",
  },
  {
    chore: "fingers",
    title: "Fingers",
    action: "Refresh fingers",
    meaning: "Looks up the owner of every finger anew.",
  },
  {
    chore: "views",
    title: "Keepers",
    action: "Settle keepers",
    meaning: "Has each partition kept by the nodes that the ring asks for.",
  },
  {
    chore: "data",
    title: "Copies",
    action: "Re-sync copies",
    meaning: "Compares its copies with those of others and fetches what is missing.",
  },
];

/** `ended 0.4 s ago after 2.1 ms` */
export function lastRunText(state: ChoreState | undefined): string {
  if (state === undefined) return "not known";
  if (state.isRunning) return "running now";
  if (state.endedAgoMs === null || state.tookMs === null) return "not yet in this life of the node";
  const ago = state.endedAgoMs < 1_000 ? "now" : `${duration(state.endedAgoMs)} ago`;
  return `${ago}, took ${milliseconds(state.tookMs)}`;
}

export function resultText(state: ChoreState | undefined): string {
  if (state === undefined || state.endedAgoMs === null) return "–";
  return state.problem ?? "done";
}

/** What there is to say some moments after somebody asked for a chore. */
export function outcomeText(words: ChoreWords, before: number, state: ChoreState | undefined): string {
  if (state === undefined || state.runs <= before) return `${words.title}: asked for, not ended yet.`;
  if (state.problem !== null) return `${words.title}: failed. ${state.problem}.`;
  return `${words.title}: done in ${milliseconds(state.tookMs ?? 0)} (run ${count(state.runs)}).`;
}
