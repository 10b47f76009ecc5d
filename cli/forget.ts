import type { Command } from "commander";
import type { Id } from "../core/id.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";

/** Fewer digits of an id would fit too many nodes to be typed by mistake. */
const digitsMin = 8;

export function addForget(program: Command, run: Run): void {
  program.command("forget").summary("give up a node that is gone for good")
    .description(
      "Gives up a node that is dead and will not come back, with all that only it had. What was blocked for want of " +
        "its word goes on. A node that still answers is never forgotten: let it leave. If it came back with an empty " +
        "disk, and too many copies went with the old one, --lost-disk gives up that disk alone.",
    )
    .argument("<node>", "the node's URL, or its id, or the first 8 digits of that")
    .option("--lost-disk", "the node is there, but what it had before is lost for good")
    .addHelpText(
      "after",
      `
Examples:
  rondo forget http://127.0.0.1:8442
  rondo forget b9130f52 --json
  rondo forget http://127.0.0.1:8442 --lost-disk`,
    )
    .action((node: string, { lostDisk = false }: { lostDisk?: boolean }, command: Command) =>
      run(command, (context) => forget(node, lostDisk, context))
    );
}

export async function forget(
  name: string,
  lostDisk: boolean,
  { client, stdout, json }: CommandContext,
): Promise<ExitCode> {
  const { peers } = await client.rpc("node.peers", {});
  const found = peers.map(({ node }) => node).filter(({ id, url }) => isMeant(name, id, url));
  const [node, ...more] = found;
  if (node === undefined) {
    throw new CommandError(exitCode.negative, `Cannot find ${name} among the known peers`);
  }
  if (more.length > 0) {
    throw new CommandError(exitCode.usage, `Cannot tell which node ${name} is: give more digits`);
  }
  const { partitions } = await client.rpc("node.forget", { id: node.id, lostDisk });
  if (json) writeJson(stdout, { node, partitions });
  else {
    const what = lostDisk ? `the lost disk of ${node.url}` : node.url;
    stdout.write(`Forgot ${what}: ${partitions} partitions no longer count on it\n`);
  }
  return exitCode.ok;
}

function isMeant(name: string, id: Id, url: string): boolean {
  if (URL.canParse(name) && name.includes("://")) return new URL(name).origin === url;
  return name.length >= digitsMin && id.startsWith(name.toLowerCase());
}
