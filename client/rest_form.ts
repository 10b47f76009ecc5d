import type * as z from "zod/mini";
import { newRequestId } from "./request_id.ts";
import { type Answer, badAnswer, errorOfAnswer, parseJson } from "./server_error.ts";

/** How requests and answers are written in REST. */

export interface WriteOptions {
  /** Write only if the key is at this version. */
  readonly ifVersion?: string;
  /** Write only if the key does not exist. */
  readonly ifAbsent?: boolean;
  /** Names the write, so that a repeat of it by the caller is the same write. The client makes one up else. */
  readonly idempotencyKey?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface PeerOptions extends CallOptions {
  /** Id of a peer that the asked node knows; it passes the question on. */
  readonly peer?: string;
}

export function writeHeaders({ ifVersion, ifAbsent, idempotencyKey }: WriteOptions): Record<string, string> {
  return {
    "idempotency-key": idempotencyKey ?? newRequestId(),
    ...(ifVersion === undefined ? {} : { "if-match": `"${ifVersion}"` }),
    ...(ifAbsent === true ? { "if-none-match": "*" } : {}),
  };
}

export function nodePath(what: string, { peer }: PeerOptions): string {
  return peer === undefined ? `/api/node/${what}` : `/api/peers/${encodeURIComponent(peer)}/${what}`;
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** @throws RondoError when the answer is an error, or has another shape. */
export function readAs<S extends z.ZodMiniType>(answer: Answer, shape: S, hasEffect: boolean): z.output<S> {
  if (!isSuccess(answer)) throw errorOfAnswer(answer, hasEffect);
  const parsed = shape.safeParse(parseJson(answer.text));
  if (!parsed.success) throw badAnswer(answer, hasEffect, parsed.error);
  return parsed.data;
}
