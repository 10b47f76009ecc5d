import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ChordError,
  DeadlineError,
  DrainingError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
  OtherViewError,
  PeerUnreachableError,
  QuorumError,
  StampTooLowError,
  TooLargeError,
  UncertainError,
  VersionConflictError,
  WrongRingError,
} from "../../core/errors.ts";
import type { Version } from "../../core/data/version.ts";
import { nodeAt } from "./fake_node.ts";
import { ample, byHand, peer, pong, told } from "./letters.ts";

const ok = (id: unknown) => ({ jsonrpc: "2.0", result: pong, id });
const badAnswers: readonly [title: string, text: (id: number) => string][] = [
  ["wrong id", (id) => JSON.stringify(ok(id + 1))],
  ["id of another type", (id) => JSON.stringify(ok(String(id)))],
  ["id null beside a result", () => JSON.stringify(ok(null))],
  ["no id", () => `{"jsonrpc":"2.0","result":{}}`],
  ["both members", (id) => JSON.stringify({ ...ok(id), error: { code: -32603, message: "x" } })],
  ["neither member", (id) => `{"jsonrpc":"2.0","id":${id}}`],
  ["another version", (id) => JSON.stringify({ ...ok(id), jsonrpc: "1.0" })],
  ["an error without a code", (id) => `{"jsonrpc":"2.0","error":{"message":"x"},"id":${id}}`],
  ["an error without a message", (id) => `{"jsonrpc":"2.0","error":{"code":-32603},"id":${id}}`],
  ["a result out of form", (id) => `{"jsonrpc":"2.0","result":{"id":"XYZ"},"id":${id}}`],
  ["a batch for a single call", (id) => JSON.stringify([ok(id)]).replace("[", "[1,")],
  ["an empty body", () => ""],
  ["garbage", () => "<html>It works!</html>"],
  ["an answer without an end", () => "A".repeat(17 * 1024 * 1024)],
];

for (const [title, text] of badAnswers) {
  Deno.test(`R36 HttpTransport.call() does not believe ${title}`, async () => {
    const transport = told(([call]) => text(call?.id ?? 0));
    const error = await assertRejects(
      () => transport.call(peer, "chord.ping", {}, ample),
      PeerUnreachableError,
    );
    assertEquals([error.refused, error.data.definite], [false, false]);
  });
}

