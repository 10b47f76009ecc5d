import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Claim,
  claimAfter,
  Claims,
  full,
  lackedBy,
  lacks,
  released,
  withFetched,
  withHint,
  withLost,
  withoutMissing,
  withSource,
  wordOf,
} from "../../../core/data/claims.ts";
import { formatVersion, versionZero } from "../../../core/data/version.ts";
import { at, idsOf, node, nodes } from "../circle.ts";

const self = node("40");
const early = formatVersion(1_000, 0, self.id);
const late = formatVersion(2_000, 0, self.id);

/** A claim of the node at 40 that lacks these nodes. */
function lacking(missing: string, more: Partial<Claim> = {}): Claim {
  return {
    missing: nodes(missing),
    fetched: [],
    since: early,
    passedTo: null,
    prior: null,
    isReleased: false,
    ...more,
  };
}

function missing(claim: Claim): string {
  return idsOf(claim.missing);
}

Deno.test("claimAfter() lacks everything of its sources and remembers an earlier time", () => {
  const fresh = claimAfter(nodes("60"), late, null);
  assertEquals([missing(fresh), fresh.since, fresh.prior], ["60", late, null]);
  const again = claimAfter(nodes("60"), late, nodes("80"));
  assertEquals(again.prior && idsOf(again.prior), "80", "what was lacking then");
});

Deno.test("lackedBy() is what the holder lacks now and lacked before, unless that is here", () => {
  const rows: [claim: Claim, want: string, why: string][] = [
    [full, "", "nothing"],
    [lacking("60"), "60", "owner for the first time"],
    [lacking("60", { prior: nodes("80") }), "60 80", "and for the second, with what it lacked then"],
    [lacking("60", { prior: nodes("60 80") }), "60 80", "nobody twice"],
    [lacking("60", { prior: nodes("80"), fetched: [at("80")] }), "60", "fetched since"],
  ];
  for (const [claim, want, why] of rows) assertEquals(idsOf(lackedBy(claim)), want, why);
});

Deno.test("wordOf() names whoever had the partition after the holder, too", () => {
  assertEquals(idsOf(wordOf(lacking("60"))), "60");
  assertEquals(idsOf(wordOf(lacking("60", { passedTo: node("20") }))), "60 20");
  assertEquals(idsOf(wordOf({ ...full, passedTo: node("20") })), "20");
});

Deno.test("released() is a memory only: nothing is lacked and nothing held", () => {
  const after = released(lacking("60", { prior: nodes("80"), fetched: [at("a0")] }), node("20"));
  assertEquals([idsOf(wordOf(after)), after.isReleased, after.since], ["20", true, early]);
});

Deno.test("withFetched(): a source that had everything is enough", () => {
  assertEquals(withFetched(lacking("60"), node("60"), [], self), lacking(""));
});

Deno.test("withFetched(): what the source lacked is what we lack now, unless it is here", () => {
  const rows: [claim: Claim, source: string, its: string, want: string, why: string][] = [
    [lacking("60"), "60", "80", "80", "its own source takes its place"],
    [lacking("60 80"), "60", "80", "80", "nobody is missing twice"],
    [lacking("60 80"), "60", "", "80", "the other source stays"],
    [lacking("60", { fetched: [at("80")] }), "60", "80 a0", "a0", "fetched from already"],
    [
      lacking("60"),
      "60",
      "60",
      "60",
      "a source that lacks itself has lost it: fetching does not bring that back",
    ],
    [lacking("60"), "60", "40", "40", "it lacks us, and we never had it: it is nowhere"],
    [lacking("60", { prior: [] }), "60", "40", "", "it lacks us, and we had everything: our store has it"],
    [lacking("60", { prior: nodes("a0") }), "60", "40", "a0", "it lacks us, and we lacked a0 then"],
    [lacking("60", { prior: nodes("60") }), "60", "40", "", "what we lacked then is what was just fetched"],
  ];
  for (const [claim, source, its, want, why] of rows) {
    const after = withFetched(claim, node(source), nodes(its), self);
    assertEquals(missing(after), want, why);
    if (want === "") assertEquals([after.fetched, after.prior], [[], null], why);
    else assertEquals(after.fetched.includes(at(source)), want !== source, why);
  }
});

Deno.test("withFetched(): two sources that lack each other are both here in the end", () => {
  const first = withFetched(lacking("60 80"), node("60"), nodes("80"), self);
  const second = withFetched(first, node("80"), nodes("60"), self);
  assertEquals(missing(second), "");
});

Deno.test("withHint(): who should know takes the place of one that never had the partition", () => {
  const rows: [claim: Claim, hints: string, want: string, why: string][] = [
    [lacking("60"), "20", "20", "its predecessor"],
    [lacking("60 80"), "20 80", "80 20", "nobody twice"],
    [lacking("60"), "", "60", "no better idea: a trail that ends nowhere proves nothing"],
    [lacking("60"), "40", "60", "it points at us, who never had it: no better idea either"],
    [lacking("60", { prior: nodes("a0") }), "40", "a0", "it points at us, who had all but a0"],
    [lacking("60", { fetched: [at("20")] }), "20", "60", "it points at one fetched from already: a circle"],
  ];
  for (const [claim, hints, want, why] of rows) {
    assertEquals(missing(withHint(claim, node("60"), nodes(hints), self)), want, why);
  }
  assertEquals(
    withHint(lacking("60"), node("60"), nodes("20"), self).fetched,
    [],
    "nothing was fetched from it",
  );
});

