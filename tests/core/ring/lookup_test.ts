import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { ChordError, DeadlineError, errorCode, PeerUnreachableError } from "../../../core/errors.ts";
import type { Id } from "../../../core/id.ts";
import { type NodeRef, sameNode } from "../../../core/node_ref.ts";
import {
  avoidMax,
  closestBefore,
  hopLimit,
  lookup,
  lookupOwner,
  type LookupStep,
  lookupStep,
} from "../../../core/ring/lookup.ts";
import type { RingState } from "../../../core/ring/ring_state.ts";
import type { Hop, LookupResult } from "../../../core/service.ts";
import { at, circle, idsOf, node, nodes } from "../circle.ts";

type Answer = LookupStep | Error | ((avoid: readonly Id[]) => LookupStep | Error);

function owner(hex: string, successors = ""): LookupStep {
  return { kind: "owner", owner: node(hex), successors: nodes(successors) };
}

function closer(hexes: string): LookupStep {
  return { kind: "closer", candidates: nodes(hexes) };
}

const silent = new DeadlineError("hear from it");
const refused = new PeerUnreachableError("http://gone", true);

/** Looks for `target` among nodes with scripted answers; whoever has no script is silent. */
class Script {
  readonly hops: Hop[] = [];
  /** Who was asked, in order, with those it was told to avoid. */
  readonly asked: string[] = [];
  nowMs = 0;

  constructor(readonly answers: Readonly<Record<string, Answer>>) {}

  async find(target: string, start: string, hopsMax = 32): Promise<LookupResult> {
    const hops = lookup({
      space: circle,
      target: at(target),
      start: nodes(start).map((node) => ({ node, via: "finger" })),
      ask: (node, avoid) => this.#answer(node, avoid),
      now: () => this.nowMs,
      hopsMax,
    });
    for (let step = await hops.next();; step = await hops.next()) {
      if (step.done) return step.value;
      this.hops.push(step.value);
    }
  }

