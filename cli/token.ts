import { type RondoClient, type Token } from "../client/mod.ts";
import { RingTicket } from "../client/ring_ticket.ts";
import { CommandError, exitCode } from "./exit_code.ts";
import { readWhole } from "./input_file.ts";
import type { Terminal } from "./terminal.ts";

const tokenForm = /^rondo_[A-Za-z0-9_-]{43}$/;

/**
 * The token of whoever gives the command: from `--token-file`, else from `RONDO_TOKEN`; undefined without either. Never
 * an argument: those are seen by everybody on the machine.
 */
export async function tokenOf(path: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (path !== undefined) return await tokenIn(path, terminal);
  const text = terminal.env("RONDO_TOKEN") ?? "";
  return text === "" ? undefined : checked(text, "RONDO_TOKEN");
}

/**
 * What to show to nodes that the user has not named but other nodes have: a ticket, which is good for minutes and for
 * reading. Where there are none all nodes are on this machine, and so is whoever might take the token.
 */
export function tokenElsewhere(
  token: string | undefined,
  url: string,
  client: () => RondoClient,
): Token | undefined {
  if (token === undefined) return undefined;
  const ticket = new RingTicket(client());
  return async () => {
    const text = await ticket.current();
    return text === null && isOnThisMachine(url) ? token : text;
  };
}

async function tokenIn(path: string, terminal: Terminal): Promise<string> {
  const text = new TextDecoder().decode(await readWhole(path, terminal)).trim();
  if (text.startsWith("{")) {
    throw new CommandError(
      exitCode.usage,
      `Cannot use ${path}: it is a node's list of tokens, in which no token can be read`,
    );
  }
  return checked(text, path);
}

/** @throws CommandError without a word of what was there: it may be half a token. */
function checked(text: string, where: string): string {
  if (tokenForm.test(text)) return text;
  throw new CommandError(exitCode.usage, `Cannot use ${where}: it takes a token, which begins with rondo_`);
}

function isOnThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
