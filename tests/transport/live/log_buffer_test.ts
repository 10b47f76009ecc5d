import { assertEquals } from "@std/assert";
import { DeadlineError } from "../../../core/errors.ts";
import { logLine } from "../../../core/live/topics.ts";
import { LogBuffer, logLinesMax, teeLog } from "../../../transport/live/log_buffer.ts";

function buffer(level: "debug" | "info" | "warn" = "debug") {
  let nowMs = 1_000;
  return new LogBuffer(level, () => nowMs++);
}

Deno.test("lines are numbered on from the wall clock, and given by level and from a number on", () => {
  const logs = buffer("info");
  logs.log("debug", "tooLittle");
  logs.log("info", "started");
  logs.log("error", "failed", { error: new Error("Cannot") });
  const numbers = (...args: Parameters<LogBuffer["lines"]>) =>
    logs.lines(...args).map(({ number }) => number);
  assertEquals(numbers(), [1_001, 1_002]);
  assertEquals([numbers("warn"), numbers("debug", 1_001), numbers("debug", 1_002)], [[1_002], [1_002], []]);
  assertEquals(logs.lastNumber, 1_002);
});

Deno.test("a line keeps what was logged as it was, in words and within bounds", () => {
  const logs = buffer();
  const changing = { inner: 1n, list: [1, 2] };
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const rows: readonly (readonly [value: unknown, want: string | number | boolean | null])[] = [
    ["text", "text"],
    [7.5, 7.5],
    [Infinity, "Infinity"],
    [true, true],
    [null, null],
    [undefined, null],
    [new TypeError("Cannot do"), "TypeError: Cannot do"],
    [new DeadlineError("read"), "Cannot read in time"],
    [changing, '{"inner":"1","list":[1,2]}'],
    [circular, "?"],
    ["x".repeat(5_000), `${"x".repeat(2_048)}…`],
  ];
  for (const [value, want] of rows) {
    logs.log("info", "said", { value });
    const line = logs.lines().at(-1);
    assertEquals(line?.fields, { value: want });
    assertEquals(logLine.parse(line), line);
  }
  changing.inner = 2n;
  assertEquals(JSON.stringify(logs.lines()).includes('\\"inner\\":\\"1\\"'), true);
  logs.log("info", "said", Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`f${i}`, i])));
  assertEquals(Object.keys(logs.lines().at(-1)?.fields ?? {}).length, 32);
});

Deno.test("the oldest lines are forgotten: beyond a thousand, and sooner when they are long", () => {
  const logs = buffer();
  for (let i = 0; i < logLinesMax + 7; i++) logs.log("debug", "tick", { i });
  assertEquals([logs.lines().length, logs.lines()[0]?.fields], [logLinesMax, { i: 7 }]);
  for (let i = 0; i < 1_000; i++) logs.log("debug", "long", { text: "x".repeat(2_000) });
  const { length } = logs.lines();
  assertEquals(length > 100 && length < 140, true, `${length}`);
});

Deno.test("teeLog() tells both", () => {
  const [a, b] = [buffer(), buffer()];
  teeLog(a.log, b.log)("warn", "both", { n: 1 });
  assertEquals([a.lines().length, b.lines()[0]?.event], [1, "both"]);
});