  #answer({ id }: NodeRef, avoid: readonly Id[]): Promise<LookupStep> {
    this.asked.push([id, ...avoid].join(" without "));
    this.nowMs += 7;
    const scripted = this.answers[id] ?? silent;
    const answer = typeof scripted === "function" ? scripted(avoid) : scripted;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

Deno.test("lookup() asks the closest node before the target first, then whoever that one names", async () => {
  const script = new Script({ "40": closer("60 50"), "60": closer("70"), "70": owner("80", "90 a0") });
  const result = await script.find("78", "10 40 90 e0");
  assertEquals(script.asked, ["40", "60", "70"]);
  assertEquals(result, { owner: node("80"), successors: nodes("90 a0"), namedBy: node("70"), hops: 3 });
});

Deno.test("lookup() yields each request as it ends: its number, source, time and outcome", async () => {
  const script = new Script({ "40": closer("60 50"), "50": owner("80") });
  await script.find("78", "40");
  assertEquals(script.hops, [
    { number: 1, node: node("40"), via: "finger", rttMs: 7, outcome: "closer" },
    { number: 2, node: node("60"), via: "answer", rttMs: 7, outcome: "failed" },
    { number: 3, node: node("50"), via: "answer", rttMs: 7, outcome: "owner" },
  ]);
});

Deno.test("lookup() asks a node that stands on the target itself: it is the owner and knows it", async () => {
  const script = new Script({ "78": owner("78") });
  assertEquals((await script.find("78", "10 70 78")).owner, node("78"));
  assertEquals(script.asked, ["78"]);
});

Deno.test("lookup() goes on past a dead hop to the next candidate of the same answer", async () => {
  for (const error of [silent, refused, new ChordError(errorCode.draining, "leaving")]) {
    const script = new Script({ "40": closer("70 60 50"), "70": error, "60": error, "50": owner("80") });
    const result = await script.find("78", "40");
    assertEquals([result.owner, result.hops], [node("80"), 2], "only answers count as hops");
    assertEquals(script.asked, ["40", "70", "60 without 70", "50 without 70 without 60"]);
  }
});

Deno.test("lookup() goes on to the start's other nodes when the closest of them is dead", async () => {
  const script = new Script({ "10": owner("80") });
  await script.find("78", "40 10 30");
  assertEquals(script.asked, ["40", "30 without 40", "10 without 40 without 30"]);
});

Deno.test("lookup() asks the last node that answered once more, telling it whom to avoid", async () => {
  const script = new Script({
    "40": (avoid) => (avoid.length === 0 ? closer("74 72 70") : closer("60")),
    "60": owner("80"),
  });
  assertEquals((await script.find("78", "40")).owner, node("80"));
  assertEquals(script.asked.at(-2), "40 without 74 without 72 without 70");
});

Deno.test("lookup() asks nobody a third time", async () => {
  const script = new Script({ "40": closer("74 72 70") });
  const error = await assertRejects(() => script.find("78", "40"), ChordError);
  assertEquals([error.code, error.data.reason, error.data.definite], [errorCode.unavailable, "lookup", true]);
  assertEquals(script.asked.filter((line) => line.startsWith("40")).length, 2);
  assertEquals(script.asked.length, 5);
});

Deno.test("lookup() ends when the last node that answered is silent, too", async () => {
  let isUp = true;
  const script = new Script({
    "40": () => {
      const answer = isUp ? closer("74") : silent;
      isUp = false;
      return answer;
    },
  });
  const error = await assertRejects(() => script.find("78", "40"), ChordError, "nobody left to ask");
  assertEquals([error.code, script.asked.length], [errorCode.unavailable, 3]);
});

Deno.test("lookup() never asks again whoever failed, however often it is named", async () => {
  const script = new Script({ "40": closer("60 50"), "50": closer("70 60"), "70": owner("80") });
  await script.find("78", "40");
  assertEquals(script.asked.map((line) => line.slice(0, 2)), ["40", "60", "50", "70"]);
});

Deno.test("lookup() tells of at most 16 silent nodes, the latest", async () => {
  const hexes = Array.from({ length: 20 }, (_, i) => (0x20 + i).toString(16));
  const script = new Script({ "20": owner("80") });
  await script.find("78", hexes.join(" "), 64);
  const avoided = (script.asked.at(-1) as string).split(" without ").slice(1);
  assertEquals(avoided.length, avoidMax);
  assertEquals(avoided, hexes.slice(1, 17).reverse());
});

Deno.test("lookup() is unavailable when nobody it may ask answers", async () => {
  for (const start of ["", "10", "10 20 30"]) {
    const script = new Script({});
    const error = await assertRejects(() => script.find("78", start), ChordError, "nobody left to ask");
    assertEquals(error.code, errorCode.unavailable);
    assertEquals(script.asked.length, nodes(start).length);
  }
});

Deno.test("lookup() takes only nodes that are strictly closer than the one that answered", async () => {
  const rows: [names: string, why: string][] = [
    ["40", "itself"],
    ["20", "one behind it"],
    ["80", "one past the target, which is the farthest of all"],
    ["10 20 30 40", "several of them"],
    ["", "nobody"],
  ];
  for (const [names, why] of rows) {
    const script = new Script({
      "40": closer(names),
      "20": owner("80"),
      "80": owner("80"),
      "30": owner("80"),
    });
    const error = await assertRejects(() => script.find("78", "40"), ChordError);
    assertEquals(error.code, errorCode.unavailable, why);
    assertEquals(script.asked, ["40"], why);
  }
});

Deno.test("lookup(): two nodes that name each other end it, they do not bounce it", async () => {
  const script = new Script({ "40": closer("60"), "60": closer("40") });
  await assertRejects(() => script.find("78", "40"), ChordError, "nobody left to ask");
  assertEquals(script.asked, ["40", "60"]);
});

Deno.test("lookup() gives up after hopsMax requests, failures included", async () => {
  const script = new Script({
    "10": closer("20"),
    "20": closer("30"),
    "30": closer("40"),
    "40": owner("80"),
  });
  const error = await assertRejects(() => script.find("78", "10", 3), ChordError, "within 3 requests");
  assertEquals(error.code, errorCode.hopLimit);
  assertEquals(script.asked.length, 3);
  assertEquals((await new Script(script.answers).find("78", "10", 4)).hops, 4);

  const dead = new Script({});
  const failed = await assertRejects(() => dead.find("78", "10 20 30 40", 3), ChordError);
  assertEquals(failed.code, errorCode.hopLimit);
});

Deno.test("lookup() passes on a programmer's mistake instead of routing around it", async () => {
  const script = new Script({ "40": new TypeError("not a function"), "30": owner("80") });
  await assertRejects(() => script.find("78", "40 30"), TypeError);
});

Deno.test("lookup(): whatever the nodes claim, it ends, within its limit, and each answer is closer", async () => {
  const points = fc.integer({ min: 0, max: 255 });
  const answers = fc.dictionary(
    points.map((n) => n.toString(16).padStart(2, "0")),
    fc.array(points, { maxLength: 4 }).map((list) =>
      list.map((n) => n.toString(16).padStart(2, "0")).join(" ")
    ),
    { maxKeys: 60 },
  );
  await fc.assert(
    fc.asyncProperty(answers, points, fc.array(points, { maxLength: 4 }), async (claims, target, start) => {
      const scripted = Object.entries(claims).map(([hex, names]) => [hex, closer(names)]);
      const script = new Script(Object.fromEntries(scripted));
      const hex = (n: number) => n.toString(16).padStart(2, "0");
      await assertRejects(() => script.find(hex(target), start.map(hex).join(" "), 20), ChordError);
      const answered = script.hops.filter(({ outcome }) => outcome !== "failed");
      const distances = answered.map(({ node }) => circle.distance(node.id, at(hex(target))));
      for (const [i, distance] of distances.entries()) {
        const before = distances[i - 1];
        const isAskedAgain = sameNode(answered[i]?.node, answered[i - 1]?.node);
        assertEquals(before === undefined || distance < before || isAskedAgain, true, distances.join());
      }
      assertEquals(script.asked.length <= 20, true);
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("lookupOwner() runs a lookup to its end", async () => {
  async function* hops(): AsyncGenerator<Hop, LookupResult, undefined> {
    yield { number: 1, node: node("40"), via: "self", rttMs: 0, outcome: "owner" };
    return await Promise.resolve({ owner: node("80"), successors: [], namedBy: node("40"), hops: 1 });
  }
  assertEquals((await lookupOwner(hops())).owner, node("80"));
});

Deno.test("hopLimit() is twice log2 N and 16 more", () => {
  for (const [size, limit] of [[0, 18], [1, 18], [2, 18], [3, 20], [64, 28], [1_000, 36]] as const) {
    assertEquals(hopLimit(size), limit, `${size} nodes`);
  }
});

function state(predecessor: string | null, self: string, successors: string): RingState {
  return {
    self: node(self),
    predecessor: predecessor === null ? null : node(predecessor),
    successors: nodes(successors),
  };
}

Deno.test("lookupStep() names the owner of our own arc and of our successor's", () => {
  const member = state("10", "40", "60 80 c0");
  const rows: [of: RingState, target: string, want: string, its: string, why: string][] = [
    [member, "40", "40", "60 80 c0", "our own point"],
    [member, "11", "40", "60 80 c0", "the start of our arc"],
    [member, "41", "60", "80 c0", "the start of our successor's"],
    [member, "60", "60", "80 c0", "our successor's own point"],
    [state("c0", "10", "40"), "00", "10", "40", "our arc goes across zero"],
    [state("c0", "e0", "10"), "00", "10", "", "our successor's arc does"],
    [state(null, "40", ""), "ff", "40", "", "a lone node owns everything"],
    [state(null, "40", ""), "40", "40", "", "its own point too"],
    [state("80", "40", "80"), "80", "80", "", "a ring of two: the other one's point"],
    [state("80", "40", "80"), "81", "40", "80", "and the first of ours"],
  ];
  for (const [of, target, want, its, why] of rows) {
    const step = lookupStep(of, at(target), []);
    assertEquals(step, { kind: "owner", owner: node(want), successors: nodes(its) }, why);
  }
});

Deno.test("lookupStep() names the closest nodes before the target otherwise, three of them, never itself", () => {
  const rows: [target: string, known: string, want: string, why: string][] = [
    ["10", "", "c0 80 60", "the predecessor's arc: the far end of the list"],
    ["b0", "", "80 60", "behind 80 of the successors"],
    ["b0", "90 a0", "a0 90 80", "fingers that are closer"],
    ["b0", "40 b8 30", "80 60", "not ourselves, nor anybody past the target"],
    ["b0", "b0 a0", "a0 80 60", "one on the target itself is its owner, and no hop before it"],
    ["b0", "80 60", "80 60", "known twice is named once"],
    ["61", "", "60", "one only"],
  ];
  for (const [target, known, want, why] of rows) {
    const step = lookupStep(state("20", "40", "60 80 c0"), at(target), nodes(known));
    assertEquals(step.kind === "closer" && idsOf(step.candidates), want, why);
  }
});

Deno.test("lookupStep() never names as owner a member further down its list", () => {
  const step = lookupStep(state("20", "40", "60 80 c0"), at("70"), nodes("10"));
  assertEquals(step, { kind: "closer", candidates: nodes("60") }, "60 may know somebody between it and 80");
});

Deno.test("lookupStep() without a predecessor answers for its successor's arc only", () => {
  const joining = state(null, "40", "60 80");
  assertEquals(lookupStep(joining, at("30"), []).kind, "closer");
  assertEquals(lookupStep(joining, at("50"), []).kind, "owner");
});

Deno.test("closestBefore() is the nearest three before the target, in order, for any set of nodes", () => {
  const points = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(points, points, fc.array(points, { maxLength: 20 }), (after, target, known) => {
      const hex = (n: number) => n.toString(16).padStart(2, "0");
      const ahead = (n: number) => (n - after + 256) % 256;
      const length = ahead(target) || 256;
      const want = [...new Set(known)].filter((n) => ahead(n) > 0 && ahead(n) < length)
        .sort((a, b) => ahead(b) - ahead(a)).slice(0, 3);
      const found = closestBefore(at(hex(after)), at(hex(target)), known.map((n) => node(hex(n))));
      assertEquals(idsOf(found), want.map(hex).join(" "));
    }),
    { seed: 8, numRuns: 400 },
  );
});
