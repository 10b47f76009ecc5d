import type { Command } from "commander";
import { type ListedKey, type RondoClient, RondoError } from "../client/mod.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { lineOf } from "./failure.ts";
import { positiveInteger } from "./option_values.ts";
import { showKey } from "./display.ts";

export interface KeysArgs {
  readonly prefix?: string;
  readonly limit?: number;
  /** `node`: only what the answering node holds. */
  readonly scope?: "node" | "ring";
}

export function addKeys(program: Command, run: Run): void {
  program.command("keys").summary("list keys")
    .description(
      "Lists the keys of the ring, or those with a prefix, one a line; node by node, in no other order.",
    )
    .argument("[prefix]", "only keys that begin with this")
    .option("--limit <count>", "at most so many", positiveInteger)
    .option("--node", "only what the node that answers holds")
    .addHelpText(
      "after",
      `
Examples:
  rondo keys
  rondo keys iso/FR- --limit 10
  rondo keys --json              a JSON object a line, with size, version and expiry`,
    )
    .action((prefix: string | undefined, options: { limit?: number; node?: true }, command: Command) => {
      const { limit, node } = options;
      const args: KeysArgs = {
        ...(prefix === undefined ? {} : { prefix }),
        ...(limit === undefined ? {} : { limit }),
        scope: node === true ? "node" : "ring",
      };
      return run(command, (context) => keys(args, context));
    });
}

export async function keys(
  { scope, prefix = "", limit }: KeysArgs,
  context: CommandContext,
): Promise<ExitCode> {
  const isOneNode = scope === "node";
  const nodes = isOneNode ? [context.client] : await clientsOfRing(context);
  let left = limit ?? Infinity;
  let isWhole = true;
  for (const node of nodes) {
    try {
      for await (const listed of takeKeys(node.list({ prefix }), left, isOneNode)) {
        writeKey(listed, context);
        left--;
      }
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      context.stderr.write(`Cannot list the keys of ${node.urls.join(", ")}: ${lineOf(error)}\n`);
      isWhole = false;
    }
  }
  return isWhole ? exitCode.ok : exitCode.temporary;
}

/** A node lists only its own keys, so each is asked; what one node forgets to say no other can. */
async function clientsOfRing(context: CommandContext): Promise<RondoClient[]> {
  const { nodes } = await context.client.ring();
  return nodes.map(({ url }) => context.clientOf(url));
}

/** In the ring's list a key appears once, with its owner; a node's own list has all that it holds. */
async function* takeKeys(listed: AsyncIterable<ListedKey>, count: number, withHeld: boolean) {
  if (count <= 0) return;
  for await (const key of listed) {
    if (key.role !== "owner" && !withHeld) continue;
    yield key;
    if (--count <= 0) return;
  }
}

function writeKey(listed: ListedKey, { stdout, json }: CommandContext): void {
  if (json) writeJson(stdout, listed);
  else stdout.write(`${showKey(listed.key)}\n`);
}
