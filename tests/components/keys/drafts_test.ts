import { assertEquals } from "@std/assert";
import {
  byteCount,
  draftOf,
  emptyDraft,
  ofAtMost,
  type ValueDraft,
  valueOf,
} from "../../../components/keys/draft.ts";
import {
  noTtl,
  secondsLeft,
  timeLeft,
  type TtlDraft,
  ttlDraftOf,
  ttlOf,
  type TtlUnit,
} from "../../../components/keys/ttl.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("valueOf() gives the bytes that a form means, or says what is wrong", () => {
  const rows: [draft: Partial<ValueDraft>, want: Uint8Array | string][] = [
    [{ kind: "text", text: "é" }, new Uint8Array([0xc3, 0xa9])],
    [{ kind: "text", text: "" }, new Uint8Array()],
    [{ kind: "json", text: ' {"a": 1}' }, bytes(' {"a": 1}')],
    [{ kind: "json", text: "{a}" }, "It is not JSON."],
    [{ kind: "base64", text: "AAEC" }, new Uint8Array([0, 1, 2])],
    [{ kind: "base64", text: "AA\nEC " }, new Uint8Array([0, 1, 2])],
    [{ kind: "base64", text: "A" }, "It is not base64."],
    [{ kind: "file" }, "No file is chosen."],
    [{ kind: "file", file: { name: "f", bytes: new Uint8Array([9]) } }, new Uint8Array([9])],
  ];
  for (const [draft, want] of rows) {
    const value = valueOf({ ...emptyDraft, ...draft });
    assertEquals(value.kind === "good" ? value.bytes : value.why, want, JSON.stringify(draft));
  }
});

Deno.test("draftOf() takes each value in a way that gives the same bytes back", () => {
  const rows: [value: Uint8Array, kind: ValueDraft["kind"]][] = [
    [bytes("Ada"), "text"],
    [bytes('{"a":1}'), "json"],
    [bytes("two\nlines"), "text"],
    [bytes("two\r\nlines"), "base64"],
    [new Uint8Array([0xff]), "base64"],
    [bytes("\ufeffmark"), "text"],
    [new Uint8Array(), "text"],
  ];
  for (const [value, kind] of rows) {
    const draft = draftOf(value);
    assertEquals([draft.kind, valueOf(draft)], [kind, { kind: "good", bytes: value }]);
  }
});

Deno.test("bytes are counted as the ring counts them", () => {
  const rows: [text: string, count: number][] = [["", 0], ["user:1", 6], ["é", 2], ["日本", 6], ["😀", 4]];
  for (const [text, count] of rows) assertEquals(byteCount(text), count);
  assertEquals(ofAtMost(61, 512), "61 / 512 B");
});

Deno.test("ttlOf() reads a number and its unit, nothing for ever, and refuses the rest", () => {
  const rows: [amount: string, unit: TtlUnit, want: number | null | string][] = [
    ["", "days", null],
    [" ", "seconds", null],
    ["90", "seconds", 90],
    [" 2 ", "minutes", 120],
    ["1", "days", 86_400],
    ["0", "hours", "It takes whole hours, from 1."],
    ["1.5", "hours", "It takes whole hours, from 1."],
    ["-1", "seconds", "It takes whole seconds, from 1."],
    ["1e3", "seconds", "It takes whole seconds, from 1."],
    ["9999999999999", "days", "That is too long: leave it out instead."],
  ];
  for (const [amount, unit, want] of rows) {
    const ttl = ttlOf({ amount, unit });
    assertEquals(ttl.kind === "good" ? ttl.seconds : ttl.why, want, `${amount} ${unit}`);
  }
});

Deno.test("timeLeft() counts down in two units, never below what is left", () => {
  const rows: [ms: number, want: string][] = [
    [1, "1 s"],
    [59_000, "59 s"],
    [59_001, "1 min"],
    [61_500, "1 min 2 s"],
    [15_120_000, "4 h 12 min"],
    [0, "over"],
    [-5, "over"],
  ];
  for (const [ms, want] of rows) assertEquals(timeLeft(1_000_000 + ms, 1_000_000), want);
  assertEquals(timeLeft(null, 5), "—");
  assertEquals([secondsLeft(null, 0), secondsLeft(1_500, 0), secondsLeft(5, 9)], [null, 2, 0]);
});

Deno.test("ttlDraftOf() takes the largest unit that fits", () => {
  const rows: [seconds: number | null, want: TtlDraft][] = [
    [null, noTtl],
    [90, { amount: "90", unit: "seconds" }],
    [120, { amount: "2", unit: "minutes" }],
    [7_200, { amount: "2", unit: "hours" }],
    [172_800, { amount: "2", unit: "days" }],
  ];
  for (const [seconds, want] of rows) assertEquals(ttlDraftOf(seconds), want);
});
