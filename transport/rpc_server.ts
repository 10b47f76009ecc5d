import * as z from "zod";
import { ChordError, errorCode } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import type { CallContext } from "../core/service.ts";
import { JsonBoundsError } from "./guard/json_bounds.ts";
import {
  batchFullReason,
  batchMax,
  invalidParams,
  invalidRequest,
  methodNotFound,
  parseError,
  parseJson,
  readRequest,
  type RpcErrorObject,
  type RpcId,
  type RpcRequest,
  toErrorObject,
  writeError,
  writeResult,
} from "./json_rpc.ts";
import { type MethodRegistry, parseParams, type RpcMethod } from "./method_registry.ts";
import { checkMay, commandOf, type RpcCaller } from "./trust/rpc_caller.ts";

/** An answer up to this long always travels: 64 of them stay far below what a client reads (16 MiB). */
const smallAnswerChars = 64 * 1024;

/** What the longer answers of one batch may come to. The first of them always travels. */
const longAnswersCharsMax = 8 * 1024 * 1024;

/** A request as it came in, and from whom. */
export interface RpcContext extends CallContext {
  readonly caller: RpcCaller;
  /** Told of every command before it is done, or refused. */
  readonly onCommand?: ((command: string, isRefused: boolean) => void) | undefined;
}

interface Answer {
  readonly id: RpcId;
  readonly text: string;
}

/** Answers JSON-RPC 2.0 messages from a registry of methods. Knows nothing of HTTP. */
export class RpcServer {
  constructor(
    readonly registry: MethodRegistry,
    readonly log: Log,
    readonly newRequestId: () => string = () => crypto.randomUUID(),
  ) {}

  /** The text to send back; null when there is nothing to answer. Never throws. */
  async answer(body: Uint8Array, context: RpcContext): Promise<string | null> {
    let message: unknown;
    try {
      message = parseJson(body);
    } catch (error) {
      return writeError(null, error instanceof JsonBoundsError ? invalidRequest : parseError);
    }
    if (Array.isArray(message)) return await this.#answerBatch(message, context);
    return (await this.#answerOne(message, context))?.text ?? null;
  }

  /** The members run at the same time: the slowest decides how long the batch takes, not their sum. */
  async #answerBatch(members: readonly unknown[], context: RpcContext): Promise<string | null> {
    if (members.length === 0) return writeError(null, invalidRequest);
    if (members.length > batchMax) {
      return writeError(null, { ...invalidRequest, data: { maxBatch: batchMax } });
    }
    const answers = await Promise.all(members.map((member) => this.#answerOne(member, context)));
    const texts = withinBounds(answers.filter((answer) => answer !== null));
    return texts.length === 0 ? null : `[${texts.join(",")}]`;
  }

  async #answerOne(value: unknown, context: RpcContext): Promise<Answer | null> {
    const request = readRequest(value);
    if (request === null) return { id: null, text: writeError(null, invalidRequest) };
    const { id } = request;
    const outcome = await this.#run(request, context);
    if (id === undefined) {
      if (outcome.error !== undefined) this.#logLostError(request.method, outcome.error);
      return null;
    }
    return { id, text: outcome.error ? writeError(id, outcome.error) : writeResult(id, outcome.result) };
  }

  async #run(request: RpcRequest, context: RpcContext): Promise<Outcome> {
    const method = this.registry.get(request.method);
    if (method === undefined) return { error: methodNotFound };
    const parsed = parseParams(method.params, request.params);
    if (!parsed.ok) return { error: invalidParams(parsed.issues) };
    try {
      admit(request.method, parsed.params, context);
      return { result: checkResult(method, await method.call(parsed.params, context)) };
    } catch (error) {
      return { error: this.#explain(error, request.method) };
    }
  }

  #explain(error: unknown, method: string): RpcErrorObject {
    if (error instanceof ChordError) return toErrorObject(error);
    const requestId = this.newRequestId();
    this.log("error", "rpc.failed", { requestId, method, error });
    return { code: errorCode.internal, message: "Internal error", data: { definite: false, requestId } };
  }

  #logLostError(method: string, { code, message }: RpcErrorObject): void {
    this.log("debug", "rpc.notificationFailed", { method: method.slice(0, 64), code, message });
  }
}

/** @throws ChordError (forbidden) when it is not for this caller. */
function admit(method: string, params: unknown, { caller, onCommand }: RpcContext): void {
  const command = onCommand === undefined ? null : commandOf(method, params);
  try {
    checkMay(caller, method, params);
    if (command !== null) onCommand?.(command, false);
  } catch (error) {
    if (command !== null) onCommand?.(command, true);
    throw error;
  }
}

interface Outcome {
  readonly result?: unknown;
  readonly error?: RpcErrorObject;
}

/** A handler that breaks its own contract is a fault of ours, and must not reach the caller as data. */
function checkResult(method: RpcMethod, result: unknown): unknown {
  const parsed = z.safeParse(method.result, result);
  if (!parsed.success) {
    throw new TypeError("Cannot send a result that breaks its schema", { cause: parsed.error });
  }
  return parsed.data;
}

/** Replaces the long answers that do not fit by an error that asks to be called again. */
function withinBounds(answers: readonly Answer[]): string[] {
  let used = 0;
  return answers.map(({ id, text }) => {
    if (text.length <= smallAnswerChars) return text;
    if (used > 0 && used + text.length > longAnswersCharsMax) return writeError(id, answerLeftOut);
    used += text.length;
    return text;
  });
}

const answerLeftOut: RpcErrorObject = {
  code: errorCode.overloaded,
  message: "Cannot fit the answer into this batch: ask for it again",
  data: { definite: false, reason: batchFullReason },
};
