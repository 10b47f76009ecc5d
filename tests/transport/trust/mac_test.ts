import { assertEquals } from "@std/assert";
import { createHmac } from "node:crypto";
import { MacKey } from "../../../transport/trust/mac.ts";

Deno.test("MacKey signs as RFC 4231 has it, and says the same each time", () => {
  const rows: [key: string, text: string, mac: string][] = [
    [
      "Jefe",
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["\x0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  ];
  for (const [secret, text, mac] of rows) {
    const key = new MacKey(secret);
    for (let i = 0; i < 2; i++) assertEquals(key.sign(text), mac);
  }
});

Deno.test("MacKey signs texts and secrets of every length as node:crypto does", () => {
  for (const secretChars of [32, 43, 63, 64, 65, 200]) {
    const secret = "s".repeat(secretChars);
    const key = new MacKey(secret);
    for (const chars of [0, 1, 54, 55, 56, 63, 64, 65, 210, 5_000]) {
      const text = "ä".repeat(chars);
      const want = createHmac("sha256", secret).update(text).digest("hex");
      assertEquals(key.sign(text), want, `${secretChars} and ${chars}`);
    }
  }
});

Deno.test("MacKey verifies its own signature only", () => {
  const key = new MacKey("s".repeat(43));
  const mac = key.sign("text");
  assertEquals(key.verifies("text", mac), true);
  assertEquals(key.verifies("Text", mac), false);
  assertEquals(new MacKey("t".repeat(43)).verifies("text", mac), false);
  const rows: [mac: string, why: string][] = [
    [mac.slice(0, 62), "a part of it is not enough"],
    [`${mac}00`, "nor is more"],
    ["", "nor nothing"],
    [mac.toUpperCase(), "nor another way to write it"],
    ["ä".repeat(64), "nor what is no hex at all"],
    ["ä".repeat(32), "though it be as long in bytes"],
  ];
  for (const [wrong, why] of rows) assertEquals(key.verifies("text", wrong), false, why);
  for (const place of [0, 31, 63]) {
    const digit = mac[place] === "0" ? "1" : "0";
    const wrong = mac.slice(0, place) + digit + mac.slice(place + 1);
    assertEquals(key.verifies("text", wrong), false, `digit ${place}`);
  }
});
