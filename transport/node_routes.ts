import type { Id } from "../core/id.ts";
import type { MethodName, Params, ParsedParams, Result } from "../core/protocol.ts";
import type { CallContext, NodeService } from "../core/service.ts";
import { type ContextOf, json } from "./rest_call.ts";
import { RestError } from "./rest_error.ts";
import { badRequest, readQuery } from "./rest_input.ts";
import type { Shape } from "./rest_shapes.ts";
import type { Route } from "./route.ts";

/** The methods that take nothing and tell something. */
type Question = Extract<MethodName, "node.info" | "node.fingers" | "node.peers" | "chord.neighbors">;
type Ask = <M extends Question>(method: M, params: Params<M> & ParsedParams<M>) => Promise<Result<M>>;

interface View {
  readonly name: Extract<Shape, "info" | "successors" | "predecessor" | "fingers" | "peers">;
  readonly summary: string;
  readonly show: (ask: Ask) => Promise<unknown>;
}

const views: readonly View[] = [
  { name: "info", summary: "What the node is, holds and uses", show: (ask) => ask("node.info", {}) },
  {
    name: "successors",
    summary: "The nodes after it, nearest first",
    show: async (ask) => ({ successors: (await ask("chord.neighbors", {})).successors }),
  },
  {
    name: "predecessor",
    summary: "The node before it, or null: not yet known",
    show: async (ask) => ({ predecessor: (await ask("chord.neighbors", {})).predecessor }),
  },
  { name: "fingers", summary: "Its shortcuts across the ring", show: (ask) => ask("node.fingers", {}) },
];

const peersView: View = {
  name: "peers",
  summary: "Every peer it has known, with its opinion of each",
  show: (ask) => ask("node.peers", {}),
};

/** What a node says of itself, and the same of a peer for browsers that cannot reach it. */
export function nodeRoutes(node: NodeService, contextOf: ContextOf): Route[] {
  return [
    ...[...views, peersView].map((view) => ownRoute(node, contextOf, view)),
    ...views.map((view) => relayRoute(node, contextOf, view)),
  ];
}

function ownRoute(node: NodeService, contextOf: ContextOf, { name, summary, show }: View): Route {
  return {
    method: "GET",
    path: `/api/node/${name}`,
    summary,
    answers: { 200: name },
    handle: async ({ request, query }) => {
      readQuery(query, []);
      return json(await show(askSelf(node, contextOf(request.headers))));
    },
  };
}

function relayRoute(node: NodeService, contextOf: ContextOf, { name, summary, show }: View): Route {
  return {
    method: "GET",
    path: `/api/peers/{id}/${name}`,
    summary: `${summary}; of a peer that this node knows, relayed`,
    answers: { 200: name },
    handle: async ({ request, query }, { id = "" }) => {
      readQuery(query, []);
      return json(await show(askPeer(node, readId(node, id), contextOf(request.headers))));
    },
  };
}

function askSelf(node: NodeService, context: CallContext): Ask {
  return (method, params) => node.handle(method, params, context);
}

/** Only peers already known are asked: a caller must not make the node call addresses of its choice. */
function askPeer(node: NodeService, id: Id, context: CallContext): Ask {
  if (id === node.self.id) return askSelf(node, context);
  const peer = node.knownPeer(id);
  if (peer === null) {
    throw new RestError(404, "UNKNOWN_PEER", "Cannot ask this peer: the node does not know it");
  }
  return (method, params) => node.callPeer(peer, method, params, context);
}

function readId(node: NodeService, text: string): Id {
  if (node.space.isId(text)) return text;
  throw badRequest(
    "BAD_ID",
    `Cannot read this id: it takes ${node.space.digits} lowercase hex digits below 2^${node.space.bits}`,
  );
}
