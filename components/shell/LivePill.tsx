import type { JSX } from "preact";
import type { LiveState } from "./live_words.ts";

interface LivePillProps {
  readonly state: LiveState;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onRetry: () => void;
}

/** How fresh the page is, and what can be done about it. Read out only when the kind of freshness changes. */
export function LivePill({ state, onPause, onResume, onRetry }: LivePillProps): JSX.Element {
  const { kind, spoken, text } = state;
  const [label, act] = {
    paused: ["resume live updates", onResume] as const,
    reconnecting: ["retry now", onRetry] as const,
    polling: ["retry now", onRetry] as const,
    signedOut: ["retry now", onRetry] as const,
    stale: ["retry now", onRetry] as const,
    connecting: ["pause live updates", onPause] as const,
    live: ["pause live updates", onPause] as const,
  }[kind];
  return (
    <span class={`live-pill is-${kind}`}>
      <span class="visually-hidden" role="status">{spoken}</span>
      <button type="button" class="pill-button" onClick={act} title={label} aria-label={`${text}: ${label}`}>
        <span class="live-dot" aria-hidden="true"></span>
        <span class="live-text">{text}</span>
        {act === onRetry && <span class="live-retry">Retry now</span>}
      </button>
    </span>
  );
}
