import type { Fetch } from "../../client/mod.ts";
import { IdSpace } from "../../core/id.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import { infoOf } from "../core/node_info.ts";

/** A ring that answers a page's questions, over a network with walls. */

const space = new IdSpace(160);

export const ownUrl = "http://page.test";

export class FakeRing {
  /** In ring order. The page comes from the first. */
  readonly nodes: NodeRef[];
  /** Nodes that a browser cannot reach. */
  readonly walled = new Set<string>();
  /** Nodes that answer nobody. */
  readonly dead = new Set<string>();
  /** What the first node thinks of others, where it does not take them for alive. */
  readonly health = new Map<string, string>();
  /** `GET http://...` of every request. */
  readonly asked: string[] = [];
  readonly changes = new Map<string, Record<string, unknown>>();

  constructor(count: number) {
    this.nodes = Array.from({ length: count }, (_, i) => {
      const url = `http://n${i}.test`;
      return { id: space.hashId(url), url };
    }).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  at(place: number): NodeRef {
    const node = this.nodes.at(place % this.nodes.length);
    if (node === undefined) throw new RangeError("Cannot find a node in an empty ring");
    return node;
  }

  readonly fetch: Fetch = (url) => {
    this.asked.push(url);
    const { origin, pathname } = new URL(url);
    const relayed = /^\/api\/peers\/([0-9a-f]+)\/(\w+)$/.exec(pathname);
    const asked = origin === ownUrl ? this.at(0) : this.nodes.find((node) => node.url === origin);
    if (asked === undefined || this.dead.has(asked.id)) return Promise.reject(new TypeError("refused"));
    if (origin !== ownUrl && this.walled.has(asked.id)) return Promise.reject(new TypeError("no CORS"));
    const node = relayed === null ? asked : this.nodes.find(({ id }) => id === relayed[1]);
    if (node === undefined) return Promise.resolve(errorAnswer(404, "UNKNOWN_PEER"));
    if (this.dead.has(node.id)) return Promise.resolve(errorAnswer(503, "UNAVAILABLE"));
    return Promise.resolve(Response.json(this.#tell(node, relayed?.[2] ?? pathname.split("/")[3] ?? "")));
  };

  #tell(node: NodeRef, what: string): unknown {
    const place = this.nodes.indexOf(node);
    const isAlone = this.nodes.length === 1;
    switch (what) {
      case "info":
        return { ...infoOf({ ...node, bits: space.bits }), ...this.changes.get(node.id) };
      case "successors":
        return {
          successors: isAlone ? [] : [1, 2, 3].map((by) => this.at(place + by)).filter((n) => n !== node),
        };
      case "predecessor":
        return { predecessor: isAlone ? null : this.at(place - 1 + this.nodes.length) };
      case "peers":
        return { peers: this.nodes.slice(1).map((peer) => this.#opinion(peer)) };
      default:
        throw new RangeError(`Cannot tell ${what}`);
    }
  }

  #opinion(node: NodeRef) {
    return { node, health: this.health.get(node.id) ?? "alive", lastSeenMs: 500 };
  }
}

function errorAnswer(status: number, code: string): Response {
  return Response.json({ error: { code, message: "Cannot do this", requestId: "1" } }, { status });
}
