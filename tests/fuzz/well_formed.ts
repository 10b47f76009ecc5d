import { assert, assertEquals } from "@std/assert";
import { errorCode } from "../../core/errors.ts";
import { idCharsMax, isObject } from "../../transport/json_rpc.ts";
import { shapes } from "../../transport/rest_shapes.ts";

/** What a node says over HTTP. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Every status of design.md 6 and reliability.md 3.4 but 500: nobody can make a node fail. */
const statuses = new Set([
  ...[200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 412, 413, 415, 421, 422, 426, 429],
  ...[503, 504, 507, 508],
]);

/** The longest answer to one question that the cases may ask; pages and exports of a ring with few keys are short. */
const answerCharsMax = 256 * 1024;

const codes: ReadonlySet<unknown> = new Set(
  Object.values(errorCode).filter((code) => code !== errorCode.internal),
);

export function assertRestAnswer({ headers, status, text }: Said): void {
  assert(statuses.has(status), `status ${status}: ${text}`);
  assertHarmless(text);
  if (status < 400 || status === 404 && text.startsWith(`{"found":false`)) return;
  if (status === 503 && text.startsWith(`{"ready":false`)) return;
  assertEquals(headers.get("content-type"), "application/json");
  const shape = status === 422 ? shapes.badFile : shapes.error.strict();
  assert(shape.safeParse(JSON.parse(text)).success, `no error of ours: ${text}`);
}

/** R31: what `/rpc` says is nothing, one answer, or several; each a result or an error, never both. */
export function assertRpcAnswer({ status, text }: Said): void {
  assertEquals(statuses.has(status), true, `status ${status}: ${text}`);
  if (text === "") return assertEquals(status, 204);
  assertRpcText(text);
}

export function assertRpcText(text: string): void {
  assertHarmless(text);
  const answer: unknown = JSON.parse(text);
  if (!Array.isArray(answer)) return assertOne(answer);
  assert(answer.length > 0, "an empty batch");
  for (const one of answer) assertOne(one);
}

function assertOne(answer: unknown): void {
  assert(isObject(answer));
  const { jsonrpc, id, result: _, error, ...more } = answer;
  assertEquals([jsonrpc, more], ["2.0", {}]);
  assert(id === null || typeof id === "number" || (typeof id === "string" && id.length <= idCharsMax));
  assertEquals(Object.hasOwn(answer, "result"), !Object.hasOwn(answer, "error"));
  if (error === undefined) return;
  assert(isObject(error) && typeof error["message"] === "string");
  assert(codes.has(error["code"]), `code ${error["code"]}: ${error["message"]}`);
}

/** Short, and without a word about where and how the program runs. */
export function assertHarmless(text: string): void {
  assert(text.length <= answerCharsMax, `an answer of ${text.length} characters`);
  assert(!/\n\s+at |\.tsx?:\d+/.test(text), `a stack trace: ${text}`);
  assert(!text.includes(Deno.cwd()), `a path of this machine: ${text}`);
}
