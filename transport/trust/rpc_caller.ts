import { ForbiddenError } from "../../core/errors.ts";
import { isMethodName, type MethodName } from "../../core/protocol.ts";
import { includesRole, type Role } from "../../core/role.ts";

/** Who makes a call of `/rpc`, as far as it has shown. */
export type RpcCaller =
  /** The node has no secret and listens on loopback: whoever gets there may do all. */
  | { readonly kind: "anyone" }
  /** A member, by its signature; `isAddressed` when it knew whom it called. */
  | { readonly kind: "peer"; readonly id: string; readonly isAddressed: boolean }
  /** Somebody with a token, known by the token's name. */
  | { readonly kind: "client"; readonly role: Role; readonly name: string };

/** What each method asks of a client; `peer`: it is between nodes, and no token opens it. */
const needs: Readonly<Record<MethodName, Role | "peer">> = {
  // What pages and `verify` walk the ring with. It tells nothing that `/api/ring` does not.
  "chord.ping": "read",
  "chord.neighbors": "read",
  "chord.lookupStep": "read",
  "partition.views": "read",
  "partition.digest": "read",
  "chord.probe": "peer",
  "chord.notify": "peer",
  "chord.leave": "peer",
  "chord.restarting": "peer",
  "partition.learn": "peer",
  "partition.prepare": "peer",
  "partition.accept": "peer",
  "partition.compare": "peer",
  "partition.push": "peer",
  "partition.confirm": "peer",
  "replica.read": "peer",
  "replica.write": "peer",
  "replica.reserve": "peer",
  "kv.get": "read",
  "kv.list": "read",
  "kv.put": "write",
  "kv.delete": "write",
  "node.info": "read",
  "node.fingers": "read",
  "node.peers": "read",
  "node.status": "read",
  "node.forget": "operator",
};

/** Parameters that only one node says to another: with them a call is between nodes, whatever its method. */
const betweenNodes = ["forwarded", "version", "instead", "attempt", "passedOn"] as const;

/** All that may be asked of a node by one who does not know its id yet: the first call of a joiner. */
const unaddressed: MethodName = "node.info";

/** @throws ForbiddenError when the caller may not make this call. */
export function checkMay(caller: RpcCaller, method: string, params: unknown): void {
  if (caller.kind === "anyone") return;
  const isAllowed = caller.kind === "peer"
    ? caller.isAddressed || method === unaddressed
    : mayClient(caller.role, method, params);
  if (!isAllowed) {
    throw new ForbiddenError(`Cannot call ${method}: it is not for this caller`);
  }
}

/** A command of a client in the words of the audit; null for what only asks. Names a key, never its value. */
export function commandOf(method: string, params: unknown): string | null {
  if (!isMethodName(method) || needs[method] === "read") return null;
  const { key, id } = params as { readonly key?: unknown; readonly id?: unknown };
  const object = [key, id].find((name) => typeof name === "string");
  return object === undefined ? method : `${method} ${object}`;
}

function mayClient(role: Role, method: string, params: unknown): boolean {
  // What is not of the protocol only describes it.
  if (!isMethodName(method)) return true;
  const need = needs[method];
  return need !== "peer" && includesRole(role, need) && !isBetweenNodes(method, params);
}

function isBetweenNodes(method: MethodName, params: unknown): boolean {
  if (!method.startsWith("kv.") && method !== "node.forget") return false;
  const given = params as Readonly<Record<string, unknown>>;
  return betweenNodes.some((name) => given[name] !== undefined && given[name] !== false);
}
