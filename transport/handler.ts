import type { Log } from "../core/ports.ts";
import type { NodeService } from "../core/service.ts";
import type { Audit } from "./access/audit.ts";
import { sessionRoutes, type SignInParts } from "./access/session_routes.ts";
import { type ControlOptions, controlRoutes } from "./control_routes.ts";
import { answerPreflight, shareWithMembers } from "./cors.ts";
import { readTimeoutMs } from "./deadline.ts";
import { exportRoute } from "./export_route.ts";
import { checkCanonical, type Guard, isMutation } from "./guard/guard.ts";
import { LoadGate } from "./guard/load.ts";
import { importRoutes } from "./import_route.ts";
import { rpcBodyBytesMax } from "./json_rpc.ts";
import { keyDescriptions } from "./key_descriptions.ts";
import { keyPageRoute } from "./key_page.ts";
import { keyPrefix, KeyRoutes, type Peek } from "./key_routes.ts";
import { type LiveParts, liveRoutes } from "./live_routes.ts";
import { MeasuredNode } from "./measures/measured_node.ts";
import { maintenanceRoutes, type OperatorParts } from "./maintenance_routes.ts";
import { type Measures, timed } from "./measures/measures.ts";
import { metricsRoute } from "./metrics_route.ts";
import { nodeRegistry } from "./method_registry.ts";
import { nodeRoutes } from "./node_routes.ts";
import { openApiDocument } from "./open_api.ts";
import { createRestApp, type Pages } from "./rest_app.ts";
import {
  type Connection,
  type ContextOf,
  guarded,
  isTooLong,
  json,
  readCall,
  type RestCall,
} from "./rest_call.ts";
import { errorResponse, uriTooLong } from "./rest_error.ts";
import { ringRoutes, type RingWalk } from "./ring_routes.ts";
import { walkByNeighbors } from "./ring_walk.ts";
import type { Route } from "./route.ts";
import { type Admit, answerRpc } from "./rpc_endpoint.ts";
import { RpcServer } from "./rpc_server.ts";
import type { RingTrust } from "./trust/ring_trust.ts";

export interface HandlerOptions extends ControlOptions {
  readonly log: Log;
  /** How much is done at a time; by default as much as `loadLimits` says. */
  readonly load?: LoadGate | undefined;
  /** How often the node did not call an address that no peer may be at. */
  readonly dialsRefused?: () => number;
  /** Answers reads of keys that are in memory here; without it every read goes through the node. */
  readonly peek?: Peek | undefined;
  /** Goes around the ring for `/api/ring`; by default from successor list to successor list. */
  readonly walkRing?: RingWalk | undefined;
  /** What can be watched; without it there is no `/api/ws`, and nothing is measured. */
  readonly live?: LiveParts | undefined;
  /** Settings and upkeep; without them there are no paths for either. */
  readonly operator?: OperatorParts | undefined;
  /** The ring's secret, where it has one: then `/rpc` is for its nodes, and for whom `admitRpc` lets in. */
  readonly trust?: RingTrust | undefined;
  readonly admitRpc?: Admit | undefined;
  /** The console: has every path that is not of the interface. Without it those are not found. */
  readonly pages?: Pages | undefined;
  /** Decides who may do what; without one everybody may do everything. */
  readonly guard?: Guard | undefined;
  /** How browsers sign in; without it there are no paths for that. */
  readonly signIn?: SignInParts | undefined;
  /** Told of every command. */
  readonly audit?: Audit | undefined;
}

/** Answers one HTTP request. Never throws and never rejects. */
export type Handler = (request: Request, connection?: Connection) => Response | Promise<Response>;

/**
 * Everything a node says over HTTP.
 *
 * `/rpc` and single keys are told apart by text and answered at once; the router and what may one day stand before it
 * would cost them most of their speed.
 */
