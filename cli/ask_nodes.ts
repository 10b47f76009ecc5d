import { isTransient, type RondoClient, RondoError } from "../client/mod.ts";
import type { Ask } from "../core/check/ask.ts";
import { ChordError, errorCode } from "../core/errors.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { CommandContext } from "./command_context.ts";
import { CommandError, exitCode } from "./exit_code.ts";
import { lineOf } from "./failure.ts";

/** A node that answers, and the way to ask it and all others. */
export interface Contact {
  readonly start: NodeRef;
  readonly ask: Ask;
}

/**
 * The first node of `--url` that answers. It is asked where it was found, all others at the addresses that nodes
 * know them by.
 *
 * @throws CommandError (69) when none answers.
 */
export async function contactOf(context: CommandContext): Promise<Contact> {
  let silence: RondoError | null = null;
  for (const url of context.client.urls) {
    const client = context.clientOf(url);
    try {
      const { id, url: address } = await client.info();
      return { start: { id, url: address }, ask: askFrom(context, new Map([[id, client]])) };
    } catch (error) {
      if (!(error instanceof RondoError) || !isSilence(error)) throw error;
      silence = error;
    }
  }
  throw new CommandError(exitCode.unreachable, silence === null ? "Cannot reach any node" : lineOf(silence), {
    cause: silence,
  });
}

/** Nobody said anything; an error that a node sent is an answer. */
function isSilence(error: RondoError): boolean {
  return error.status === null && isTransient(error);
}

function askFrom(context: CommandContext, clients: Map<string, RondoClient>): Ask {
  return async (node, method, params) => {
    try {
      return await clientFor(node, context, clients).rpc(method, params);
    } catch (cause) {
      if (!(cause instanceof RondoError)) throw cause;
      throw new ChordError(errorCode.unavailable, cause.message, { reason: cause.code }, { cause });
    }
  };
}

/** @throws ChordError for an address that is none: it is another node's word, not our user's. */
function clientFor(
  { id, url }: NodeRef,
  context: CommandContext,
  clients: Map<string, RondoClient>,
): RondoClient {
  const known = clients.get(id);
  if (known !== undefined) return known;
  if (!URL.canParse(url)) {
    throw new ChordError(errorCode.unavailable, `Cannot ask ${id}: "${url.slice(0, 64)}" is no address`);
  }
  const client = context.clientOf(url);
  clients.set(id, client);
  return client;
}