Deno.test("withHint(): it points at us, who had everything then", () => {
  assertEquals(withHint(lacking("60", { prior: [] }), node("60"), nodes("40"), self), lacking(""));
});

Deno.test("withSource() adds a node once, also one that was fetched from before", () => {
  assertEquals(missing(withSource(full, node("60"))), "60");
  const twice = lacking("60");
  assertStrictEquals(withSource(twice, node("60")), twice);
  const back = withSource(lacking("80", { fetched: [at("60")] }), node("60"));
  assertEquals([missing(back), back.fetched], ["80 60", []], "it has written since");
  assertEquals(
    idsOf(withSource(lacking("80"), node("60")).prior ?? []),
    "80",
    "what we lacked before it came",
  );
});

Deno.test("withLost(): what may have been written without us is missing, and nothing counts as fetched", () => {
  const claim = withLost({ ...full, fetched: [at("60")] }, nodes("60 80"), late);
  assertEquals([missing(claim), claim.fetched, claim.since], ["60 80", [], late]);
  assertEquals(claim.prior && idsOf(claim.prior), "", "we had everything");
  assertEquals(missing(withLost(lacking("60"), nodes("60"), late)), "60", "nobody twice");
});

Deno.test("withoutMissing(): forgotten by an operator, or known to have had nothing", () => {
  const both = lacking("60 80");
  assertEquals(missing(withoutMissing(both, at("60"))), "80");
  assertStrictEquals(withoutMissing(both, at("a0")), both);
  assertEquals(withoutMissing(lacking("60", { prior: nodes("80") }), at("60")), lacking(""));
  const passed = withoutMissing(lacking("60", { passedTo: node("20") }), at("60"));
  assertEquals([missing(passed), passed.passedTo], ["", node("20")], "passed on is not owned again");
});

Deno.test("lacks() goes by id", () => {
  assertEquals([lacks(lacking("60"), node("60")), lacks(full, node("60"))], [true, false]);
});

Deno.test("claims: no step of the algebra names a node as both fetched and missing, or twice", () => {
  const point = fc.constantFrom(...nodes("20 40 60 80 a0"));
  const list = fc.uniqueArray(point, { maxLength: 3, selector: ({ id }) => id });
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom("fetched" as const, "hint" as const), of: point, list }),
    fc.record({ what: fc.constant("source" as const), of: point, list }),
    fc.record({ what: fc.constant("lost" as const), of: point, list }),
  );
  const others = list.map((refs) => refs.filter(({ id }) => id !== self.id));
  fc.assert(
    fc.property(others, fc.option(others), fc.array(step, { maxLength: 8 }), (sources, past, steps) => {
      let claim = claimAfter(sources, early, past);
      for (const { what, of, list } of steps) {
        if (what === "fetched" && lacks(claim, of)) claim = withFetched(claim, of, list, self);
        if (what === "hint" && lacks(claim, of)) claim = withHint(claim, of, list, self);
        if (what === "source") claim = withSource(claim, of);
        if (what === "lost") claim = withLost(claim, list, late);
        const ids = claim.missing.map(({ id }) => id);
        assertEquals(new Set(ids).size, ids.length, "nobody twice");
        assertEquals(ids.filter((id) => claim.fetched.includes(id)), [], `after ${what} of ${of.id}`);
      }
    }),
    { seed: 16, numRuns: 500 },
  );
});

Deno.test("Claims.update() changes the ranges given and no others, and says whether it changed any", () => {
  const claims = new Claims();
  assertEquals(claims.update([{ first: 2, last: 5 }], () => full), true);
  assertEquals([1, 2, 5, 6].map((partition) => claims.get(partition)), [null, full, full, null]);
  assertEquals([claims.size, claims.revision], [4, 4]);
  assertEquals(claims.update([{ first: 0, last: 9 }], (claim) => claim), false, "nothing new");
  assertEquals(claims.revision, 4);
  assertEquals(claims.update([{ first: 3, last: 4 }], () => null), true);
  assertEquals([...claims.ranges()].map(({ first, last }) => [first, last]), [[2, 2], [5, 5]]);
});

Deno.test("Claims.update() makes one claim of equal ones, so that ranges stay whole", () => {
  const claims = new Claims([{ first: 0, last: 4_095, claim: full }]);
  let calls = 0;
  claims.update([{ first: 100, last: 199 }], (claim) => {
    calls++;
    return claim && withSource(claim, node("60"));
  });
  assertEquals(calls, 1);
  assertEquals(claims.ranges().map(({ first, last }) => [first, last]), [[0, 99], [100, 199], [200, 4_095]]);
});

Deno.test("Claims.ranges() gives back what the constructor was given", () => {
  const a = lacking("60");
  const b = lacking("80");
  const ranges = [{ first: 0, last: 3, claim: a }, { first: 4, last: 4, claim: b }, {
    first: 9,
    last: 12,
    claim: a,
  }];
  assertEquals(new Claims(ranges).ranges(), ranges);
  assertEquals(new Claims([...ranges].reverse()).ranges(), ranges, "in ring order");
});

Deno.test("Claims.matching() asks about each partition of the ranges", () => {
  const claims = new Claims([{ first: 3, last: 4, claim: full }]);
  const without = claims.matching([{ first: 2, last: 5 }, { first: 9, last: 9 }], (claim) => claim === null);
  assertEquals([...without], [2, 5, 9]);
});

Deno.test("full is the claim of someone who has everything, since ever", () => {
  assertEquals([full.missing, full.since, full.passedTo], [[], versionZero, null]);
});
