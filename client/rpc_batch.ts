import * as z from "zod/mini";
import type { RondoError } from "./rondo_error.ts";
import { type Answer, badAnswer, errorOfAnswer, errorOfRpc, parseJson, rpcError } from "./server_error.ts";

/** Most calls that a node takes in one `POST /rpc`. */
export const batchCallsMax = 64;

export interface RpcCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What became of one call of a batch. */
export type RpcOutcome<T> = { readonly result: T } | { readonly error: RondoError };

const responses = z.array(z.object({
  id: z.int(),
  result: z.optional(z.unknown()),
  error: z.optional(rpcError),
}));
const refusal = z.object({ error: rpcError });

/** The batch as JSON-RPC 2.0 text; each call's id is its place. */
export function encodeBatch(calls: readonly RpcCall[]): string {
  return JSON.stringify(calls.map((call, id) => ({ jsonrpc: "2.0", id, ...call })));
}

/**
 * The outcome of each call, in the order of the calls; responses come in any.
 *
 * @throws RondoError when the batch as a whole was refused or answered out of form.
 */
export function decodeBatch<S extends z.ZodMiniType>(
  answer: Answer,
  count: number,
  result: S,
  hasEffect: boolean,
): RpcOutcome<z.output<S>>[] {
  const json = parseJson(answer.text);
  const refused = refusal.safeParse(json);
  if (refused.success) throw errorOfRpc(refused.data.error, answer, hasEffect);
  if (answer.status !== 200) throw errorOfAnswer(answer, hasEffect);
  const parsed = responses.safeParse(json);
  if (!parsed.success) throw badAnswer(answer, hasEffect, parsed.error);
  const byId = new Map(parsed.data.map((response) => [response.id, response]));
  return Array.from({ length: count }, (_, id): RpcOutcome<z.output<S>> => {
    const response = byId.get(id);
    if (response?.error !== undefined) return { error: errorOfRpc(response.error, answer, hasEffect) };
    const checked = result.safeParse(response?.result);
    return checked.success
      ? { result: checked.data }
      : { error: badAnswer(answer, hasEffect, checked.error) };
  });
}
