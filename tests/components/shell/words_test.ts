import { assertEquals } from "@std/assert";
import type { LiveConnection } from "../../../client/live_types.ts";
import { bannersOf } from "../../../components/shell/banners.ts";
import { liveState } from "../../../components/shell/live_words.ts";
import { samePageOn } from "../../../components/shell/node_link.ts";
import {
  defaultPreferences,
  preferenceCookie,
  readPreferences,
  rootAttributes,
} from "../../../components/shell/preferences.ts";
import { byUsefulness } from "../../../components/shell/ring_states.ts";
import { type KeyPress, shortcutOf } from "../../../components/shell/shortcuts.ts";
import { item, well } from "./facts.ts";

const nowMs = 1_700_000_000_000;

Deno.test("the live pill says how fresh the page is", () => {
  const rows: [LiveConnection, heardAgoMs: number | null, kind: string, text: string][] = [
    [{ kind: "connecting" }, null, "connecting", "Connecting"],
    [{ kind: "live" }, null, "live", "Live"],
    [{ kind: "live" }, 400, "live", "Live 0.4 s"],
    [{ kind: "live" }, 12_300, "live", "Live 12 s"],
    [{ kind: "live" }, 42_000, "stale", "Stale 42 s"],
    [{ kind: "live" }, -5_000, "live", "Live 0.0 s"],
    [{ kind: "stopped" }, 65_000, "paused", "Paused 1 min 5 s"],
    [{ kind: "reconnecting", atMs: nowMs + 2_400 }, 400, "reconnecting", "Reconnecting in 3 s"],
    [{ kind: "reconnecting", atMs: nowMs - 1 }, 400, "reconnecting", "Reconnecting"],
    [{ kind: "polling", everyMs: 5_000 }, 400, "polling", "Polling every 5 s"],
  ];
  for (const [connection, agoMs, kind, text] of rows) {
    const state = liveState(connection, agoMs === null ? null : nowMs - agoMs, nowMs);
    assertEquals([state.kind, state.text], [kind, text]);
  }
});

Deno.test("what is read out does not change with an age", () => {
  const spoken = [0, 1_000, 20_000].map((agoMs) => liveState({ kind: "live" }, nowMs - agoMs, nowMs).spoken);
  assertEquals(new Set(spoken).size, 1);
});

Deno.test("banners say what everybody has to know, and where to go on", () => {
  const lost: LiveConnection = { kind: "reconnecting", atMs: nowMs };
  const leaving = { ...well, phase: "leaving" as const, ready: false, reason: "the node is leaving" };
  const skewed = { ...well, ready: false, reason: "the clock is far from those of the peers" };
  const rows: [LiveConnection, typeof well | null, ids: string[]][] = [
    [{ kind: "live" }, well, []],
    [{ kind: "live" }, null, []],
    [{ kind: "polling", everyMs: 5_000 }, well, []],
    [lost, well, ["disconnected"]],
    [{ kind: "live" }, leaving, ["leaving"]],
    [lost, leaving, ["gone"]],
    [{ kind: "live" }, skewed, ["readOnly"]],
    [lost, skewed, ["disconnected", "readOnly"]],
    [{ kind: "live" }, { ...well, ready: false, reason: "3 partitions wait" }, []],
  ];
  const ring = [item(0, { isSelf: true }), item(1), item(2, { state: "dead" }), item(3)];
  for (const [connection, info, ids] of rows) {
    const banners = bannersOf({ connection, info, ring });
    assertEquals(banners.map(({ id }) => id), ids);
    for (const { elsewhere } of banners) {
      assertEquals(elsewhere.map(({ url }) => url), ["http://127.0.0.1:8441", "http://127.0.0.1:8443"]);
    }
  }
});

Deno.test("preferences are read from cookies, and what is no choice counts as none", () => {
  const rows: [cookies: string, over: Partial<typeof defaultPreferences>][] = [
    ["", {}],
    ["rondo-theme=dark", { theme: "dark" }],
    ["a=b; rondo-density=compact;rondo-shortcuts=off", { density: "compact", shortcuts: "off" }],
    ['rondo-theme="><script>', {}],
    ["theme=dark", {}],
    ["rondo-theme", {}],
  ];
  for (const [cookies, over] of rows) {
    assertEquals(readPreferences(cookies), { ...defaultPreferences, ...over });
  }
  const [kept = ""] = preferenceCookie("motion", "reduced").split(";");
  assertEquals(rootAttributes(readPreferences(kept)), {
    "data-theme": "system",
    "data-density": "comfortable",
    "data-motion": "reduced",
  });
});

Deno.test("keys mean something alone, or after a g that was just pressed", () => {
  const key = (name: string, atMs = 0): KeyPress => ({ key: name, atMs });
  const rows: [press: KeyPress, before: KeyPress | null, meaning: unknown][] = [
    [key("?"), null, { kind: "help" }],
    [key("."), key("x"), { kind: "pause" }],
    [key("r"), null, null],
    [key("r", 900), key("g"), { kind: "open", path: "/ring" }],
    [key("n", 900), key("g"), { kind: "open", path: "/" }],
    [key("r", 9_000), key("g"), null],
    [key("x", 10), key("g"), null],
    [key("g"), null, null],
  ];
  for (const [press, before, meaning] of rows) assertEquals(shortcutOf(press, before), meaning as never);
});

Deno.test("the node switcher leads to the same page elsewhere, and the useful nodes come first", () => {
  const place = { pathname: "/ring", search: "?sel=7f3a" };
  assertEquals(samePageOn("http://10.0.0.5:8440", place), "http://10.0.0.5:8440/ring?sel=7f3a");
  const ring = [item(2, { state: "dead" }), item(9), item(1, { state: "suspect" }), item(0)];
  assertEquals(ring.sort(byUsefulness).map(({ url }) => url.slice(-4)), ["8440", "8449", "8441", "8442"]);
});
