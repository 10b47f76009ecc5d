import { header } from "../deadline.ts";
import type { Guard } from "../guard/guard.ts";
import type { RestCall } from "../rest_call.ts";
import type { Admit } from "../rpc_endpoint.ts";

/**
 * Says who sends a request to `/rpc` that no node has signed.
 *
 * @param isTrusting the ring has no secret: its nodes are on one machine, and believe that they are nodes. A token
 * then keeps people apart, but no program of that machine that poses as a node.
 */
export function rpcAdmission(guard: Guard, isTrusting: boolean): Admit {
  return (call: RestCall) => {
    if (looksLikeNode(call.request.headers)) return isTrusting ? { kind: "anyone" } : null;
    const caller = guard.admit(call, "read");
    if (caller === null) return null;
    const { by, name, role } = caller;
    return isTrusting && by === "anyone" ? { kind: "anyone" } : { kind: "client", name, role };
  };
}

/** Nodes say who they are, which no page of another site can do, and show nothing that people show. */
function looksLikeNode(headers: Headers): boolean {
  return headers.has(header.from) &&
    !["authorization", "cookie", "origin", "sec-fetch-site"].some((name) => headers.has(name));
}
