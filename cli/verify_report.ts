import type { Shortfall } from "../core/check/partition_verdict.ts";
import type { Affected, ReplicaCheck } from "../core/check/replica_check.ts";
import type { Flaw, RingCheck } from "../core/check/ring_check.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { RingAssertionName } from "../core/ring/assertions.ts";
import { colorsFor, type CommandContext } from "./command_context.ts";
import { renderTable, shortId } from "./table.ts";

/** What `verify` found. */
export interface Verification {
  readonly ring: RingCheck;
  readonly copies: ReplicaCheck;
}

/** Lines and rows of one kind; a ring that falls to pieces has hundreds. `--json` has all of them. */
const linesShown = 20;

/** What keeps the ring from being healthy, on one line; null when nothing does. */
export function problemOf({ ring, copies }: Verification): string | null {
  if (ring.isHealthy && copies.isHealthy) return null;
  const { broken, flaws, members, isWhole } = ring;
  const flawed = new Set(flaws.map(({ node }) => node.id)).size;
  const failing = copies.affected.filter(({ shortfall }) => shortfall !== "orphans");
  return [
    ...(isWhole ? [] : ["more nodes than can be looked at"]),
    ...(members.length === 0 ? ["no member"] : []),
    ...(broken.length === 0 ? [] : [`${broken.join(", ")} broken`]),
    ...(flawed === 0 ? [] : [`${count(flawed, "node")} not in order`]),
    ...failing.map(({ partitions, shortfall }) =>
      `${count(partitions, "partition")} ${shortfallNames[shortfall]}`
    ),
  ].join(", ");
}

/** The report for a person. Its last line is the verdict. */
export function verificationText(verification: Verification, context: CommandContext): string {
  const { ring, copies } = verification;
  const colors = colorsFor(context.stdout, context.env);
  const problem = problemOf(verification);
  const verdict = problem === null ? colors.green("healthy") : colors.red(`not healthy: ${problem}`);
  return [headLine(ring), ...ringLines(ring), ...copyTables(copies, context), verdict, ""].join("\n");
}

function headLine({ members, parameters, successorsMax }: RingCheck): string {
  const { cluster, partitions, replicas } = parameters;
  const ring = `${count(members.length, "node")}, successor lists of ${successorsMax}`;
  return `Ring ${cluster}: ${ring}, ${partitions} partitions in ${count(replicas, "copy", "copies")}`;
}

function ringLines({ broken, flaws, strangers }: RingCheck): string[] {
  return [
    ...strangers.map(({ node, why }) => `Not a member: ${nameOf(node)}: ${why}`).slice(0, linesShown),
    ...moreLine(strangers.length, "nodes are no members"),
    ...broken.map((name) => `${name} does not hold: ${assertionMeanings[name]}`),
    ...flaws.map((flaw) => `Not in order: ${nameOf(flaw.node)}: ${meaningOf(flaw)}`).slice(0, linesShown),
    ...moreLine(flaws.length, "are not in order"),
  ];
}

function meaningOf(flaw: Flaw): string {
  switch (flaw.kind) {
    case "successors":
      return `its successors are ${idsOf(flaw.is)}, and should be ${idsOf(flaw.shouldBe)}`;
    case "predecessor":
      return `its predecessor is ${idsOf([flaw.is])}, and should be ${idsOf([flaw.shouldBe])}`;
    case "parameter":
      return `its ${flaw.name} is ${flaw.is}, that of the others ${flaw.shouldBe}`;
    case "notReady":
      return `not ready, ${flaw.reason}`;
  }
}

function copyTables({ affected, nodes }: ReplicaCheck, { stdout, env }: CommandContext): string[] {
  const colors = colorsFor(stdout, env);
  const what = [{ title: "COPIES" }, { title: "PARTITIONS", align: "right" as const }, { title: "WHICH" }];
  const byKind = affected.map(cellsOf);
  const byNode = nodes.slice(0, linesShown).map((
    one,
  ) => [shortId(one.node.id), one.node.url, ...cellsOf(one)]);
  return [
    ...(byKind.length === 0 ? [] : ["", renderTable(what, byKind, colors).trimEnd()]),
    ...(byNode.length === 0
      ? []
      : ["", renderTable([{ title: "NODE" }, { title: "URL" }, ...what], byNode, colors).trimEnd()]),
    ...moreLine(nodes.length, "rows"),
    ...(byKind.length === 0 ? [] : [""]),
  ];
}

function cellsOf({ partitions, ranges, shortfall }: Affected): string[] {
  const shown = ranges.map(({ first, last }) => first === last ? `${first}` : `${first}-${last}`);
  const covered = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return [
    shortfallNames[shortfall],
    String(partitions),
    shown.join(" ") + (covered < partitions ? " ..." : ""),
  ];
}

function moreLine(total: number, what: string): string[] {
  return total <= linesShown ? [] : [`and ${total - linesShown} more ${what}`];
}

function nameOf({ id, url }: NodeRef): string {
  return `${shortId(id)} ${url}`;
}

function idsOf(ids: readonly (string | null)[]): string {
  return ids.length === 0 ? "none" : ids.map((id) => id === null ? "none" : shortId(id)).join(" ");
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

const shortfallNames: Readonly<Record<Shortfall, string>> = {
  conflicting: "in two views at once",
  unknown: "unknown",
  underReplicated: "under-replicated",
  misplaced: "misplaced",
  outdated: "in an older view",
  unsynced: "unsynced",
  divergent: "divergent",
  orphans: "orphaned",
};

const assertionMeanings: Readonly<Record<RingAssertionName, string>> = {
  A1: "every member has a live successor",
  A2: "there is a ring",
  A3: "there is only one ring",
  A4: "the ring is in order",
  A5: "every member leads into the ring",
  A6: "no list has repeats or its own node",
  A7: "every list runs clockwise",
  A8: "more members than a list holds are on every list that passes them",
  A9: "members that no list skips are in the ring",
  A10: "such members are lost only by their own failure",
};
