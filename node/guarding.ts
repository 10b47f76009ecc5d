import type { NodeRef } from "../core/node_ref.ts";
import type { Log } from "../core/ports.ts";
import { Audit } from "../transport/access/audit.ts";
import { BackOff } from "../transport/access/back_off.ts";
import { RequestRates } from "../transport/access/request_rates.ts";
import { rpcAdmission } from "../transport/access/rpc_admission.ts";
import type { SignInParts } from "../transport/access/session_routes.ts";
import { Sessions } from "../transport/access/sessions.ts";
import { Tickets } from "../transport/access/tickets.ts";
import { TokenAccess } from "../transport/access/token_access.ts";
import { TokenBook } from "../transport/access/token_book.ts";
import { closedAccess, openAccess } from "../transport/guard/access.ts";
import { Guard } from "../transport/guard/guard.ts";
import { HostList } from "../transport/guard/hosts.ts";
import type { Admit } from "../transport/rpc_endpoint.ts";
import type { RingTrust } from "../transport/trust/ring_trust.ts";
import { denoClock } from "./deno_ports.ts";
import { isLoopback, type NodeOptions } from "./node_options.ts";
import { followTokenFile } from "./token_file.ts";

export interface GuardingOptions
  extends Pick<NodeOptions, "addressRate" | "allowHost" | "host" | "tokenFile" | "tokenRate"> {
  readonly self: NodeRef;
  readonly cluster: string;
  readonly log: Log;
  /** Undefined where the ring has no secret. */
  readonly trust: RingTrust | undefined;
}

/** Who may ask this node what, and who is told of it. */
export interface Guarding {
  readonly guard: Guard;
  readonly audit: Audit;
  readonly admitRpc: Admit;
  readonly trust: RingTrust | undefined;
  /** Undefined where nobody is asked for a token. */
  readonly signIn: SignInParts | undefined;
}

/** @throws ConfigurationError when there is a token file and it cannot be used. */
export function guardingOf(options: GuardingOptions): Guarding {
  const { addressRate, allowHost, host, log, self, tokenFile, tokenRate, trust } = options;
  const hosts = new HostList([new URL(self.url).host, ...allowHost]);
  // To ask for the address of a connection takes time, and on loopback the answer is known.
  const perAddress = isLoopback(host) ? 0 : addressRate;
  const rates = new RequestRates({ perAddress, perToken: tokenRate }, denoClock.now);
  const signIn = tokenFile === null ? undefined : signInParts(tokenFile, rates, options);
  const access = signIn?.access ?? (isLoopback(host) ? openAccess : closedAccess);
  const guard = new Guard({ hosts, rates, access });
  return {
    guard,
    admitRpc: rpcAdmission(guard, trust === undefined),
    trust,
    audit: new Audit({ log, keyWrites: signIn !== undefined }),
    signIn,
  };
}

function signInParts(
  tokenFile: string,
  { noteWrong }: RequestRates,
  { cluster, log, trust }: GuardingOptions,
): SignInParts {
  const { now, wallNow } = denoClock;
  const book = new TokenBook(followTokenFile(tokenFile, log, now), wallNow);
  const sessions = new Sessions(book, wallNow);
  const tickets = new Tickets({ keys: () => trust?.keys ?? [], cluster, wallNow });
  const access = new TokenAccess({ book, sessions, tickets, onWrong: noteWrong });
  return { access, book, sessions, tickets, backOff: new BackOff(now) };
}
