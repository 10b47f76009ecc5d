import type { LiveConnection } from "../../client/live_types.ts";
import { duration } from "../ring/words.ts";

/** A live node is heard of every ten seconds at least; two such spans of silence mean that it is gone. */
export const staleAfterMs = 25_000;

export interface LiveState {
  /** Tells the states apart, for style and for what is read out. */
  readonly kind: "connecting" | "live" | "stale" | "reconnecting" | "polling" | "paused" | "signedOut";
  /** Changes with the kind alone: what is read out. */
  readonly spoken: string;
  /** Shown, with ages. */
  readonly text: string;
}

/** How fresh a page is, in words. */
export function liveState(connection: LiveConnection, heardAtMs: number | null, nowMs: number): LiveState {
  const ageMs = heardAtMs === null ? null : Math.max(0, nowMs - heardAtMs);
  switch (connection.kind) {
    case "connecting":
      return { kind: "connecting", spoken: "Connecting", text: "Connecting" };
    case "stopped":
      return { kind: "paused", spoken: "Live updates paused", text: `Paused${aged(ageMs)}` };
    case "signedOut":
      return { kind: "signedOut", spoken: "Signed out", text: `Signed out${aged(ageMs)}` };
    case "reconnecting": {
      const left = Math.max(0, Math.ceil((connection.atMs - nowMs) / 1_000));
      const text = left === 0 ? "Reconnecting" : `Reconnecting in ${left} s`;
      return { kind: "reconnecting", spoken: "Connection lost, reconnecting", text };
    }
    case "polling": {
      const text = `Polling every ${duration(connection.everyMs)}`;
      return { kind: "polling", spoken: text, text };
    }
    case "live":
      if (ageMs !== null && ageMs > staleAfterMs) {
        return { kind: "stale", spoken: "What is shown is stale", text: `Stale${aged(ageMs)}` };
      }
      return { kind: "live", spoken: "Live", text: ageMs === null ? "Live" : `Live ${seconds(ageMs)}` };
  }
}

/** Below ten seconds with a tenth. */
function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms);
}

function aged(ageMs: number | null): string {
  return ageMs === null ? "" : ` ${duration(ageMs)}`;
}
