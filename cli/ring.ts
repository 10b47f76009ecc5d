import type { Command } from "commander";
import { type Ring, RondoError } from "../client/mod.ts";
import type { NodeInfo } from "../core/protocol.ts";
import { colorsFor, type CommandContext, type Run, writeJson } from "./command_context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { formatBytes, formatShare } from "./display.ts";
import { renderTable, shortId } from "./table.ts";

type RingNode = Ring["nodes"][number];

/** A node of the walk with what it said of itself, if it could be asked. */
interface Row {
  readonly node: RingNode;
  readonly info: NodeInfo | null;
  /** Whether it takes the node before it in the walk for its predecessor. */
  readonly isPredecessorRight: boolean;
}

/** Nodes asked at a time, for a ring of hundreds. */
const askedAtOnce = 16;

export function addRing(program: Command, run: Run): void {
  program.command("ring").summary("walk the ring and show its nodes")
    .description(
      "Walks the ring from the node that answers, and shows each node. Exit 1 when it is not whole.",
    )
    .addHelpText(
      "after",
      `
Examples:
  rondo ring
  rondo ring --json | jq '.nodes[].url'`,
    )
    .action((_options, command: Command) => run(command, (context) => ring(context)));
}

export async function ring(context: CommandContext): Promise<ExitCode> {
  const { client, stdout, json } = context;
  const { nodes, isClosed } = await client.ring();
  const rows = await rowsOf(nodes, context);
  if (json) writeJson(stdout, { nodes: rows.map(jsonOf), isClosed });
  else stdout.write(ringTable(rows, context) + verdict(rows, isClosed));
  return isClosed && rows.every(isSound) ? exitCode.ok : exitCode.negative;
}

async function rowsOf(nodes: readonly RingNode[], context: CommandContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < nodes.length; start += askedAtOnce) {
    const asked = nodes.slice(start, start + askedAtOnce);
    const infos = await Promise.all(asked.map((node) => infoOf(node, nodes[0], context)));
    asked.forEach((node, offset) => {
      const isPredecessorRight = precedes(nodes.at(start + offset - 1), node, nodes.length);
      rows.push({ node, info: infos[offset] ?? null, isPredecessorRight });
    });
  }
  return rows;
}

/** The answering node passes the question on, for it may know ways that the user's machine does not. */
async function infoOf(
  node: RingNode,
  first: RingNode | undefined,
  { client }: CommandContext,
): Promise<NodeInfo | null> {
  if (!node.isReachable) return null;
  try {
    return await client.info(node.id === first?.id ? {} : { peer: node.id });
  } catch (error) {
    if (error instanceof RondoError) return null;
    throw error;
  }
}

/** A lone node has nobody before it. */
function precedes(before: RingNode | undefined, node: RingNode, count: number): boolean {
  if (count === 1) return node.predecessor === null || node.predecessor.id === node.id;
  return node.predecessor?.id === before?.id;
}

function isSound({ node, isPredecessorRight }: Row): boolean {
  return node.isReachable && isPredecessorRight;
}

function jsonOf({ node, info, isPredecessorRight }: Row) {
  const { keyCount = null, cpu = null, memory = null } = info ?? {};
  return { ...node, keyCount, cpu, memory, isPredecessorRight };
}

function ringTable(rows: readonly Row[], { stdout, env }: CommandContext): string {
  const colors = colorsFor(stdout, env);
  return renderTable(
    [
      { title: "NODE" },
      { title: "URL" },
      { title: "PHASE" },
      { title: "KEYS", align: "right" },
      { title: "CPU", align: "right" },
      { title: "MEMORY", align: "right" },
      { title: "PREDECESSOR" },
    ],
    rows.map(({ node, info, isPredecessorRight }) => [
      shortId(node.id),
      node.url,
      node.isReachable ? node.phase ?? "-" : colors.red("unreachable"),
      info === null ? "-" : String(info.keyCount),
      formatShare(info?.cpu ?? null),
      formatBytes(info?.memory ?? null),
      isPredecessorRight ? "ok" : colors.red(`not ok: ${shortId(node.predecessor?.id ?? "none")}`),
    ]),
    colors,
  );
}

function verdict(rows: readonly Row[], isClosed: boolean): string {
  const keys = rows.reduce((sum, { info }) => sum + (info?.keyCount ?? 0), 0);
  const nodes = rows.length === 1 ? "1 node" : `${rows.length} nodes`;
  if (!isClosed) return `${nodes}, ${keys} keys; the walk did not come back to where it began\n`;
  const unsound = rows.filter((row) => !isSound(row)).length;
  return `${nodes}, ${keys} keys; the ring is closed${unsound === 0 ? "" : `, ${unsound} not in order`}\n`;
}
