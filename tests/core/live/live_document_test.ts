import { assert, assertEquals } from "@std/assert";
import { clientFrame, markEveryMs, serverFrame } from "../../../core/live/frames.ts";
import { logLine, metricItem, ringItem, topics, topicShapes } from "../../../core/live/topics.ts";
import { silenceMs } from "../../../client/live_link.ts";
import { sessionsMax } from "../../../transport/live/live_hub.ts";
import {
  messageCharsMax,
  messagesPerSecond,
  slowBytes,
  stuckBytes,
} from "../../../transport/live/session.ts";

/** docs/live.md is written by hand; these hold it to what the code says. */

const text = Deno.readTextFileSync(new URL("../../../docs/live.md", import.meta.url));

/** The rows of all tables: what stands in backquotes in each cell. */
const rows = text.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
  line.split("|").slice(1, -1).map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name))
);

function rowOf(name: string): string[][] {
  const row = rows.find(([first]) => first?.includes(name));
  assert(row !== undefined, `docs/live.md has no row for ${name}`);
  return row;
}

Deno.test("docs/live.md has every frame with all its members, and no other", () => {
  const frames = [...clientFrame.def.options, ...serverFrame.def.options];
  for (const { shape } of frames) {
    const { type, ...members } = shape;
    const [name = ""] = type.def.values;
    assertEquals(rowOf(name)[1], Object.keys(members), name);
  }
});

Deno.test("docs/live.md has every topic, what it is made of, and every code", () => {
  for (const topic of topics) assert(rowOf(topic)[0]?.includes(topic));
  for (const name of Object.keys(ringItem.shape)) assert(rowOf("ring")[1]?.includes(name), name);
  for (const name of Object.keys(topicShapes.node.shape)) assert(rowOf("node")[1]?.includes(name), name);
  for (const name of Object.keys(metricItem.shape)) assert(rowOf("metrics")[1]?.includes(name), name);
  for (const name of Object.keys(logLine.shape)) assert(rowOf("logs")[1]?.includes(name), name);
  for (const state of ringItem.shape.state.options) assert(text.includes(`\`${state}\``), state);
  const error = serverFrame.def.options.find(({ shape }) => shape.type.def.values[0] === "err");
  assert(error !== undefined && "code" in error.shape);
  for (const code of error.shape.code.options) assertEquals(rowOf(code)[0], [code]);
});

Deno.test("docs/live.md has the numbers that the code has", () => {
  const words = text.replaceAll(/\s+/g, " ");
  const numbers: readonly string[] = [
    `Every ${markEveryMs / 1_000} s`,
    `After ${silenceMs / 1_000} s without a word`,
    `- ${sessionsMax} sockets`,
    `${slowBytes / 1_024} KiB`,
    `${stuckBytes / 1_024 / 1_024} MiB`,
    `${messagesPerSecond} messages a second`,
    `${messageCharsMax.toLocaleString("en")} characters`,
  ];
  for (const number of numbers) assert(words.includes(number), number);
});
