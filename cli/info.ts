import type { Command } from "commander";
import type { NodeInfo } from "../core/protocol.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { formatBytes, formatDuration, formatShare } from "./display.ts";

export function addInfo(program: Command, run: Run): void {
  program.command("info").summary("show the node that answers")
    .description("Shows what the node that answers is, holds and uses.")
    .addHelpText(
      "after",
      `
Examples:
  rondo info
  rondo info --url http://127.0.0.1:8442 --json`,
    )
    .action((_options, command: Command) => run(command, (context) => info(context)));
}

export async function info({ client, stdout, json }: CommandContext): Promise<ExitCode> {
  const node = await client.info();
  if (json) writeJson(stdout, node);
  else stdout.write(linesOf(node).map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`).join(""));
  return exitCode.ok;
}

function linesOf(node: NodeInfo): [name: string, value: string][] {
  const ring = `${node.cluster}: ${node.bits} bits, ${node.hash}, ${node.partitions} partitions`;
  const unsynced = node.partitionsUnsynced === 0 ? "" : `, ${node.partitionsUnsynced} not yet synced`;
  return [
    ["Node", node.id],
    ["URL", node.url],
    ["Ring", `${ring}, ${node.replicas} ${node.replicas === 1 ? "copy" : "copies"}`],
    ["Phase", node.phase],
    ["Ready", node.ready ? "yes" : `no: ${node.reason ?? "it does not say why"}`],
    ["Keys", `${node.keyCount} in ${node.partitionsOwned} partitions${unsynced}`],
    ["CPU", formatShare(node.cpu)],
    ["Memory", formatBytes(node.memory)],
    ["Up", `${formatDuration(node.uptimeMs)}, life ${node.incarnation}`],
    ["Version", `${node.version}, protocol ${node.protocol}`],
  ];
}
