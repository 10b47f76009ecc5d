import { assertEquals } from "@std/assert";
import type { NodeRef } from "../../../core/node_ref.ts";
import type { MethodName, Params, Result } from "../../../core/protocol.ts";
import { type Checked, withoutLies } from "../../../core/ring/answer_check.ts";
import { at, idsOf, node, nodes } from "../circle.ts";

/** In these stories, whoever stands at a point that ends in f made its id up. */
const isTrue = ({ id }: NodeRef) => !id.endsWith("f");
const peer = node("40");

function check<M extends MethodName>(method: M, answer: Result<M>, params = {} as Params<M>): Checked<M> {
  return withoutLies({ method, params, answer, peer, isTrue });
}

function neighbors(predecessor: string | null, successors: string): Result<"chord.neighbors"> {
  const before = predecessor === null ? null : node(predecessor);
  return { predecessor: before, successors: nodes(successors), phase: "member", anchored: true };
}

Deno.test("withoutLies() leaves of neighbours those that can be", () => {
  const rows: [before: string | null, after: string, left: string, why: string][] = [
    ["20", "60 80", "20 > 60 80", "nothing to find"],
    [null, "", "none > ", "a lone node"],
    ["2f", "60", "none > 60", "a predecessor that made its id up"],
    ["20", "60 7f 80", "20 > 60 80", "one of the list"],
    ["20", "80 60 90", "20 > 80 90", "a step back"],
    ["20", "60 60", "20 > 60", "one twice"],
    ["20", "60 40 50", "20 > 60", "the peer itself, and round again"],
  ];
  for (const [before, after, left, why] of rows) {
    const given = neighbors(before, after);
    const { answer, isHonest } = check("chord.neighbors", given);
    assertEquals(`${answer?.predecessor?.id ?? "none"} > ${idsOf(answer?.successors ?? [])}`, left, why);
    assertEquals(isHonest, left === `${before ?? "none"} > ${after}`, why);
  }
});

Deno.test("withoutLies() takes no step of a lookup that leads away from the target", () => {
  const closer = (hexes: string) => ({ kind: "closer" as const, candidates: nodes(hexes) });
  const owner = (hex: string, after = "") => ({
    kind: "owner" as const,
    owner: node(hex),
    successors: nodes(after),
  });
  const rows: [step: Result<"chord.lookupStep">, left: string | null, isHonest: boolean, why: string][] = [
    [closer("70 60"), "70 60", true, "both between the peer and the target"],
    [closer(""), "", true, "it knows nobody closer"],
    [closer("80"), "", false, "on the target: its owner, if anything"],
    [closer("70 90"), "70", false, "past the target"],
    [closer("40 30"), "", false, "itself, and before itself"],
    [closer("6f 60"), "60", false, "an id that was made up"],
    [owner("80"), "80", true, "on the target"],
    [owner("90", "a0 b0"), "90 a0 b0", true, "its successor"],
    [owner("30", "40"), "30 40", true, "across zero"],
    [owner("40"), "40", true, "itself: only it knows what is before it"],
    [owner("70"), null, false, "before the target"],
    [owner("8f"), null, false, "an id that was made up"],
    [owner("90", "b0 a0"), "90 b0", false, "the owner's list out of order"],
  ];
  for (const [step, left, isHonest, why] of rows) {
    const checked = check("chord.lookupStep", step, { target: at("80") });
    const { answer } = checked;
    const shown = answer === null
      ? null
      : idsOf(answer.kind === "closer" ? answer.candidates : [answer.owner, ...answer.successors]);
    assertEquals([shown, checked.isHonest], [left, isHonest], why);
  }
});

Deno.test("withoutLies() knows nobody by another's id, and keeps views of real nodes only", () => {
  const ping = (hex: string) => ({ id: at(hex), phase: "member" as const, incarnation: 1 });
  assertEquals(check("chord.ping", ping("40")).isHonest, true);
  assertEquals(check("chord.ping", ping("50")), { answer: null, isHonest: false });

  const replicas = (hexes: string) => nodes(hexes).map((node) => ({ ...node, disk: "d" }));
  const view = (members: string, previous = "") => ({
    first: 0,
    last: 3,
    view: { epoch: 2, members: replicas(members), previous: replicas(previous) },
  });
  const { answer, isHonest } = check("partition.views", {
    views: [view("40 60", "40"), view("40 5f"), view("40", "5f")],
  });
  assertEquals([answer?.views, isHonest], [[view("40 60", "40")], false]);
  const vote = {
    first: 0,
    last: 3,
    kind: "yes" as const,
    accepted: { ballot: "" as never, members: replicas("4f") },
  };
  assertEquals(check("partition.prepare", { votes: [vote] }).answer, { votes: [] });

  const peers = nodes("50 5f").map((node) => ({ node, health: "alive" as const, lastSeenMs: null }));
  assertEquals(check("node.peers", { peers }).answer?.peers.map(({ node }) => node.id), [at("50")]);
});