export function createHandler(service: NodeService, options: HandlerOptions): Handler {
  const { guard, log, live } = options;
  const node = live === undefined ? service : new MeasuredNode(service, live.measures);
  const { clientTimeoutMs, valueBytesMax, cluster } = node.config;
  const contextOf: ContextOf = (headers) => ({ timeoutMs: readTimeoutMs(headers, clientTimeoutMs) });
  const peek = countedPeek(options.peek, live?.measures);
  const keys = new KeyRoutes({ node, contextOf, peek, guard });
  const load = options.load ?? new LoadGate();
  const rest = createRestApp(restRoutes(node, contextOf, keys, { ...options, load }), options);
  const explain = (error: unknown) => errorResponse(error, log);
  const enter = guard === undefined
    ? ({ path }: RestCall) => checkCanonical(path)
    : (call: RestCall) => guard.enter(call);
  const rpc = {
    enter,
    server: new RpcServer(nodeRegistry(node), log),
    cluster,
    self: node.self.id,
    timeoutMsMax: clientTimeoutMs,
    bodyBytesMax: rpcBodyBytesMax(valueBytesMax),
    trust: options.trust,
    admit: options.admitRpc,
    audit: options.audit,
  };
  const noted = notedBy(options.audit);
  const answer = (call: RestCall) =>
    isTooLong(call) ? explain(uriTooLong()) : load.admit(call, answerAdmitted);
  const answerAdmitted = (call: RestCall) => {
    const { path, request } = call;
    if (path === "/rpc") return guarded(request, () => answerRpc(call, rpc), explain);
    const within = (work: () => Response | Promise<Response>) =>
      guarded(request, () => {
        enter(call);
        return work();
      }, explain);
    if (namesOneKey(call)) return noted(call, within(() => keys.answer(call)));
    const answered = within(() => answerPreflight(node, call) ?? rest(call));
    return shareWithMembers(node, call, noted(call, answered));
  };
  if (live === undefined) return (request, connection) => answer(readCall(request, connection));
  return (request, connection) => {
    const call = readCall(request, connection);
    return timed(live.measures, call.path === "/rpc" ? "rpc" : "rest", () => answer(call));
  };
}

/** Commands are noted when they are answered; to questions this adds nothing. */
function notedBy(audit: Audit | undefined) {
  return (call: RestCall, answer: Response | Promise<Response>): Response | Promise<Response> => {
    if (audit === undefined || !isMutation(call.request)) return answer;
    return answer instanceof Response
      ? audit.noteRest(call, answer)
      : answer.then((response) => audit.noteRest(call, response));
  };
}

/** A read from memory asks no other node. */
function countedPeek(peek: Peek | undefined, measures: Measures | undefined): Peek | undefined {
  if (peek === undefined || measures === undefined) return peek;
  return (key) => {
    const found = peek(key);
    if (found !== undefined) measures.arrived(0);
    return found;
  };
}

function namesOneKey({ path, query }: RestCall): boolean {
  return path.startsWith(keyPrefix) || (path === "/api/keys" && /(^|&)key=/.test(query));
}

function restRoutes(
  node: NodeService,
  contextOf: ContextOf,
  keys: KeyRoutes,
  options: HandlerOptions & { readonly load: LoadGate },
): readonly Route[] {
  const walkRing = options.walkRing ?? ((context) => walkByNeighbors(node, context));
  const routes: Route[] = [
    keyPageRoute(node, contextOf),
    {
      method: "POST",
      path: "/api/keys",
      summary: "Stores a value; PUT for those who would rather send JSON",
      answers: { 200: "written", 201: "written" },
      handle: (call) => keys.create(call),
    },
    ...importRoutes(node, contextOf, options),
    exportRoute(node, options),
    ...nodeRoutes(node, contextOf),
    ...ringRoutes(node, contextOf, walkRing),
    ...controlRoutes(node, contextOf, options),
    ...(options.signIn === undefined ? [] : sessionRoutes(options.signIn)),
    ...(options.operator === undefined ? [] : maintenanceRoutes(options.operator)),
    ...(options.live === undefined ? [] : [
      ...liveRoutes(node, options.live),
      metricsRoute(node, contextOf, { dialsRefused: () => 0, ...options.live, ...options }),
    ]),
  ];
  const document = openApiRoute(() => openApiDocument([...keyDescriptions, ...routes, document]));
  return [...routes, document];
}

function openApiRoute(make: () => unknown): Route {
  return {
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    answers: { 200: "document" },
    handle: () => json(make()),
  };
}
