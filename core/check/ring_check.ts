import { ChordError } from "../errors.ts";
import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import type { NodeInfo, Result } from "../protocol.ts";
import {
  idealView,
  type MemberView,
  type RingAssertionName,
  ringAssertionNames,
  ringAssertions,
  Snapshot,
} from "../ring/assertions.ts";
import { type Ask, eachOf, type OnProgress, orSilence } from "./ask.ts";
import { type Stranger, surveyRing } from "./ring_survey.ts";

/** What all nodes of a ring agree on, as far as a check needs it. */
export type RingParameters = Pick<NodeInfo, typeof parameters[number]>;

/** What one member should have, or say, and does not. */
export type Flaw =
  | {
    readonly kind: "successors";
    readonly node: NodeRef;
    readonly is: readonly Id[];
    readonly shouldBe: readonly Id[];
  }
  | {
    readonly kind: "predecessor";
    readonly node: NodeRef;
    readonly is: Id | null;
    readonly shouldBe: Id | null;
  }
  | {
    readonly kind: "parameter";
    readonly node: NodeRef;
    readonly name: keyof RingParameters;
    readonly is: string | number;
    readonly shouldBe: string | number;
  }
  | { readonly kind: "notReady"; readonly node: NodeRef; readonly reason: string };

/** A node that answers as a member. */
export interface CheckedMember extends NodeRef {
  /** The disk that it has now; null when it does not say. */
  readonly disk: string | null;
}

export interface RingCheck {
  readonly parameters: RingParameters;
  /** Who answers as a member, in the order of the ring. */
  readonly members: readonly CheckedMember[];
  /** Counted on by somebody, but no member. The ring may be healthy all the same: it has closed without them. */
  readonly strangers: readonly Stranger[];
  /** How long a full successor list is (r). */
  readonly successorsMax: number;
  /** Which of A1 to A9 do not hold. */
  readonly broken: readonly RingAssertionName[];
  readonly flaws: readonly Flaw[];
  /** False when there were more nodes than a check looks at. */
  readonly isWhole: boolean;
  readonly isHealthy: boolean;
}

export interface RingCheckOptions {
  /** Nodes do not say how long their lists should be; if the caller does not either, the longest counts as full. */
  readonly successorsMax?: number;
  readonly onProgress?: OnProgress;
}

/** What must be the same everywhere; a joiner that differs is refused, a node restarted with another is not. */
const parameters = [
  "cluster",
  "bits",
  "hash",
  "partitions",
  "replicas",
  "writeQuorum",
  "readQuorum",
] as const;

/** A10 compares two moments, and here is one. */
const assertions = ringAssertionNames.filter((name) => name !== "A10");

interface Member {
  readonly info: NodeInfo;
  readonly neighbors: Result<"chord.neighbors">;
}

/**
 * Finds all members that there are, looks at their pointers at once, and says what keeps them from being an ideal
 * ring.
 *
 * "At once" is as close as calls come to it: in a ring that changes meanwhile, what is found may be over already.
 *
 * @throws ChordError when the start node does not answer.
 */
export async function checkRing(
  ask: Ask,
  start: NodeRef,
  { successorsMax, onProgress }: RingCheckOptions = {},
): Promise<RingCheck> {
  const shared = parametersOf(await ask(start, "node.info", {}));
  const { members: found, strangers, isWhole } = await surveyRing(ask, start, onProgress);
  const { members, lost } = await lookAtAll(ask, found);
  const longest = Math.max(0, ...members.map(({ neighbors }) => neighbors.successors.length));
  const verdict = judge(members, successorsMax ?? longest, shared);
  return {
    parameters: shared,
    members: members.map(({ info, neighbors }) => ({ ...refOf(info), disk: neighbors.disk ?? null })),
    strangers: [...strangers, ...lost],
    isWhole,
    ...verdict,
    isHealthy: isWhole && members.length > 0 && verdict.broken.length + verdict.flaws.length === 0,
  };
}

function parametersOf(info: NodeInfo): RingParameters {
  const { cluster, bits, hash, partitions, replicas, writeQuorum, readQuorum } = info;
  return { cluster, bits, hash, partitions, replicas, writeQuorum, readQuorum };
}

/** Everybody's pointers, asked for anew: while members are found one by one, the ring goes on. */
async function lookAtAll(
  ask: Ask,
  found: readonly NodeInfo[],
): Promise<{ members: Member[]; lost: Stranger[] }> {
  const answers = await eachOf(found, (info) => orSilence(ask(refOf(info), "chord.neighbors", {})));
  const members: Member[] = [];
  const lost: Stranger[] = [];
  for (const [i, info] of found.entries()) {
    const neighbors = answers[i];
    if (neighbors === undefined) continue;
    if (neighbors instanceof ChordError) lost.push({ node: refOf(info), why: neighbors.message });
    else if (neighbors.phase !== "member") lost.push({ node: refOf(info), why: `It is ${neighbors.phase}` });
    else members.push({ info, neighbors });
  }
  return { members, lost };
}

function judge(members: readonly Member[], successorsMax: number, shared: RingParameters) {
  const snapshot = new Snapshot(members.map(viewOf));
  const moment = { snapshot, successorsMax, before: null };
  const flaws = members.flatMap((member) => [
    ...pointerFlaws(member, idealView(snapshot, member.info.id, successorsMax)),
    ...ownFlaws(member, shared),
  ]);
  return { successorsMax, broken: assertions.filter((name) => !ringAssertions[name](moment)), flaws };
}

function pointerFlaws(member: Member, ideal: MemberView): Flaw[] {
  const { predecessor, successors } = viewOf(member);
  const node = nodeOf(member);
  const flaws: Flaw[] = [];
  if (successors.join() !== ideal.successors.join()) {
    flaws.push({ kind: "successors", node, is: successors, shouldBe: ideal.successors });
  }
  if (predecessor !== ideal.predecessor) {
    flaws.push({ kind: "predecessor", node, is: predecessor, shouldBe: ideal.predecessor });
  }
  return flaws;
}

function ownFlaws(member: Member, shared: RingParameters): Flaw[] {
  const node = nodeOf(member);
  const { info } = member;
  const flaws: Flaw[] = parameters.filter((name) => info[name] !== shared[name])
    .map((name) => ({ kind: "parameter", node, name, is: info[name], shouldBe: shared[name] }));
  if (!info.ready) flaws.push({ kind: "notReady", node, reason: info.reason ?? "it does not say why" });
  return flaws;
}

function viewOf({ info, neighbors: { predecessor, successors } }: Member): MemberView {
  return { id: info.id, successors: successors.map(({ id }) => id), predecessor: predecessor?.id ?? null };
}

function nodeOf({ info }: Member): NodeRef {
  return refOf(info);
}

function refOf({ id, url }: NodeInfo): NodeRef {
  return { id, url };
}
