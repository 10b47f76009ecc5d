import { assertEquals } from "@std/assert";
import { type Health, Suspicion } from "../../../core/ring/suspicion.ts";
import { at } from "../circle.ts";

const peer = at("40");

/** What can happen to a peer, each at a moment: "answered", "missed", "refused", "left", "returned", "forgot". */
type Event = [atMs: number, what: "answered" | "missed" | "refused" | "left" | "returned" | "forgot"];

function after(...events: Event[]): Suspicion {
  const suspicion = new Suspicion(5_000);
  for (const [atMs, what] of events) {
    if (what === "answered") suspicion.answered(peer, atMs);
    else if (what === "missed") suspicion.missed(peer, atMs, false);
    else if (what === "refused") suspicion.missed(peer, atMs, true);
    else if (what === "left") suspicion.left(peer);
    else if (what === "returned") suspicion.returned(peer);
    else suspicion.forget(peer);
  }
  return suspicion;
}

Deno.test("Suspicion.health() over a peer's life", () => {
  const rows: [events: Event[], nowMs: number, want: Health, why: string][] = [
    [[], 0, "unknown", "nobody has asked it"],
    [[[0, "answered"]], 60_000, "alive", "silence that nobody heard is no silence"],
    [[[0, "missed"]], 0, "unknown", "one miss of a stranger says nothing"],
    [[[0, "answered"], [1_000, "missed"]], 9_000, "alive", "one miss may be a slow moment"],
    [[[0, "answered"], [1_000, "missed"], [2_000, "missed"]], 2_000, "suspect", "two may not"],
    [
      [[0, "answered"], [1_000, "refused"]],
      1_000,
      "suspect",
      "a refusal leaves no doubt that nobody listens",
    ],
    [[[0, "missed"], [1, "missed"]], 4_999, "suspect", "until 5 s after the first miss"],
    [[[0, "missed"], [1, "missed"]], 5_000, "dead", "at 5 s it is dead"],
    [[[0, "refused"]], 4_999, "suspect", "a refused one may be restarting"],
    [[[0, "refused"]], 5_000, "dead", "but not for longer than 5 s"],
    [[[0, "missed"], [9_000, "missed"]], 9_000, "dead", "the time runs from the first miss"],
    [[[0, "missed"], [1, "missed"], [2, "answered"]], 9_000, "alive", "an answer ends all suspicion"],
    [[[0, "refused"], [2, "answered"], [3, "missed"]], 9_000, "alive", "and the refusal before it"],
    [[[0, "missed"], [1, "answered"], [2, "missed"], [3, "missed"]], 5_001, "suspect", "misses count anew"],
    [[[0, "missed"], [1, "answered"], [2, "missed"], [3, "missed"]], 5_002, "dead", "so does the time"],
    [[[0, "answered"], [1, "left"]], 1, "left", "it said that it goes"],
    [[[0, "left"]], 0, "left", "a neighbour said so of a stranger"],
    [[[0, "left"], [1, "answered"]], 1, "left", "a leaving node still answers"],
    [[[0, "left"], [1, "answered"], [1, "returned"]], 1, "alive", "as a member it is back"],
    [[[0, "left"], [1, "returned"]], 1, "unknown", "back, but never heard"],
    [[[0, "missed"], [1, "missed"], [1, "left"], [2, "returned"]], 5_000, "dead", "returning is no answer"],
    [[[0, "returned"]], 0, "unknown", "nothing to return from"],
    [[[0, "missed"], [1, "missed"], [2, "forgot"]], 9_000, "unknown", "forgotten"],
  ];
  for (const [events, nowMs, want, why] of rows) {
    assertEquals(after(...events).health(peer, nowMs), want, why);
  }
});

Deno.test("Suspicion: the suspect is routed around, only the gone are given up", () => {
  const rows: [events: Event[], nowMs: number, isUsable: boolean, isGone: boolean][] = [
    [[], 0, true, false],
    [[[0, "answered"]], 0, true, false],
    [[[0, "refused"]], 1, false, false],
    [[[0, "refused"]], 5_000, false, true],
    [[[0, "left"]], 0, false, true],
  ];
  for (const [events, nowMs, isUsable, isGone] of rows) {
    const suspicion = after(...events);
    assertEquals(suspicion.isUsable(peer, nowMs), isUsable);
    assertEquals(suspicion.isGone(peer, nowMs), isGone);
  }
});

Deno.test("Suspicion.lastSeenAtMs() is the last answer, misses or not", () => {
  assertEquals(after().lastSeenAtMs(peer), null);
  assertEquals(after([7, "missed"]).lastSeenAtMs(peer), null);
  assertEquals(after([7, "answered"], [8, "missed"], [9, "left"]).lastSeenAtMs(peer), 7);
});

Deno.test("Suspicion: opinions of two peers are apart", () => {
  const suspicion = after([0, "refused"]);
  assertEquals(suspicion.health(at("41"), 9_000), "unknown");
});
