import { Audit } from "../../../transport/access/audit.ts";
import { BackOff } from "../../../transport/access/back_off.ts";
import { digestOf, newToken } from "../../../transport/access/credential.ts";
import { RequestRates } from "../../../transport/access/request_rates.ts";
import { rpcAdmission } from "../../../transport/access/rpc_admission.ts";
import type { SignInParts } from "../../../transport/access/session_routes.ts";
import { Sessions } from "../../../transport/access/sessions.ts";
import { Tickets } from "../../../transport/access/tickets.ts";
import { TokenAccess } from "../../../transport/access/token_access.ts";
import { TokenBook } from "../../../transport/access/token_book.ts";
import type { TokenRecord } from "../../../transport/access/token_list.ts";
import type { Role } from "../../../transport/guard/caller.ts";
import { Guard } from "../../../transport/guard/guard.ts";
import { HostList } from "../../../transport/guard/hosts.ts";
import { createHandler, type HandlerOptions } from "../../../transport/handler.ts";
import type { MacKey } from "../../../transport/trust/mac.ts";
import { FakeNode } from "../fake_node.ts";

export const host = "127.0.0.1:8440";
const startMs = 1_700_000_000_000;

/** A line of the log. */
export interface Said {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A node that asks for tokens, at a time that a test sets. */
export class GuardedNode {
  readonly node = new FakeNode();
  nowMs = 0;
  records: readonly TokenRecord[] = [];
  ringKeys: readonly MacKey[] = [];
  readonly log: Said[] = [];
  readonly parts: SignInParts;
  readonly guard: Guard;
  readonly #answer: ReturnType<typeof createHandler>;

  constructor(
    { perToken = 0, perAddress = 0, ...options }: {
      readonly perToken?: number;
      readonly perAddress?: number;
    } & Partial<HandlerOptions> = {},
  ) {
    const now = () => this.nowMs;
    const wallNow = () => startMs + this.nowMs;
    const rates = new RequestRates({ perToken, perAddress }, now);
    const book = new TokenBook(() => this.records, wallNow);
    const sessions = new Sessions(book, wallNow);
    const tickets = new Tickets({ keys: () => this.ringKeys, cluster: "rondo", wallNow });
    const access = new TokenAccess({ book, sessions, tickets, onWrong: rates.noteWrong });
    this.parts = { access, book, sessions, tickets, backOff: new BackOff(now) };
    const log: HandlerOptions["log"] = (level, event, fields = {}) =>
      void this.log.push({ level, event, fields });
    const guard = this.guard = new Guard({ hosts: new HostList(["rondo.example"]), access, rates });
    this.#answer = createHandler(this.node, {
      log,
      onLeave: () => {},
      guard,
      admitRpc: rpcAdmission(guard, true),
      audit: new Audit({ log, keyWrites: true }),
      signIn: this.parts,
      ...options,
    });
  }

  /** Makes a token, and gives its text. */
  token(role: Role, name: string = role, livesMs: number | null = null): string {
    const text = newToken();
    const createdAtMs = startMs + this.nowMs;
    const expiresAtMs = livesMs === null ? null : createdAtMs + livesMs;
    const sha256 = digestOf(text).toHex();
    this.records = [...this.records, { name, role, sha256, createdAtMs, expiresAtMs }];
    return text;
  }

  revoke(name: string): void {
    this.records = this.records.filter((record) => record.name !== name);
  }

  /** What a client at `address` gets; headers that browsers set themselves can be set here too. */
  async ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    { body = null, address = "127.0.0.1", name = host }: Asking = {},
  ): Promise<Response> {
    const request = new Request(`http://${name}${path}`, { method, body });
    const all = new Headers({ host: name, "content-type": "application/json", ...headers });
    Object.defineProperty(request, "headers", { value: all });
    const remoteAddr = { transport: "tcp", hostname: address, port: 50_000 } as const;
    return await this.#answer(request, { remoteAddr });
  }

  async status(...asked: Parameters<GuardedNode["ask"]>): Promise<number> {
    const response = await this.ask(...asked);
    await response.body?.cancel();
    return response.status;
  }

  /** Signs a browser in: its cookie, and what its pages know. */
  async signIn(token: string, asking: Asking = {}): Promise<{ cookie: string; csrf: string }> {
    const response = await this.ask("POST", "/api/session", {}, {
      ...asking,
      body: JSON.stringify({ token }),
    });
    const { csrf } = await response.json();
    const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
    return { cookie, csrf };
  }
}

export interface Asking {
  readonly body?: string | null;
  readonly address?: string;
  /** What the client calls the node. */
  readonly name?: string;
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
