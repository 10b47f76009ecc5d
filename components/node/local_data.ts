import type { ListedKey } from "../../client/mod.ts";
import { duration } from "../ring/words.ts";

/** How records are told of, in the table of what a node keeps. */

export const roleWords: Readonly<Record<string, string>> = {
  owner: "own",
  replica: "copy",
  holder: "left over",
};

export const roleMeanings: Readonly<Record<string, string>> = {
  owner: "this node answers for it",
  replica: "kept for the node that answers for it",
  holder: "not its to keep any more: given away as soon as others have it",
};

/** What is left of a record's time: `59 s`, `3 d 4 h`, `expired`, or a dash for one that stays. */
export function timeLeft({ expiresAt }: Pick<ListedKey, "expiresAt">, nowMs: number): string {
  if (expiresAt === null) return "–";
  const leftMs = expiresAt.getTime() - nowMs;
  return leftMs <= 0 ? "expired" : duration(Math.max(1_000, leftMs));
}

/** The moment in a version, `MS(12 hex).COUNTER.…`, at which its record was written by the writer's clock. */
export function writtenAtMs(version: string): number | null {
  const ms = parseInt(version.slice(0, 12), 16);
  return /^[0-9a-f]{12}\./.test(version) && Number.isFinite(ms) ? ms : null;
}

/** `2026-11-22 14:02:11.300`, in UTC; the ends of time are named as they are. */
export function moment(ms: number | null): string {
  if (ms === null || ms > 8.64e15) return "?";
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
