import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as z from "zod";
import { ChordError } from "../../../core/errors.ts";
import { checkBounds, rpcBounds } from "../../../transport/guard/json_bounds.ts";
import { isObject, readRequest, writeError, writeResult } from "../../../transport/json_rpc.ts";
import { rpcMethod } from "../../../transport/method_registry.ts";
import { MalformedAnswerError, readAnswers } from "../../../transport/rpc_answers.ts";
import { RpcServer } from "../../../transport/rpc_server.ts";
import { brokenJson, hostileBytes, hostileJson, hostileText, utf8 } from "../hostile.ts";
import { pure } from "../property.ts";
import { assertRpcText } from "../well_formed.ts";

const echo = rpcMethod(z.strictObject({ value: z.unknown() }), z.unknown(), ({ value }) => value);
const methodName = fc.oneof(fc.constant("echo"), fc.constant("rpc.discover"), hostileText);

/** A request, whole or with something odd in a member. */
const request: fc.Arbitrary<unknown> = fc.record({
  jsonrpc: fc.oneof({ weight: 5, arbitrary: fc.constant("2.0") }, hostileJson),
  method: fc.oneof({ weight: 5, arbitrary: methodName }, hostileJson),
  params: fc.oneof(fc.record({ value: hostileJson }), fc.array(hostileJson, { maxLength: 3 }), hostileJson),
  id: fc.oneof({ weight: 3, arbitrary: fc.oneof(fc.nat(), hostileText) }, hostileJson),
}, { requiredKeys: ["jsonrpc", "method"] });

const message = fc.oneof(request, fc.array(request, { maxLength: 6 }), hostileJson);
const body = fc.oneof(
  message.map((json) => utf8(JSON.stringify(json))),
  brokenJson(message).map(utf8),
  hostileBytes,
);

const failures: unknown[] = [];
const server = new RpcServer(new Map([["echo", echo]]), (level, _, fields) => {
  if (level === "error") failures.push(fields?.["error"]);
});

/** Whether nothing at all is to be made of it. */
function isBurden(body: Uint8Array): boolean {
  try {
    checkBounds(body, rpcBounds);
    return false;
  } catch {
    return true;
  }
}

/** How many answers are due: one for all that is no notification. */
function answersDue(body: Uint8Array): number | null {
  try {
    const message: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body),
    );
    const isDue = (member: unknown) => readRequest(member)?.id !== undefined || readRequest(member) === null;
    return Array.isArray(message) ? message.filter(isDue).length : Number(isDue(message));
  } catch {
    return null;
  }
}

export const requests = pure({
  name: "requests",
  summary: "any bytes at the JSON-RPC server get the answers that are due, each well-formed",
  share: 20,
  inputs: body,
  trial: async (bytes) => {
    const text = await server.answer(bytes, { timeoutMs: 1_000, caller: { kind: "anyone" } });
    assertEquals(failures.splice(0), []);
    const due = isBurden(bytes) ? 1 : answersDue(bytes);
    if (text !== null) assertRpcText(text);
    const said: unknown = text === null ? [] : JSON.parse(text);
    if (due === null) {
      assertEquals(said, JSON.parse(writeError(null, { code: -32700, message: "Parse error" })));
    } else assertEquals(Array.isArray(said) ? said.length : 1, Math.max(due, Number(text !== null)));
  },
});

const ids = fc.constantFrom<number[]>([1], [1, 2], [7, 8, 9]);
const answer = fc.record({
  jsonrpc: fc.oneof({ weight: 5, arbitrary: fc.constant("2.0") }, hostileJson),
  id: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(1, 2, 7, 8, 9, null) }, hostileJson),
  result: hostileJson,
  error: fc.oneof(
    fc.record({
      code: fc.oneof(fc.integer({ min: -32_800, max: -31_900 }), hostileJson),
      message: fc.oneof(hostileText, hostileJson),
      data: fc.oneof(
        fc.record({
          definite: fc.oneof(fc.boolean(), hostileJson),
          reason: hostileText,
          hint: hostileJson,
          current: hostileJson,
          partition: hostileJson,
        }, { requiredKeys: [] }),
        hostileJson,
      ),
    }, { requiredKeys: ["code"] }),
    hostileJson,
  ),
}, { requiredKeys: ["jsonrpc", "id"] });
const answers = fc.oneof(answer, fc.array(answer, { maxLength: 4 }), hostileJson);

export const answersRead = pure({
  name: "answers",
  summary: "any text as a peer's answer is read as an outcome of every call, or refused as a whole",
  share: 10,
  inputs: fc.tuple(
    fc.oneof(answers.map((json) => JSON.stringify(json)), brokenJson(answers), hostileText),
    ids,
  ),
  trial: ([text, asked]) => {
    try {
      const outcomes = readAnswers(text, asked);
      assertEquals([...outcomes.keys()].toSorted(), asked);
      for (const outcome of outcomes.values()) {
        assert("result" in outcome || outcome.error instanceof ChordError);
      }
    } catch (error) {
      if (!(error instanceof MalformedAnswerError)) throw error;
    }
  },
});

export const roundTrips = pure({
  name: "roundtrips",
  summary: "what one node writes another reads as it was",
  share: 5,
  inputs: hostileJson,
  trial: (value) => {
    const text = writeResult(1, value);
    const outcome = readAnswers(text, [1]).get(1);
    assert(outcome !== undefined && "result" in outcome);
    assertEquals(JSON.stringify(outcome.result), JSON.stringify(value));
    assertEquals(isObject(JSON.parse(text)), true);
  },
});