const badBatches: readonly [title: string, answers: (ids: readonly number[]) => unknown][] = [
  ["lacks an id", (ids) => ids.slice(1).map(ok)],
  ["has an id too many", (ids) => [...ids, 0].map(ok)],
  ["has an id twice", (ids) => [...ids, ids[0]].map(ok)],
  ["has an id twice and lacks another", (ids) => [ids[0], ...ids.slice(0, -1)].map(ok)],
  ["has an error without id", (ids) => [...ids.slice(1).map(ok), { ...invalidRequest, id: null }]],
  ["is no array", (ids) => ok(ids[0])],
];
const invalidRequest = { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" } };

for (const [title, answers] of badBatches) {
  Deno.test(`R36 HttpTransport.call() believes no part of a batch that ${title}`, async () => {
    const { letter, ping } = byHand();
    const first = [ping(), ping()];
    const batch = [ping(), ping(), ping()];
    for (const place of [0, 1]) (await letter(place)).pong();
    const third = await letter(2);
    third.reply(JSON.stringify(answers(third.calls.map(({ id }) => id))));
    await Promise.all(first);
    for (const call of batch) await assertRejects(() => call, PeerUnreachableError);
  });
}

Deno.test("HttpTransport.call() takes a refusal of the whole request as the answer to each of its calls", async () => {
  const { letter, ping } = byHand();
  const first = [ping(), ping()];
  const batch = [ping(), ping()];
  for (const place of [0, 1]) (await letter(place)).pong();
  const error = {
    code: -32004,
    message: "Cannot take this call: it is for another node",
    data: { definite: true },
  };
  const text = JSON.stringify({ jsonrpc: "2.0", error, id: null });
  (await letter(2)).answer.resolve(new Response(text, { status: 421 }));
  await Promise.all(first);
  for (const call of batch) {
    const refusal = await assertRejects(() => call, WrongRingError);
    assertEquals([refusal.code, refusal.message], [-32004, error.message]);
  }
});

Deno.test("HttpTransport.call() makes the peer's error again, with code, message and data", async () => {
  const hint = nodeAt(8441);
  const rows: [error: ChordError, kind: new (...args: never[]) => ChordError][] = [
    [new VersionConflictError("v"), VersionConflictError],
    [new VersionConflictError(null), VersionConflictError],
    [new DrainingError(), DrainingError],
    [new WrongRingError("Cannot"), WrongRingError],
    [new InvalidParamsError("Cannot", { issues: [] }), InvalidParamsError],
    [new TooLargeError("Cannot"), TooLargeError],
    [new UncertainError("the owner is out of reach"), UncertainError],
    [new ChordError(errorCode.notOwner, "Cannot serve", { hint }), ChordError],
    [new ChordError(errorCode.storageFull, "Cannot store"), ChordError],
    [new ChordError(errorCode.draining, "Cannot", { definite: false }), ChordError],
    [new ChordError(errorCode.unavailable, "Cannot reach it", { reason: "unreachable" }), ChordError],
    [new ChordError(errorCode.deadlineExceeded, "Cannot in time", { definite: false }), ChordError],
  ];
  for (const [error, kind] of rows) {
    const { code, message, data } = error;
    const transport = told(([call]) =>
      JSON.stringify({ jsonrpc: "2.0", error: { code, message, data }, id: call?.id })
    );
    const again = await assertRejects(() => transport.call(peer, "chord.ping", {}, ample), ChordError);
    assertInstanceOf(again, kind);
    assertEquals([again.code, again.message, again.data], [code, message, data]);
    assertEquals(again instanceof PeerUnreachableError || again instanceof DeadlineError, false);
  }
});

Deno.test("HttpTransport.call() keeps the hint of a NotOwnerError", async () => {
  const hint = nodeAt(8441);
  const data = { definite: true, partition: 7, hint };
  const error = { code: -32003, message: "Cannot serve partition 7: this node does not own it", data };
  const transport = told(([call]) => JSON.stringify({ jsonrpc: "2.0", error, id: call?.id }));
  const again = await assertRejects(() => transport.call(peer, "chord.ping", {}, ample), NotOwnerError);
  assertEquals(again.data.hint, hint);
});

Deno.test("HttpTransport.call() loses nothing that an error of the core carries", async () => {
  const view = { epoch: 3, members: [{ ...nodeAt(8441), disk: "d" }], previous: [] };
  const version = "019b76dab329.0000.2f" as Version;
  const errors: ChordError[] = [
    new OtherViewError(7, view),
    new OtherViewError(7, null),
    new NotOwnerError(7, nodeAt(8441)),
    new StampTooLowError(version, version, false),
    new QuorumError("Cannot write: 1 of 2", true, { isMoving: true }),
    new UncertainError("the view is changing", { isMoving: true }),
    new VersionConflictError(version),
    new ChordError(errorCode.clockSkew, "Cannot accept", { reason: "clockSkew" }),
  ];
  for (const sent of errors) {
    const { code, message, data } = sent;
    const transport = told(([call]) =>
      JSON.stringify({ jsonrpc: "2.0", error: { code, message, data }, id: call?.id })
    );
    const again = await assertRejects(() => transport.call(peer, "chord.ping", {}, ample), ChordError);
    assertEquals([again.code, again.data], [code, { ...again.data, ...data }], message);
  }
});

Deno.test("HttpTransport.call() assumes the worst of an error that says nothing", async () => {
  const rows: [code: number, data: unknown, want: number, definite: boolean][] = [
    [-32603, undefined, -32603, false],
    [-32000, "text", -32000, false],
    [-32000, { definite: "no", hint: 7, reason: 8 }, -32000, false],
    [-32601, undefined, -32601, true],
    [-32099, undefined, -32603, false],
    [7, { definite: true }, -32603, true],
  ];
  for (const [code, data, want, definite] of rows) {
    const error = { code, message: "m".repeat(10_000), data };
    const transport = told(([call]) => JSON.stringify({ jsonrpc: "2.0", error, id: call?.id }));
    const again = await assertRejects(() => transport.call(peer, "chord.ping", {}, ample), ChordError);
    assertEquals([again.code, again.data.definite, again.message.length], [want, definite, 500]);
    assertEquals([again.data.hint, again.data.reason], [undefined, undefined]);
  }
});
