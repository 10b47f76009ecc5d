import { assertEquals } from "@std/assert";
import { type Health, Suspicion } from "../../../core/ring/suspicion.ts";
import { at } from "../circle.ts";

const peer = at("40");

/**
 * What can happen to a peer, each at a moment. `missed` was asked at that moment too; `restarting` until 60 s;
 * `slept` from the number on until a second one.
 */
type Event =
  | [
    atMs: number,
    what:
      | "answered"
      | "missed"
      | "refused"
      | "left"
      | "returned"
      | "restarting"
      | "restarted"
      | "vouched"
      | "condemned"
      | "forgot",
  ]
  | [fromMs: number, what: "slept", toMs: number];

function after(...events: Event[]): Suspicion {
  const suspicion = new Suspicion(5_000);
  for (const [atMs, what, toMs = 0] of events) {
    if (what === "answered") suspicion.answered(peer, atMs);
    else if (what === "missed") suspicion.missed(peer, atMs, false);
    else if (what === "refused") suspicion.missed(peer, atMs, true);
    else if (what === "left") suspicion.left(peer);
    else if (what === "returned") suspicion.returned(peer);
    else if (what === "restarting") suspicion.announcedRestart(peer, atMs, 60_000);
    else if (what === "restarted") suspicion.restarted(peer);
    else if (what === "vouched") suspicion.vouched(peer, atMs);
    else if (what === "condemned") suspicion.condemned(peer, atMs);
    else if (what === "slept") suspicion.slept(atMs, toMs);
    else suspicion.forget(peer);
  }
  return suspicion;
}

function assertHealth(rows: [events: Event[], nowMs: number, want: Health, why: string][]): void {
  for (const [events, nowMs, want, why] of rows) {
    assertEquals(after(...events).health(peer, nowMs), want, why);
  }
}

Deno.test("Suspicion.health(): how a peer comes to be suspect, and ceases to be", () => {
  assertHealth([
    [[], 0, "unknown", "nobody has asked it"],
    [[[0, "answered"]], 60_000, "alive", "silence that nobody heard is no silence"],
    [[[0, "missed"]], 0, "unknown", "one miss of a stranger says nothing"],
    [[[0, "answered"], [1_000, "missed"]], 9_000, "alive", "one miss may be a slow moment"],
    [[[0, "answered"], [1_000, "missed"], [2_000, "missed"]], 2_000, "suspect", "two may not"],
    [[[0, "answered"], [1_000, "refused"]], 1_000, "suspect", "a refusal means that nobody listens"],
    [[[0, "missed"], [1, "missed"], [2, "answered"]], 9_000, "alive", "an answer ends all suspicion"],
    [[[0, "refused"], [2, "answered"], [3, "missed"]], 9_000, "alive", "and the refusal before it"],
    [[[0, "missed"], [1, "missed"], [2, "forgot"]], 9_000, "unknown", "forgotten"],
  ]);
});

Deno.test("Suspicion.health(): dead is who has been silent for 5 s and is not reached by others either", () => {
  assertHealth([
    [[[0, "refused"]], 90_000, "suspect", "our own word alone makes nobody dead"],
    [
      [[0, "refused"], [3_000, "condemned"]],
      4_999,
      "suspect",
      "nor does that of others before its time is up",
    ],
    [[[0, "refused"], [3_000, "condemned"]], 5_000, "dead", "both together do"],
    [
      [[0, "missed"], [1, "missed"], [3_000, "condemned"]],
      5_000,
      "dead",
      "the time runs from the first miss",
    ],
    [[[0, "refused"], [9_000, "condemned"]], 9_000, "dead", "at once when the others were asked late"],
    [[[0, "refused"], [3_000, "condemned"], [4_000, "answered"]], 9_000, "alive", "it answers after all"],
    [[[0, "answered"], [1, "condemned"]], 9_000, "alive", "nobody doubted it"],
    [[[0, "refused"], [6_000, "condemned"], [7_000, "missed"]], 7_000, "dead", "it stays so"],
  ]);
});

Deno.test("Suspicion: while somebody reaches a peer its silence begins anew, and it stays suspect", () => {
  assertHealth([
    [[[0, "refused"], [3_000, "vouched"]], 60_000, "suspect", "silent to us, alive to others"],
    [[[0, "refused"], [3_000, "vouched"], [6_000, "condemned"]], 7_999, "suspect", "5 s from the last word"],
    [[[0, "refused"], [3_000, "vouched"], [6_000, "condemned"]], 8_000, "dead", "nobody reaches it any more"],
    [[[0, "vouched"]], 0, "unknown", "nobody doubted it"],
  ]);
});

Deno.test("Suspicion.condemned() by words from before the silence counts for nothing", () => {
  const suspicion = after([0, "refused"], [3_000, "answered"], [3_500, "refused"]);
  suspicion.condemned(peer, 3_600, 2_500);
  assertEquals(suspicion.health(peer, 60_000), "suspect", "it answered after the others had been asked");
});

