import { assertEquals } from "@std/assert";
import {
  bytes,
  duration,
  milliseconds,
  percent,
  shortDigits,
  shortId,
} from "../../../components/ring/words.ts";
import { indicesText } from "../../../components/ring/RingLayers.tsx";

Deno.test("ids are cut to two groups, and to more where that would not tell them apart", () => {
  const rows: [ids: string[], digits: number][] = [
    [[], 8],
    [["7f3a91c204be0000"], 8],
    [["7f3a91c204be0000", "7f3b91c204be0000"], 8],
    [["7f3a91c204be0000", "7f3a91c304be0000"], 8],
    [["7f3a91c204be0000", "7f3a91c205be0000"], 12],
    [["aaaa000000000000", "7f3a91c204be0000", "7f3a91c204be0001"], 16],
  ];
  for (const [ids, digits] of rows) assertEquals(shortDigits(ids), digits, ids.join());
  assertEquals(shortId("7f3a91c204be0000"), "7f3a·91c2");
  assertEquals(shortId("7f3a91c204be0000", 4), "7f3a");
});

Deno.test("figures have units, and no more digits than they can be trusted for", () => {
  const rows: [written: string, want: string][] = [
    [percent(0.1244), "12.4 %"],
    [percent(0.00244), "0.24 %"],
    [percent(0.00001), "< 0.01 %"],
    [percent(0), "0 %"],
    [milliseconds(0.84), "0.8 ms"],
    [milliseconds(42.4), "42 ms"],
    [milliseconds(1_540), "1.5 s"],
    [bytes(512), "512 B"],
    [bytes(96.4 * 2 ** 20), "96 MiB"],
    [bytes(1.5 * 2 ** 30), "1.5 GiB"],
    [duration(400), "0 s"],
    [duration(42_000), "42 s"],
    [duration(4 * 3_600_000), "4 h"],
    [duration(76 * 3_600_000 + 61_000), "3 d 4 h"],
    [indicesText([7]), "finger 7"],
    [indicesText([0, 1, 2, 155, 158, 159]), "fingers 0–2, 155, 158–159"],
  ];
  for (const [written, want] of rows) assertEquals(written, want);
});
