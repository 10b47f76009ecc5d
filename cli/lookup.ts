import type { Command } from "commander";
import type { Lookup } from "../client/mod.ts";
import { colorsFor, type CommandContext, type Run, writeJson } from "./command_context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { renderTable, shortId } from "./table.ts";

export function addLookup(program: Command, run: Run): void {
  program.command("lookup").summary("show how the ring finds a key's owner")
    .description("Shows the nodes that were asked on the way to a key's owner. The key need not exist.")
    .argument("<key>", "the key")
    .addHelpText(
      "after",
      `
VIA says where the asking node knew the next one from: its fingers, its successors, its route cache, or the
answer of the hop before.

Examples:
  rondo lookup greeting
  rondo lookup greeting --url http://127.0.0.1:8442      from another node`,
    )
    .action((key: string, _options, command: Command) => run(command, (context) => lookup({ key }, context)));
}

export async function lookup({ key }: { key: string }, context: CommandContext): Promise<ExitCode> {
  const { client, stdout, json } = context;
  const found = await client.lookup(key);
  if (json) writeJson(stdout, found);
  else stdout.write(pathTable(found, context) + ownerLines(found));
  return exitCode.ok;
}

function pathTable({ path }: Lookup, { stdout, env }: CommandContext): string {
  const colors = colorsFor(stdout, env);
  const rows = path.map(({ id, url, via, rttMs, outcome }, index) => [
    String(index + 1),
    shortId(id),
    url,
    via,
    `${rttMs.toFixed(1)} ms`,
    outcome === "failed" ? colors.red("no answer") : outcome,
  ]);
  return renderTable(
    [
      { title: "HOP", align: "right" },
      { title: "NODE" },
      { title: "URL" },
      { title: "VIA" },
      { title: "RTT", align: "right" },
      { title: "SAID" },
    ],
    rows,
    colors,
  );
}

function ownerLines({ responsibleNode, replicas, hops, partition, keyHash }: Lookup): string {
  const copies = replicas.filter(({ id }) => id !== responsibleNode.id).map(({ url }) => url);
  return [
    `Key hash:  ${keyHash}, partition ${partition}`,
    `Owner:     ${shortId(responsibleNode.id)} ${responsibleNode.url}, ${hops} ${
      hops === 1 ? "hop" : "hops"
    }`,
    ...(copies.length === 0 ? [] : [`Copies at: ${copies.join(", ")}`]),
  ].join("\n") + "\n";
}
