import { assertEquals } from "@std/assert";
import {
  asNdjson,
  chipsOf,
  filterFrom,
  filterParameters,
  lineText,
  type LogFilter,
  matching,
  missedIn,
  noFilter,
  shown,
  summaryOf,
  textOf,
  withLines,
} from "../../../components/logs/lines.ts";
import type { LogLine } from "../../../core/live/topics.ts";

function line(number: number, over: Partial<LogLine> = {}): LogLine {
  return { number, timeMs: 1_000 * number, level: "info", event: "viewChanged", fields: {}, ...over };
}

const lines = [
  line(1, { level: "debug", event: "ringChanged" }),
  line(2, { fields: { members: "Alpha" } }),
  line(3, { level: "warn", event: "rest.failed", fields: { requestId: "r-1", error: "no room" } }),
  line(4, { level: "error", event: "rpc.failed", fields: { requestId: "r-2", code: 7 } }),
];

Deno.test("withLines() adds what is newer, in order, and forgets the oldest", () => {
  const kept = withLines([], [line(3), line(1), line(2)]);
  assertEquals(kept.map(({ number }) => number), [1, 2, 3]);
  assertEquals(withLines(kept, [line(2), line(3)]), kept);
  assertEquals(withLines(kept, [line(5), line(4)], 4).map(({ number }) => number), [2, 3, 4, 5]);
});

Deno.test("matching() wants level, text, event and request to fit", () => {
  const rows: [filter: Partial<LogFilter>, want: number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ level: "warn" }, [3, 4]],
    [{ text: "alpha" }, [2]],
    [{ text: "code=7" }, [4]],
    [{ event: "rest.failed" }, [3]],
    [{ requestId: "r-2" }, [4]],
    [{ requestId: "r-2", level: "info", text: "room" }, []],
  ];
  for (const [filter, want] of rows) {
    const found = matching(lines, { ...noFilter, ...filter }).map(({ number }) => number);
    assertEquals(found, want, JSON.stringify(filter));
  }
});

Deno.test("chipsOf() has one chip for each part of the filter, which takes it away", () => {
  const filter: LogFilter = { level: "warn", text: "a\nb", event: "x", requestId: "r" };
  assertEquals(chipsOf(filter).map(({ label }) => label), [
    "level warn and above",
    "text a\\nb",
    "event x",
    "request r",
  ]);
  let left = filter;
  for (let i = chipsOf(left).length; i > 0; i--) left = chipsOf(left)[0]?.without ?? left;
  assertEquals(left, noFilter);
});

Deno.test("a filter survives its URL, and nonsense in a URL is no filter", () => {
  for (const filter of [noFilter, { level: "error", text: "é&=", event: "x", requestId: "r-1" } as const]) {
    const parameters = filterParameters(filter);
    assertEquals(filterFrom((name) => parameters[name] ?? null), filter);
  }
  assertEquals(filterFrom((name) => (name === "level" ? "loud" : "")), noFilter);
});

Deno.test("shown() writes out what cannot be seen, or would make other text look different", () => {
  const rows: [text: string, want: string][] = [
    ["plain é 日本 😀", "plain é 日本 😀"],
    ["a\r\n\tb", "a\\r\\n\\tb"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["user\u202egnp.exe", "user\\u{202e}gnp.exe"],
    ["\u200b\u2028\ufeff", "\\u{200b}\\u{2028}\\u{feff}"],
    ["\ud800", "\\u{d800}"],
    ["<b>&", "<b>&"],
  ];
  for (const [text, want] of rows) assertEquals(shown(text), want);
});

Deno.test("textOf() writes fields so that one cannot pass for two", () => {
  const rows: [fields: LogLine["fields"], want: string][] = [
    [{ a: 1, b: true, c: null }, "e a=1 b=true c=null"],
    [{ url: "http://x:1" }, "e url=http://x:1"],
    [{ text: 'two words "x"' }, 'e text="two words \\"x\\""'],
    [{ list: '["a","b"]' }, 'e list=["a","b"]'],
    [{ empty: "" }, 'e empty=""'],
    [{ "odd\n": "x" }, "e odd\\n=x"],
  ];
  for (const [fields, want] of rows) assertEquals(textOf(line(1, { event: "e", fields })), want);
});

Deno.test("a line is copied whole, and downloaded as one JSON object", () => {
  const [, , failed] = lines;
  if (failed === undefined) throw new Error("no line");
  assertEquals(lineText(failed), '1970-01-01T00:00:03.000Z warn  rest.failed requestId=r-1 error="no room"');
  const texts = asNdjson(lines).split("\n");
  assertEquals([texts.length, texts.at(-1)], [5, ""]);
  assertEquals(JSON.parse(texts[2] ?? ""), {
    time: "1970-01-01T00:00:03.000Z",
    level: "warn",
    event: "rest.failed",
    number: 3,
    fields: { requestId: "r-1", error: "no room" },
  });
  assertEquals([summaryOf(lines), summaryOf(lines.slice(0, 1))], ["1 error, 1 warning in 4 lines", "1 line"]);
});

Deno.test("missedIn() counts what was not told, but not over a restart of the node", () => {
  const life = (number: number, timeMs: number) => line(number, { timeMs });
  const rows: [lines: LogLine[], want: number][] = [
    [[], 0],
    [[life(1_001, 1_500), life(1_002, 1_600)], 0],
    [[life(1_001, 1_500), life(1_009, 1_600), life(1_020, 1_700)], 17],
    // The second life began at 2,000, and counts on from there.
    [[life(1_001, 1_500), life(2_001, 2_100)], 0],
  ];
  for (const [told, want] of rows) assertEquals(missedIn(told), want);
});
