import { assertEquals } from "@std/assert";
import { ringKeyAction, type RingKeyState } from "../../../components/ring/keyboard.ts";
import { nodeAt, ringOf } from "./rings.ts";

const snapshot = ringOf(16, { but: { 5: { state: "suspect" }, 11: { state: "dead", isInRing: false } } });
const at = (place: number) => nodeAt(snapshot, place).id;

function state(focus: number | null, more: Partial<RingKeyState> = {}): RingKeyState {
  const order = snapshot.nodes.map(({ id }) => id);
  return {
    snapshot,
    order,
    focusId: focus === null ? null : at(focus),
    selectedId: null,
    fingers: [],
    ...more,
  };
}

Deno.test("keys move the focus round the ring", () => {
  const rows: [key: string, from: number | null, to: number, why: string][] = [
    ["ArrowRight", 3, 4, "clockwise"],
    ["ArrowLeft", 3, 2, "counter-clockwise"],
    ["ArrowRight", 15, 0, "over zero"],
    ["ArrowLeft", 0, 15, "and back"],
    ["ArrowRight", null, 1, "from the first, where Tab leads"],
    ["PageDown", 3, 5, "an eighth"],
    ["PageUp", 1, 15, "an eighth back"],
    ["Home", 9, 0, "to the first"],
    ["End", 9, 15, "to the last"],
    ["s", 10, 12, "the successor, over the dead"],
    ["b", 12, 10, "the predecessor, over the dead"],
    ["s", 15, 0, "the successor of the last"],
    ["p", 0, 5, "the next problem"],
    ["p", 5, 11, "the one after"],
    ["p", 11, 5, "round to the first problem"],
  ];
  for (const [key, from, to, why] of rows) {
    assertEquals(ringKeyAction(key, state(from)), { kind: "focus", id: at(to) }, why);
  }
});

Deno.test("f selects a node first, and then goes through its fingers", () => {
  const fingers = [{ nodeId: at(9), indices: [159] }, { nodeId: at(4), indices: [0, 1] }];
  const selected = { selectedId: at(3), fingers };
  assertEquals(ringKeyAction("f", state(3)), { kind: "select", id: at(3) });
  assertEquals(ringKeyAction("f", state(3, selected)), { kind: "focus", id: at(4) });
  assertEquals(ringKeyAction("f", state(4, selected)), { kind: "focus", id: at(9) });
  assertEquals(ringKeyAction("f", state(9, selected)), { kind: "focus", id: at(4) });
  assertEquals(ringKeyAction("f", state(6, selected)), { kind: "select", id: at(6) });
});

Deno.test("keys choose, trace, zoom and let go", () => {
  assertEquals(ringKeyAction("Enter", state(2)), { kind: "select", id: at(2) });
  assertEquals(ringKeyAction("t", state(2)), { kind: "trace", id: at(2) });
  assertEquals(ringKeyAction("+", state(2)), { kind: "zoom", factor: 0.5 });
  assertEquals(ringKeyAction("0", state(2)), { kind: "zoom", factor: Infinity });
  assertEquals(ringKeyAction(">", state(null)), { kind: "turn", part: 0.25 });
  assertEquals(ringKeyAction("<", state(null)), { kind: "turn", part: -0.25 });
  assertEquals(ringKeyAction("Escape", state(null)), { kind: "clear" });
  assertEquals(ringKeyAction("x", state(2)), null, "left to the page");
  assertEquals(ringKeyAction("Tab", state(2)), null, "no trap");
  const none = { ...state(null), order: [] };
  assertEquals(ringKeyAction("ArrowRight", none), null, "no ring, nowhere to go");
});
