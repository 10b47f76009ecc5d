import { ChordError } from "../core/errors.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Partition } from "../core/partition.ts";
import type { Phase } from "../core/protocol.ts";
import type { CallContext, Hop, LookupResult, NodeService } from "../core/service.ts";
import { type ContextOf, json, readTarget, type RestCall } from "./rest_call.ts";
import { readQuery } from "./rest_input.ts";
import type { Route } from "./route.ts";

/** One node of a walk around the ring. */
export interface RingStop {
  readonly node: NodeRef;
  /** False when it gave no answer; the two below are then null. */
  readonly isReachable: boolean;
  readonly phase: Phase | null;
  readonly predecessor: NodeRef | null;
}

/** Goes from successor to successor, this node first. Ends with whether it came back to where it began. */
export type RingWalk = (context: CallContext) => AsyncGenerator<RingStop, boolean, undefined>;

const lookupPrefix = "/api/lookup/";

/** Looks across the ring: the way to a key, and the whole circle. */
export function ringRoutes(node: NodeService, contextOf: ContextOf, walkRing: RingWalk): Route[] {
  return [
    {
      method: "GET",
      path: "/api/lookup/{key}",
      summary: "The way to the node that is responsible for a key, hop by hop",
      answers: { 200: "lookup" },
      handle: (call) => lookUp(node, contextOf, call),
    },
    {
      method: "GET",
      path: "/api/lookup",
      summary: "The same for keys that cannot travel in a path",
      query: { key: "the key" },
      answers: { 200: "lookup" },
      handle: (call) => lookUp(node, contextOf, call),
    },
    {
      method: "GET",
      path: "/api/ring",
      summary: "The ring as this node walks it",
      answers: { 200: "ring" },
      handle: async ({ request, query }) => {
        readQuery(query, []);
        return json(await collectRing(walkRing(contextOf(request.headers))));
      },
    },
  ];
}

async function lookUp(node: NodeService, contextOf: ContextOf, call: RestCall): Promise<Response> {
  const { key } = readTarget(call, lookupPrefix, []);
  const partition = node.partitions.ofKey(key);
  const position = node.partitions.position(partition);
  const context = contextOf(call.request.headers);
  const { path, result } = await follow(node.lookup(position, context));
  return json({
    key,
    keyHash: node.space.hashId(key),
    partition,
    position,
    path: path.map(({ node: { id, url }, via, rttMs, outcome }) => ({ id, url, via, rttMs, outcome })),
    hops: result.hops,
    responsibleNode: result.owner,
    replicas: await keepersOf(partition, result, node, context),
  });
}

/** Who keeps the partition, as its owner has it; or, while that does not say, who should keep it by the ring. */
async function keepersOf(
  partition: Partition,
  { owner, successors }: LookupResult,
  node: NodeService,
  context: CallContext,
): Promise<NodeRef[]> {
  const params = { ranges: [{ first: partition, last: partition }] };
  const views = await node.callPeer(owner, "partition.views", params, context).then(
    (answer) => answer.views,
    (error) => {
      if (error instanceof ChordError) return [];
      throw error;
    },
  );
  const members = views[0]?.view.members ?? [owner, ...successors].slice(0, node.config.replicas);
  return members.map(({ id, url }) => ({ id, url }));
}

async function follow(
  lookup: AsyncGenerator<Hop, LookupResult, undefined>,
): Promise<{ path: Hop[]; result: LookupResult }> {
  const path: Hop[] = [];
  for (;;) {
    const step = await lookup.next();
    if (step.done) return { path, result: step.value };
    path.push(step.value);
  }
}

async function collectRing(walk: AsyncGenerator<RingStop, boolean, undefined>): Promise<unknown> {
  const nodes: unknown[] = [];
  for (;;) {
    const step = await walk.next();
    if (step.done) return { nodes, isClosed: step.value };
    const { node: { id, url }, ...rest } = step.value;
    nodes.push({ id, url, ...rest });
  }
}
