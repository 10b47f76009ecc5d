import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { liveStore } from "../client/live_store.ts";
import type { FirstLook } from "../components/shell/first_look.ts";
import { healthOf, problemsOf } from "../components/shell/health.ts";
import { HealthPill } from "../components/shell/HealthPill.tsx";
import { Icon } from "../components/shell/Icon.tsx";
import { KeySheet } from "../components/shell/KeySheet.tsx";
import { LivePill } from "../components/shell/LivePill.tsx";
import { liveState } from "../components/shell/live_words.ts";
import { NodeSwitcher } from "../components/shell/NodeSwitcher.tsx";
import { type Preferences, readPreferences } from "../components/shell/preferences.ts";
import { type KeyPress, shortcutOf } from "../components/shell/shortcuts.ts";
import { ThemeSwitch } from "../components/shell/ThemeSwitch.tsx";
import { choosePreference } from "./preference_choice.ts";
import { useClock, useHeard, usePlace } from "./use_shell.ts";

export interface ShellBarProps {
  /** What the server saw; null when its node had no answer. */
  readonly first: FirstLook | null;
  readonly preferences: Preferences;
}

/** The right side of the header: how node and ring are, how fresh that is, where else to look. */
export default function ShellBar({ first, preferences }: ShellBarProps): JSX.Element {
  const heard = useHeard(first);
  const nowMs = useClock(first?.atMs ?? 0);
  const [isPaused, setIsPaused] = useState(false);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [theme, setTheme] = useState(preferences.theme);
  const place = usePlace();
  const pause = (isWanted: boolean) => {
    if (isWanted) liveStore().pause();
    else liveStore().resume();
    setIsPaused(isWanted);
  };
  useShortcuts({ onHelp: () => setIsHelpOpen(true), onPause: () => pause(!isPaused) });
  const facts = { info: heard.info, ring: heard.ring, nowMs };
  const problems = problemsOf(facts);
  // Before the first topic is watched the store stands still, which is no pause.
  const isStarting = heard.connection.kind === "stopped" && !isPaused;
  const connection = isStarting ? { kind: "connecting" as const } : heard.connection;
  return (
    <div class="shell-bar">
      <HealthPill health={healthOf(facts, problems)} problems={problems} />
      <LivePill
        state={liveState(connection, heard.heardAtMs, nowMs)}
        onPause={() => pause(true)}
        onResume={() => pause(false)}
        onRetry={() => liveStore().retryNow()}
      />
      <NodeSwitcher ring={heard.ring ?? []} place={place} />
      <ThemeSwitch
        theme={theme}
        onChoose={(choice) => setTheme(choosePreference("theme", choice).theme)}
      />
      <button type="button" class="icon-button" aria-label="Keyboard" onClick={() => setIsHelpOpen(true)}>
        <Icon name="help" />
      </button>
      {isHelpOpen && (
        <KeySheet
          isOn={readPreferences(document.cookie).shortcuts === "on"}
          onClose={() => setIsHelpOpen(false)}
        />
      )}
    </div>
  );
}

interface ShortcutActs {
  readonly onHelp: () => void;
  readonly onPause: () => void;
}

/** Keys that mean something wherever nothing is being typed. */
function useShortcuts(acts: ShortcutActs): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    let before: KeyPress | null = null;
    const pressed = (event: KeyboardEvent) => {
      if (!isFree(event)) return;
      const press = { key: event.key, atMs: event.timeStamp };
      const shortcut = shortcutOf(press, before);
      before = press;
      if (shortcut === null) return;
      event.preventDefault();
      if (shortcut.kind === "open") location.assign(shortcut.path);
      if (shortcut.kind === "help") latest.current.onHelp();
      if (shortcut.kind === "pause") latest.current.onPause();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/** Nobody types, no dialog is open, no other widget has taken the key, and keys are not switched off. */
function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open]") !== null) return false;
  if (readPreferences(document.cookie).shortcuts === "off") return false;
  const { target } = event;
  return !(target instanceof Element) ||
    target.closest("input, textarea, select, [contenteditable]") === null;
}
