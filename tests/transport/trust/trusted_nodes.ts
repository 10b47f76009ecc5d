import { digest } from "../../../node/secret_file.ts";
import { header } from "../../../transport/deadline.ts";
import type { HandlerOptions } from "../../../transport/handler.ts";
import { RingTrust, type SignedRequest } from "../../../transport/trust/ring_trust.ts";
import { signatureHeader } from "../../../transport/trust/signed_text.ts";
import { type Asked, FakeNode, nodeAt, served } from "../fake_node.ts";

export const oldSecret = "o".repeat(43);
export const newSecret = "n".repeat(43);
export const otherSecret = "x".repeat(43);

export const self = nodeAt(8440);
export const friend = nodeAt(8441);

/** A wall clock that stands still until it is set. */
export interface TestClock {
  nowMs: number;
}

export const noon: TestClock = { nowMs: 1_790_000_000_000 };

export function trustOf(
  id: string,
  secrets: readonly string[] = [oldSecret],
  clock: TestClock = noon,
): RingTrust {
  return new RingTrust({ self: id, secrets, digest, wallNow: () => clock.nowMs });
}

export const ping = `{"jsonrpc":"2.0","method":"chord.ping","id":1}`;

/** A request as it is about to be sent, for a test to spoil. */
export interface Outgoing {
  readonly headers: Record<string, string>;
  body: string;
  readonly signed: SignedRequest;
}

/** What `from` signs for `to`, with its first secret. */
export function outgoing(
  trust: RingTrust,
  body = ping,
  { from = friend.id as string, to = self.id as string } = {},
): Outgoing {
  const key = trust.keys[0];
  if (key === undefined) throw new TypeError("Cannot sign without a secret");
  const signed = trust.sign(to, body, key);
  const headers = {
    "content-type": "application/json",
    [header.from]: from,
    ...(to === "" ? {} : { [header.to]: to }),
    [signatureHeader]: signed.signature,
  };
  return { headers, body, signed };
}

/** A node with a secret, and how to send it something. */
export function guarded(
  options: Partial<HandlerOptions> = {},
  trust: RingTrust | undefined = trustOf(self.id),
) {
  const node = new FakeNode({}, self);
  node.answers["chord.ping"] = () => ({ id: self.id, incarnation: 3, phase: "member" });
  const ask = served(node, { trust, ...options });
  const send = ({ headers, body }: Pick<Outgoing, "headers" | "body">): Promise<Asked> =>
    ask("POST", "/rpc", { headers, body });
  return { node, send, ask };
}
