import * as z from "zod";
import { type MethodName, methods, type ParsedParams } from "../core/protocol.ts";
import type { CallContext, NodeService } from "../core/service.ts";
import type { ParamIssue, RpcRequest } from "./json_rpc.ts";
import { type JsonObject, openRpcDocument } from "./open_rpc.ts";
import { issuesOf } from "./param_issues.ts";

/** One callable method. What `call` is given was parsed by `params`; what it gives is checked by `result`. */
export interface RpcMethod {
  readonly params: z.core.$ZodType;
  readonly result: z.core.$ZodType;
  readonly call: (params: unknown, context: CallContext) => unknown;
}

/** A Map, not an object: `constructor` and `__proto__` are no methods. */
export type MethodRegistry = ReadonlyMap<string, RpcMethod>;

/** Joins a schema and a handler that takes what the schema makes. */
export function rpcMethod<P extends z.core.$ZodType>(
  params: P,
  result: z.core.$ZodType,
  call: (params: z.output<P>, context: CallContext) => unknown,
): RpcMethod {
  return { params, result, call: (parsed, context) => call(parsed as z.output<P>, context) };
}

/** Every method of the protocol, served by `node`, and the document that describes them. */
export function nodeRegistry(node: NodeService): MethodRegistry {
  const registry = new Map<string, RpcMethod>();
  for (const name of Object.keys(methods) as MethodName[]) registry.set(name, served(node, name));
  registry.set("rpc.discover", discovery());
  return registry;
}

/** The document takes milliseconds to make, so it is made once, and only when somebody asks. */
function discovery(): RpcMethod {
  let document: JsonObject | undefined;
  return rpcMethod(z.strictObject({}), z.looseObject({}), () => document ??= openRpcDocument());
}

function served<M extends MethodName>(node: NodeService, name: M): RpcMethod {
  const { params, result } = methods[name];
  return { params, result, call: (parsed, context) => node.handle(name, parsed as ParsedParams<M>, context) };
}

export type Parsed = { readonly ok: true; readonly params: unknown } | {
  readonly ok: false;
  readonly issues: readonly ParamIssue[];
};

/** Checks the parameters of a request, named or positional, against a method's schema. */
export function parseParams(schema: z.core.$ZodType, params: RpcRequest["params"]): Parsed {
  const named = Array.isArray(params) ? byPosition(schema, params) : params ?? emptyFor(schema);
  if (named === null) return { ok: false, issues: [{ path: "", message: "Too many positional parameters" }] };
  const parsed = z.safeParse(schema, named);
  return parsed.success ? { ok: true, params: parsed.data } : { ok: false, issues: issuesOf(parsed.error) };
}

/** Positional parameters stand in the order of the schema's members; null when there are more than members. */
function byPosition(schema: z.core.$ZodType, values: readonly unknown[]): unknown {
  if (!(schema instanceof z.core.$ZodObject)) return values;
  const names = Object.keys(schema._zod.def.shape);
  if (values.length > names.length) return null;
  return Object.fromEntries(values.map((value, position) => [names[position], value]));
}

function emptyFor(schema: z.core.$ZodType): unknown {
  return schema instanceof z.core.$ZodObject ? {} : [];
}