Deno.test("Suspicion.missed(): the silence is as old as the question, but not older than the last answer", () => {
  const rows: [lastSeenMs: number, askedMs: number, diesAtMs: number][] = [
    [0, 1_000, 6_000],
    [0, 1_500, 6_500],
    [1_200, 1_000, 6_200],
  ];
  for (const [lastSeenMs, askedMs, diesAtMs] of rows) {
    const suspicion = after([lastSeenMs, "answered"]);
    suspicion.missed(peer, 1_500, true, askedMs);
    suspicion.condemned(peer, 4_000);
    assertEquals(suspicion.health(peer, diesAtMs - 1), "suspect", `asked at ${askedMs}`);
    assertEquals(suspicion.health(peer, diesAtMs), "dead", `asked at ${askedMs}`);
  }
});

Deno.test("Suspicion.isInQuestion() from half the time to death on, once", () => {
  const rows: [events: Event[], nowMs: number, want: boolean, why: string][] = [
    [[], 9_000, false, "a stranger"],
    [[[0, "answered"], [1, "missed"]], 9_000, false, "one miss is no suspicion"],
    [[[0, "refused"]], 2_499, false, "too early: it may be restarting"],
    [[[0, "refused"]], 2_500, true, "early enough for the word to be there in time"],
    [[[0, "refused"], [2_500, "condemned"]], 3_000, false, "answered for good"],
    [[[0, "refused"], [2_500, "vouched"]], 4_999, false, "asked again after a pause"],
    [[[0, "refused"], [2_500, "vouched"]], 5_000, true, "which is over"],
    [[[0, "refused"], [1, "left"]], 9_000, false, "it said that it goes"],
    [[[0, "restarting"]], 57_499, false, "it said that it comes back"],
    [[[0, "restarting"]], 57_500, true, "but it has to hurry now"],
  ];
  for (const [events, nowMs, want, why] of rows) {
    assertEquals(after(...events).isInQuestion(peer, nowMs), want, why);
  }
});

Deno.test("Suspicion: a restart that was announced is suspicion at once and no death before its time", () => {
  assertHealth([
    [[[0, "answered"], [1, "restarting"]], 1, "suspect", "nobody needs to run into it"],
    [[[0, "restarting"], [1, "refused"], [3_000, "condemned"]], 59_999, "suspect", "it said 60 s"],
    [[[0, "restarting"], [1, "refused"], [3_000, "condemned"]], 60_000, "dead", "and they are over"],
    [[[0, "restarting"], [1, "answered"]], 1, "alive", "it still answers while it stops"],
    [
      [[0, "restarting"], [1, "answered"], [2, "refused"], [3_000, "condemned"]],
      9_000,
      "suspect",
      "and what it announced stands",
    ],
    [
      [[0, "restarting"], [1, "answered"], [2, "restarted"], [10_000, "refused"], [13_000, "condemned"]],
      15_000,
      "dead",
      "once it is back, it is like any other",
    ],
  ]);
});

Deno.test("Suspicion: what a node missed while it was paused itself is nobody's silence", () => {
  assertHealth([
    [[[9_000, "refused"], [2_000, "slept", 9_000]], 9_000, "unknown", "counted at the end of the pause"],
    [[[1_000, "missed"], [9_000, "missed"], [2_000, "slept", 9_000]], 9_000, "unknown", "one miss is left"],
    [
      [[1_000, "refused"], [2_000, "slept", 30_000], [30_000, "condemned"]],
      33_999,
      "suspect",
      "it was silent for a second before and has four left",
    ],
    [
      [[1_000, "refused"], [2_000, "slept", 30_000], [30_000, "condemned"]],
      34_000,
      "dead",
      "now they are over",
    ],
    [
      [[1_000, "refused"], [1_500, "condemned"], [2_000, "slept", 30_000]],
      60_000,
      "suspect",
      "what others said before the pause is too old",
    ],
    [
      [[0, "refused"], [5_000, "condemned"], [6_000, "slept", 30_000]],
      30_000,
      "dead",
      "dead before the pause",
    ],
  ]);
  const suspicion = after([2_000, "slept", 30_000]);
  suspicion.missed(peer, 30_100, true, 1_900);
  suspicion.condemned(peer, 30_200);
  assertEquals(
    suspicion.health(peer, 34_999),
    "suspect",
    "a question from before the pause is no older than it",
  );
});

Deno.test("Suspicion: who leaves is gone, until it answers as a member", () => {
  assertHealth([
    [[[0, "answered"], [1, "left"]], 1, "left", "it said that it goes"],
    [[[0, "left"]], 0, "left", "a neighbour said so of a stranger"],
    [[[0, "left"], [1, "answered"]], 1, "left", "a leaving node still answers"],
    [[[0, "left"], [1, "answered"], [1, "returned"]], 1, "alive", "as a member it is back"],
    [[[0, "left"], [1, "returned"]], 1, "unknown", "back, but never heard"],
    [[[0, "refused"], [1, "left"], [2, "returned"]], 2, "suspect", "returning is no answer"],
    [[[0, "returned"]], 0, "unknown", "nothing to return from"],
  ]);
});

