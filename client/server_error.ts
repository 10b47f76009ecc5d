import * as z from "zod/mini";
import { errorCode } from "../core/errors.ts";
import { clientErrorCode, RondoError } from "./rondo_error.ts";

/** A node's answer over HTTP, before anyone has judged it. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const restError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.optional(z.string()),
    /** False: the request may have taken effect. */
    definite: z._default(z.boolean(), true),
  }),
});

export const rpcError = z.object({
  code: z.int(),
  message: z.string(),
  /** `rpcErrorData` from a node, anything from others. */
  data: z.optional(z.unknown()),
});

const rpcErrorData = z.object({
  definite: z.optional(z.boolean()),
  reason: z.optional(z.string()),
  requestId: z.optional(z.string()),
  retryAfterMs: z.optional(z.number().check(z.minimum(0))),
});

/** Undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The error in an answer that is not a success. `hasEffect`: the request was a write. */
export function errorOfAnswer(answer: Answer, hasEffect: boolean): RondoError {
  const said = restError.safeParse(parseJson(answer.text)).data?.error;
  const code = said?.code ?? `HTTP_${answer.status}`;
  // A proxy's 5xx leaves open whether a node ever saw the request.
  const definite = said?.definite ?? answer.status < 500;
  return new RondoError(code, said?.message ?? `Cannot read the answer of ${answer.url}: it is no node's`, {
    status: answer.status,
    requestId: said?.requestId ?? answer.headers.get("x-request-id"),
    definite: definite || !hasEffect,
    retryAfterMs: retryAfterMs(answer.headers),
    url: answer.url,
  });
}

/** The error member of a JSON-RPC response. Without a word on definiteness the worse is assumed. */
export function errorOfRpc(error: z.output<typeof rpcError>, answer: Answer, hasEffect: boolean): RondoError {
  const data = rpcErrorData.safeParse(error.data).data;
  const isUncertain = data?.reason === "uncertain";
  const code = isUncertain ? "UNCERTAIN" : rpcCodeNames.get(error.code) ?? `RPC_${error.code}`;
  return new RondoError(code, error.message, {
    status: answer.status,
    requestId: data?.requestId ?? answer.headers.get("x-request-id"),
    definite: (data?.definite ?? isRefusedByForm(error.code)) || !hasEffect,
    retryAfterMs: data?.retryAfterMs ?? null,
    url: answer.url,
  });
}

export function badAnswer(answer: Answer, hasEffect: boolean, cause?: unknown): RondoError {
  return new RondoError(
    clientErrorCode.badAnswer,
    `Cannot read the answer of ${answer.url}: it is not what a Rondo node says`,
    { status: answer.status, definite: !hasEffect, url: answer.url, cause },
  );
}

/** JSON-RPC's own errors but `internal` are found before the method runs. */
function isRefusedByForm(code: number): boolean {
  return code <= errorCode.invalidRequest && code >= errorCode.parse && code !== errorCode.internal;
}

/** `UNAVAILABLE` for -32000: one vocabulary, whichever way the error came. */
const rpcCodeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(errorCode).map(([name, code]) => [code, name.replace(/[A-Z]/g, "_$&").toUpperCase()]),
);

/** Only the form in seconds; our nodes send no other. */
function retryAfterMs(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
