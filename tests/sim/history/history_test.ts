import { assertEquals, assertThrows } from "@std/assert";
import { describe, History } from "../../../sim/history/history.ts";
import { fromJsonLines, toJsonLines } from "../../../sim/history/json_lines.ts";
import { SeededRandom } from "../../../sim/random.ts";
import { honestHistory } from "./random_histories.ts";

/** A clock that goes on by one whenever somebody looks; it is noon, 1,000 ms in. */
function ticking() {
  let ms = 0;
  return { now: () => ++ms, wallNow: () => 1_000 + ms };
}

Deno.test("History records what was asked and what was told, in the order of asking", () => {
  const history = new History(ticking());
  const put = history.begin({ client: "ann", key: "k", kind: "put", value: "a", expiresAtMs: 1_500 });
  const get = history.begin({ client: "bob", key: "k", kind: "get" });
  get.ok({ version: null, value: null });
  put.ok({ version: "v1" });
  assertEquals(history.operations, [
    {
      ...{ id: 0, client: "ann", key: "k", kind: "put", outcome: "ok", value: "a", version: "v1" },
      ...{ callMs: 1, returnMs: 4, wallCallMs: 1_001, wallReturnMs: 1_004, expiresAtMs: 1_500 },
    },
    {
      ...{ id: 1, client: "bob", key: "k", kind: "get", outcome: "ok", value: null, version: null },
      ...{ callMs: 2, returnMs: 3, wallCallMs: 1_002, wallReturnMs: 1_003, expiresAtMs: null, found: false },
    },
  ]);
});

Deno.test("History: what was not answered may have happened, and what was refused has not", () => {
  const history = new History(ticking());
  history.begin({ client: "ann", key: "k", kind: "put", value: "a" });
  history.begin({ client: "ann", key: "k", kind: "delete" }).info();
  history.begin({ client: "ann", key: "k", kind: "delete" }).fail();
  assertEquals(history.operations.map(({ outcome, returnMs }) => [outcome, returnMs]), [
    ["info", Infinity],
    ["info", Infinity],
    ["fail", 4],
  ]);
});

Deno.test("History: an operation ends once, and no write is acknowledged without a version", () => {
  const history = new History(ticking());
  const put = history.begin({ client: "ann", key: "k", kind: "put", value: "a" });
  put.info();
  assertThrows(() => put.ok({ version: "v1" }), Error, "Cannot end operation 0: it has ended");
  const another = history.begin({ client: "ann", key: "k", kind: "delete" });
  assertThrows(() => another.ok({ version: null }), RangeError, "without its version");
});

Deno.test("History: an answer tells the moment of expiry where the client had named a span", () => {
  const history = new History(ticking());
  history.begin({ client: "ann", key: "k", kind: "put", value: "a" }).ok({ version: "v1", expiresAtMs: 9 });
  assertEquals(history.operations[0]?.expiresAtMs, 9);
});

Deno.test("describe() says who did what and when", () => {
  const history = new History(ticking());
  history.begin({ client: "ann", key: "k", kind: "put", value: "a".repeat(50) });
  history.begin({ client: "bob", key: "k", kind: "get" }).ok({ version: null, value: null });
  assertEquals(history.operations.map(describe), [
    `ann's put of "${"a".repeat(40)}…" (#0, 1 to ? ms)`,
    "bob's get that read nothing (#1, 2 to 3 ms)",
  ]);
});

Deno.test("toJsonLines() tells beginnings and ends by time", () => {
  const history = new History(ticking());
  const put = history.begin({ client: "ann", key: "k", kind: "put", value: "a" });
  history.begin({ client: "bob", key: "k", kind: "get" });
  put.ok({ version: "v1" });
  assertEquals(toJsonLines(history.operations).trimEnd().split("\n"), [
    '{"id":0,"ms":1,"wallMs":1001,"type":"invoke","client":"ann","kind":"put","key":"k","value":"a"}',
    '{"id":1,"ms":2,"wallMs":1002,"type":"invoke","client":"bob","kind":"get","key":"k"}',
    '{"id":0,"ms":3,"wallMs":1003,"type":"ok","version":"v1","value":"a"}',
    '{"id":1,"ms":null,"wallMs":null,"type":"info"}',
  ]);
});

Deno.test("fromJsonLines() gives back what toJsonLines() wrote, by beginning", () => {
  const random = new SeededRandom(3);
  for (let i = 0; i < 200; i++) {
    const shape = { operations: 40, clients: 4, keys: 3, lastsMsMax: 9, ttlMsMax: 9 };
    const operations = honestHistory(random, shape);
    const back = fromJsonLines(toJsonLines(operations));
    assertEquals(back.toSorted((a, b) => a.id - b.id), operations.toSorted((a, b) => a.id - b.id));
    assertEquals(
      back.map(({ callMs }) => callMs),
      operations.map(({ callMs }) => callMs).sort((a, b) => a - b),
    );
  }
});

Deno.test("fromJsonLines() forgives a last line that was cut off, and nothing else", () => {
  const begun = '{"id":0,"ms":1,"wallMs":1,"type":"invoke","client":"ann","kind":"get","key":"k"}\n';
  assertEquals(fromJsonLines(`${begun}{"id":0,"ms":2,"wal`).map(({ outcome }) => outcome), ["info"]);
  const rows: [text: string, why: string][] = [
    [`${begun}{"id":0,"ms":2,"wal\n`, "cut off and gone on"],
    ["7\n", "no object"],
    [`${begun}${begun}`, "begun twice"],
    ['{"id":0,"ms":2,"wallMs":2,"type":"ok","version":null,"value":null}\n', "never begun"],
    [begun.replace('"ms":1', '"ms":"1"'), "text for a time"],
    [begun.replace('"get"', '"cas"'), "a kind we do not have"],
    [begun.replace('"key":"k"', '"ky":"k"'), "no key"],
  ];
  for (const [text, why] of rows) assertThrows(() => fromJsonLines(text), SyntaxError, undefined, why);
});
