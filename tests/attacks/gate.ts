import type { NodeRef } from "../../core/node_ref.ts";
import { BackOff } from "../../transport/access/back_off.ts";
import { cookieName } from "../../transport/access/cookie.ts";
import { digestOf, newToken } from "../../transport/access/credential.ts";
import { RequestRates } from "../../transport/access/request_rates.ts";
import { rpcAdmission } from "../../transport/access/rpc_admission.ts";
import { Sessions } from "../../transport/access/sessions.ts";
import { Tickets } from "../../transport/access/tickets.ts";
import { TokenAccess } from "../../transport/access/token_access.ts";
import { TokenBook } from "../../transport/access/token_book.ts";
import type { TokenRecord } from "../../transport/access/token_list.ts";
import type { Caller, Role } from "../../transport/guard/caller.ts";
import { Guard } from "../../transport/guard/guard.ts";
import { HostList } from "../../transport/guard/hosts.ts";
import type { HandlerOptions } from "../../transport/handler.ts";
import { MacKey } from "../../transport/trust/mac.ts";
import { oldSecret, trustOf } from "../transport/trust/trusted_nodes.ts";
import type { Attack } from "./attack.ts";
import { hourMs, type Target } from "./target.ts";

/** How browsers call a node that they reach through a tunnel. */
export const loopbackName = "127.0.0.1:8440";

/** Rows at a node that asks who is there. */
export type AttacksAtGate = (target: Target, gate: Gate) => readonly Attack[];

export type Shown = Readonly<Record<string, string>>;

/** What a node asks of those who come from elsewhere: tokens, sessions, tickets, signatures. Its time stands still. */
export class Gate {
  /** The node has been there for an hour. */
  readonly nowMs = Date.now();
  readonly #ringKey = new MacKey(oldSecret);
  #records: readonly TokenRecord[] = [];
  readonly #book = new TokenBook(() => this.#records, () => this.nowMs);
  readonly #sessions = new Sessions(this.#book, () => this.nowMs);

  /** @param perToken requests a second of one token; 0: as many as it likes. */
  constructor(readonly perToken = 0) {}

  /** For the node that stands behind it. */
  before({ id, url }: NodeRef): Partial<HandlerOptions> {
    const now = () => 0;
    const clock = { nowMs: this.nowMs - hourMs };
    const trust = trustOf(id, [oldSecret], clock);
    clock.nowMs = this.nowMs;
    const rates = new RequestRates({ perAddress: 0, perToken: this.perToken }, now);
    const [book, sessions, tickets] = [this.#book, this.#sessions, this.#tickets()];
    const access = new TokenAccess({ book, sessions, tickets, onWrong: rates.noteWrong });
    const guard = new Guard({ hosts: new HostList([new URL(url).host]), access, rates });
    const signIn = { access, book, sessions, tickets, backOff: new BackOff(now) };
    return { guard, admitRpc: rpcAdmission(guard, false), trust, signIn };
  }

  /** A new token, as its holder has it. @param livesMs below zero: it is over. */
  token(role: Role, name: string = role, livesMs = hourMs): string {
    const text = newToken();
    const expiresAtMs = this.nowMs + livesMs;
    const record = { name, role, sha256: digestOf(text).toHex(), createdAtMs: 0, expiresAtMs };
    this.#records = [...this.#records, record];
    return text;
  }

  revoke(name: string): void {
    this.#records = this.#records.filter((record) => record.name !== name);
  }

  /** A browser that has signed in with the token: its cookie for `host`, and what its pages know. */
  session(token: string, host: string): { readonly cookie: string; readonly csrf: string; end(): void } {
    const known = this.#book.find(token);
    if (known === null) throw new TypeError("Cannot sign in with a token that nobody knows");
    const { id, session: { csrf } } = this.#sessions.begin(known);
    return { cookie: `${cookieName(host)}=${id}`, csrf, end: () => this.#sessions.end(id) };
  }

  /** A ticket that a member of `cluster` gave some time ago. */
  ticket({ agoMs = 0, cluster = "rondo", secret = oldSecret, name = "ada" } = {}): string {
    const caller: Caller = { name, role: "admin", by: "token" };
    const issued = this.#tickets(cluster, this.nowMs - agoMs, new MacKey(secret)).issue(caller);
    return issued?.ticket ?? "";
  }

  #tickets(cluster = "rondo", nowMs = this.nowMs, key = this.#ringKey): Tickets {
    return new Tickets({ keys: () => [key], cluster, wallNow: () => nowMs });
  }
}

export function bearer(token: string): Shown {
  return { Authorization: `Bearer ${token}` };
}
