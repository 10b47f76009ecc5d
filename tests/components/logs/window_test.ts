import { assertEquals } from "@std/assert";
import { isAtEnd, movedRow, rowWindow } from "../../../components/logs/window.ts";

Deno.test("rowWindow() draws what is in sight and some around it; the rest is room", () => {
  const rows: [rows: number, scrollTop: number, want: [first: number, end: number]][] = [
    [0, 0, [0, 0]],
    [10, 0, [0, 10]],
    [5_000, 0, [0, 45]],
    [5_000, 24_000, [980, 1_045]],
    [5_000, 119_400, [4_955, 5_000]],
    [100, 999_999, [100, 100]],
  ];
  for (const [count, scrollTop, [first, end]] of rows) {
    const window = rowWindow({ rows: count, rowHeight: 24, scrollTop, height: 600 });
    assertEquals([window.first, window.end], [first, end], `${count} ${scrollTop}`);
    assertEquals(window.above + (end - first) * 24 + window.below, count * 24);
  }
});

Deno.test("isAtEnd() is generous by less than a row", () => {
  assertEquals(isAtEnd({ scrollTop: 400, height: 600, full: 1_000 }, 24), true);
  assertEquals(isAtEnd({ scrollTop: 380, height: 600, full: 1_000 }, 24), true);
  assertEquals(isAtEnd({ scrollTop: 370, height: 600, full: 1_000 }, 24), false);
  assertEquals(isAtEnd({ scrollTop: 0, height: 600, full: 600 }, 24), true);
});

Deno.test("movedRow() follows the keys and stays in the list", () => {
  const rows: [key: string, from: number, want: number | null][] = [
    ["ArrowDown", 3, 4],
    ["ArrowDown", 99, 99],
    ["ArrowUp", 0, 0],
    ["PageDown", 3, 28],
    ["PageUp", 3, 0],
    ["Home", 50, 0],
    ["End", 50, 99],
    ["Enter", 3, null],
    ["constructor", 3, null],
  ];
  for (const [key, from, want] of rows) assertEquals(movedRow(key, from, 100, 25), want, key);
  assertEquals(movedRow("End", -1, 0, 25), null);
});