Deno.test("Suspicion: a slow node gives everybody more time", () => {
  const local = { patience: 4 };
  const suspicion = new Suspicion(5_000, local);
  suspicion.missed(peer, 0, true);
  assertEquals(suspicion.isInQuestion(peer, 9_999), false);
  assertEquals(suspicion.isInQuestion(peer, 10_000), true, "half of 20 s");
  suspicion.condemned(peer, 10_000);
  local.patience = 8;
  assertEquals(suspicion.health(peer, 20_000), "dead", "a sentence is not changed afterwards");
});

Deno.test("Suspicion: the suspect is routed around, only the gone are given up", () => {
  const rows: [events: Event[], nowMs: number, isUsable: boolean, isGone: boolean][] = [
    [[], 0, true, false],
    [[[0, "answered"]], 0, true, false],
    [[[0, "refused"]], 1, false, false],
    [[[0, "restarting"]], 1, false, false],
    [[[0, "refused"], [5_000, "condemned"]], 5_000, false, true],
    [[[0, "left"]], 0, false, true],
  ];
  for (const [events, nowMs, isUsable, isGone] of rows) {
    const suspicion = after(...events);
    assertEquals(suspicion.isUsable(peer, nowMs), isUsable);
    assertEquals(suspicion.isGone(peer, nowMs), isGone);
  }
});

Deno.test("Suspicion.wasDown(): nobody listened, or it was dead; leaving and an announced restart are no fault", () => {
  const rows: [events: Event[], nowMs: number, want: boolean][] = [
    [[], 0, false],
    [[[0, "missed"], [1, "missed"]], 9_000, false],
    [[[0, "missed"], [1, "missed"], [5_000, "condemned"]], 9_000, true],
    [[[0, "refused"]], 1, true],
    [[[0, "restarting"], [1, "refused"]], 30_000, false],
    [[[0, "restarting"], [1, "refused"]], 60_001, true],
    [[[0, "refused"], [1, "left"]], 2, false],
    [[[0, "refused"], [1, "answered"]], 2, false],
  ];
  for (const [events, nowMs, want] of rows) {
    assertEquals(after(...events).wasDown(peer, nowMs), want, JSON.stringify(events));
  }
});

Deno.test("Suspicion.isNeglected(): a suspect whom nobody has asked for a while, or has not asked since it is to be dead", () => {
  assertEquals(after([0, "refused"]).isNeglected(peer, 2_499), false);
  assertEquals(after([0, "refused"]).isNeglected(peer, 2_500), true);
  assertEquals(after([0, "refused"], [2_000, "missed"]).isNeglected(peer, 4_000), false, "asked lately");
  assertEquals(after([0, "restarting"]).isNeglected(peer, 2_500), true, "it may be back already");
  assertEquals(after([0, "answered"]).isNeglected(peer, 9_000), false, "no suspect");
  const doomed: Event[] = [[0, "refused"], [3_000, "condemned"]];
  assertEquals(after(...doomed).isNeglected(peer, 3_001), true, "it may be back since");
  assertEquals(after(...doomed, [4_900, "missed"]).isNeglected(peer, 4_901), true, "there is time left");
  assertEquals(after(...doomed, [5_000, "missed"]).isNeglected(peer, 5_001), false, "it is not");
  assertEquals(after(...doomed, [4_000, "left"]).isNeglected(peer, 4_001), false, "it went by itself");
});

Deno.test("Suspicion.lastSeenAtMs() is the last answer, misses or not; diedAtMs() is of the dead only", () => {
  assertEquals(after().lastSeenAtMs(peer), null);
  assertEquals(after([7, "missed"]).lastSeenAtMs(peer), null);
  assertEquals(after([7, "answered"], [8, "missed"], [9, "left"]).lastSeenAtMs(peer), 7);
  const doomed = after([0, "refused"], [3_000, "condemned"]);
  assertEquals([doomed.diedAtMs(peer, 4_999), doomed.diedAtMs(peer, 90_000)], [null, 5_000]);
});

Deno.test("Suspicion: opinions of two peers are apart, and there are at most 4,096", () => {
  const suspicion = after([0, "refused"]);
  assertEquals(suspicion.health(at("41"), 9_000), "unknown");
  for (let i = 0; i < 4_096; i++) suspicion.answered(`n${i}` as typeof peer, 1);
  assertEquals(suspicion.health(peer, 9_000), "unknown", "the oldest is forgotten");
  assertEquals(suspicion.health("n4095" as typeof peer, 9_000), "alive");
});
