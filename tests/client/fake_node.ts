import { errorCode } from "../../core/errors.ts";

/** A request as the node saw it. */
export interface Seen {
  readonly method: string;
  /** Path and query, as they came. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly key: string; readonly value: string; readonly requestId: string };
}

type Answer = (seen: Seen) => Response | Promise<Response> | null;

/** One node of a ring of one over a real socket, as docs/protocol.md has the wire. It does what it is told to. */
export class FakeNode implements AsyncDisposable {
  readonly id = "aa".repeat(20);
  readonly seen: Seen[] = [];
  readonly values = new Map<string, { value: Uint8Array; version: string; requestId: string }>();
  /** Answers that come before the node's own, one a request; null lets the node answer. */
  readonly script: Answer[] = [];
  /** Answers to rows of a batch by key, one a request. */
  readonly rowErrors = new Map<string, object[]>();
  /** How many stores there were: a repeat of a write is none. */
  writes = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const seen = { method, path: pathname + search, headers, body: await request.bytes() };
      this.seen.push(seen);
      return await this.script.shift()?.(seen) ?? this.#answer(seen);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get node() {
    return { id: this.id, url: this.url };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(seen: Seen): Response {
    const url = new URL(seen.path, this.url);
    const [, root, group, ...rest] = url.pathname.split("/");
    const key = url.searchParams.get("key") ?? decodeURIComponent(rest.join("/"));
    if (root === "rpc") return this.#rpc(seen);
    if (root === "ready") return Response.json({ ready: true });
    if (group === "keys" && key === "") return this.#list(url.searchParams);
    if (group === "keys") return this.#key(seen, key);
    if (group === "lookup") return Response.json(this.lookup(key));
    if (group === "ring") return Response.json({ nodes: [this.ringNode()], isClosed: true });
    if (group === "node") return this.#node(rest.join("/"));
    if (group === "peers" && rest[0] === this.id) return this.#node(rest[1] ?? "");
    return refusal(404, "NOT_FOUND", "Cannot find this path");
  }

  #key({ method, headers, body }: Seen, key: string): Response {
    const held = this.values.get(key);
    if (method === "PUT") {
      const wanted = headers.get("if-match");
      if (wanted !== null && wanted !== `"${held?.version}"`) return conflict(held?.version);
      if (headers.get("if-none-match") === "*" && held !== undefined) return conflict(held.version);
      const { version } = this.#store(key, body, headers.get("idempotency-key") ?? "");
      const { node } = this;
      const answer = { success: true, key, version, owner: node, replicas: [node], expiresAt: null };
      return Response.json(answer, { status: held === undefined ? 201 : 200 });
    }
    if (method === "DELETE") {
      this.values.delete(key);
      return Response.json({ success: true, version: versionOf(++this.writes) });
    }
    if (held === undefined) return Response.json({ found: false, version: versionOf(7) }, { status: 404 });
    const value = held.value.toBase64();
    const { version } = held;
    return Response.json({ key, value, found: true, version, expiresAt: null, owner: this.node, hops: 1 });
  }

  #store(key: string, value: Uint8Array, requestId: string) {
    const held = this.values.get(key);
    if (held?.requestId === requestId) return held;
    const stored = { value, requestId, version: versionOf(++this.writes) };
    this.values.set(key, stored);
    return stored;
  }

  #rpc({ body }: Seen): Response {
    const calls = JSON.parse(new TextDecoder().decode(body)) as RpcCall[];
    const responses = calls.map(({ id, params: { key, value, requestId } }) => {
      const error = this.rowErrors.get(key)?.shift();
      if (error !== undefined) return { jsonrpc: "2.0", id, error };
      const created = !this.values.has(key);
      const { version } = this.#store(key, Uint8Array.fromBase64(value), requestId);
      const result = {
        version,
        created,
        expiresAtMs: null,
        owner: this.node,
        replicas: [this.node],
        hops: 0,
      };
      return { jsonrpc: "2.0", id, result };
    });
    return Response.json(responses.toReversed());
  }

  /** Two keys a page, so that there are pages. */
  #list(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const all = [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
    const start = Number(query.get("cursor") ?? 0);
    const keys = all.slice(start, start + 2).map((key) => ({
      key,
      size: this.values.get(key)?.value.length ?? 0,
      version: versionOf(1),
      expiresAt: "2030-01-01T00:00:00.000Z",
      role: "owner",
    }));
    const cursor = start + 2 < all.length ? String(start + 2) : null;
    return Response.json({ scope: "node", keys, cursor });
  }

  #node(what: string): Response {
    const answers: Record<string, unknown> = {
      info: this.info(),
      successors: { successors: [this.node] },
      predecessor: { predecessor: null },
      fingers: { entries: [{ index: 3, start: this.id, node: this.node }] },
      peers: { peers: [{ node: this.node, health: "alive", lastSeenMs: 5 }] },
      leave: { accepted: true },
    };
    return Response.json(answers[what]);
  }

  info() {
    return {
      ...this.node,
      cluster: "rondo",
      protocol: 1,
      bits: 160,
      hash: "sha256",
      partitions: 4096,
      replicas: 1,
      writeQuorum: 1,
      readQuorum: 1,
      incarnation: 2,
      phase: "member",
      ready: true,
      reason: null,
      keyCount: this.values.size,
      recordCount: this.values.size,
      partitionsOwned: 4096,
      partitionsHeld: 4096,
      partitionsUnsynced: 0,
      uptimeMs: 90_061_000,
      version: "0.1.0",
      cpu: 0.013,
      memory: 50 * 1024 * 1024,
    };
  }

  ringNode() {
    return { ...this.node, isReachable: true, phase: "member", predecessor: null as object | null };
  }

  lookup(key: string) {
    const other = { id: "bb".repeat(20), url: "http://127.0.0.1:9" };
    const hop = { ...this.node, via: "self", rttMs: 0, outcome: "closer" };
    return {
      key,
      keyHash: "cc".repeat(20),
      partition: 7,
      position: "cd".repeat(20),
      path: [hop, { ...other, via: "answer", rttMs: 1.25, outcome: "owner" }],
      hops: 1,
      responsibleNode: other,
      replicas: [other],
    };
  }
}

export function versionOf(number: number): string {
  return `${number.toString(16).padStart(12, "0")}.0000.${"aa".repeat(20)}`;
}

/** A REST error as nodes write it: `definite` only when it is false. */
export function refusal(
  status: number,
  code: string,
  message: string,
  { headers = {}, definite = true }: { headers?: Record<string, string>; definite?: boolean } = {},
): Response {
  const error = { code, message, requestId: "r1", ...(definite ? {} : { definite }) };
  return Response.json({ error }, { status, headers });
}

function conflict(version: string | undefined): Response {
  return refusal(412, "VERSION_CONFLICT", `Cannot write: the key is at version ${version ?? "none"}`);
}

export function rpcFailure(name: keyof typeof errorCode, definite: boolean): object {
  return { code: errorCode[name], message: `Cannot do it: ${name}`, data: { definite } };
}

/** An address of this machine where nobody listens. */
export function deadUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}
