import { assert, assertEquals } from "@std/assert";
import { indented } from "../../../components/keys/json_text.ts";
import {
  bestFormat,
  firstPartBytes,
  hexDump,
  showValue,
  type ValueFormat,
  visible,
} from "../../../components/keys/value_format.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("bestFormat() is the way that shows most", () => {
  const rows: [value: Uint8Array, want: ValueFormat, why: string][] = [
    [bytes(""), "text", "nothing is text"],
    [bytes("Ada"), "text", "words"],
    [bytes('{"a":1}'), "json", "an object"],
    [bytes(" [1]\n"), "json", "a list, with space around"],
    [bytes("42"), "text", "a number is JSON, and better read as it is"],
    [bytes('{"a":'), "text", "half an object"],
    [bytes("a\tb\r\nc"), "text", "tabs and line ends are text"],
    [new Uint8Array([0xff, 0xfe]), "hex", "no UTF-8"],
    [bytes("a\u0000b"), "hex", "a zero byte"],
    [bytes("\u001b[31mred"), "hex", "a terminal's escape"],
  ];
  for (const [value, want, why] of rows) assertEquals(bestFormat(value), want, why);
});

Deno.test("showValue() shows each value in each way, or says why it cannot", () => {
  const rows: [value: Uint8Array, format: ValueFormat, want: string][] = [
    [bytes("é<b>"), "text", "é<b>"],
    [bytes('{"b":1,"a":[]}'), "json", '{\n  "b": 1,\n  "a": []\n}'],
    [bytes("Hi"), "hex", `00000000  48 69${" ".repeat(44)}Hi`],
    [bytes("Hi"), "base64", "SGk="],
    [new Uint8Array([0xff]), "text", "unfit: It is not text in UTF-8."],
    [bytes("{"), "json", "unfit: It is not JSON."],
    [bytes(""), "json", "unfit: It is not JSON."],
  ];
  for (const [value, format, want] of rows) {
    const shown = showValue(value, format, false);
    assertEquals(shown.kind === "shown" ? shown.text : `unfit: ${shown.why}`, want, format);
    if (shown.kind === "shown") assertEquals(shown.isPart, false);
  }
});

Deno.test("showValue() shows the first 8 KiB of more, and all of it when asked", () => {
  const long = bytes(`${"x".repeat(firstPartBytes - 1)}é tail`);
  const first = showValue(long, "text", false);
  assert(first.kind === "shown" && first.isPart);
  assertEquals(first.text, "x".repeat(firstPartBytes - 1), "no half of a character");
  const whole = showValue(long, "text", true);
  assert(whole.kind === "shown" && !whole.isPart && whole.text.endsWith("é tail"));
  for (const format of ["hex", "base64"] as const) {
    const part = showValue(long, format, false);
    assert(part.kind === "shown" && part.isPart, format);
    assert(part.text.length < firstPartBytes * 5, format);
  }
  const json = bytes(JSON.stringify(Array.from({ length: 5_000 }, (_, i) => i)));
  const part = showValue(json, "json", false);
  assert(part.kind === "shown" && part.isPart && part.text.length === firstPartBytes);
});

Deno.test("a part in base64 can be decoded by itself", () => {
  const shown = showValue(new Uint8Array(firstPartBytes + 1).fill(7), "base64", false);
  assert(shown.kind === "shown");
  const decoded = Uint8Array.fromBase64(shown.text);
  assert(decoded.every((byte) => byte === 7) && decoded.length > firstPartBytes - 3);
});

Deno.test("indented() sets JSON out and changes nothing in it", () => {
  const rows: [text: string, want: string | null][] = [
    ["{}", "{}"],
    ['{"a":{}}', '{\n  "a": {}\n}'],
    ["[1,[2,3],{}]", "[\n  1,\n  [\n    2,\n    3\n  ],\n  {}\n]"],
    ['{"n":12345678901234567890}', '{\n  "n": 12345678901234567890\n}'],
    ['{"n":1.0,"n":2}', '{\n  "n": 1.0,\n  "n": 2\n}'],
    ['"a{b\\"}"', '"a{b\\"}"'],
    [' { "a" : [ ] } ', '{\n  "a": []\n}'],
    ["true", "true"],
    ["", null],
    ["{a:1}", null],
    ["<script>", null],
  ];
  for (const [text, want] of rows) {
    assertEquals(indented(text), want, text);
    if (want !== null) assertEquals(JSON.parse(want), JSON.parse(text), text);
  }
});

Deno.test("visible() marks what a browser would hide or obey, and no more", () => {
  const rows: [text: string, want: string][] = [
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["a\tb\nc", "a\tb\nc"],
    ["\u0000\u001b\u007f", "␀␛␡"],
    ["user\u202Etxt.exe", "user⟨U+202E⟩txt.exe"],
    ["a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"],
    ["\u0085", "⟨U+0085⟩"],
    ["日本 é", "日本 é"],
  ];
  for (const [text, want] of rows) assertEquals(visible(text), want);
});

Deno.test("hexDump() has sixteen bytes a row", () => {
  const rows = hexDump(new Uint8Array(18).fill(0x41)).split("\n");
  assertEquals(rows.length, 2);
  assertEquals(rows[0], `00000000  ${Array(16).fill("41").join(" ")}  ${"A".repeat(16)}`);
  assertEquals(rows[1]?.slice(0, 15), "00000010  41 41");
  assertEquals(hexDump(new Uint8Array()), "");
});
