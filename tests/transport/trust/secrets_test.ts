import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeSecret, parseSecrets, SecretProblem } from "../../../transport/trust/secrets.ts";

const [a, b] = ["a".repeat(43), "b".repeat(43)];

Deno.test("parseSecrets() takes one or two secrets, a line each", () => {
  const rows: [text: string, want: string[]][] = [
    [a, [a]],
    [`${a}\n`, [a]],
    [`${a}\r\n${b}\r\n`, [a, b]],
    [`\n  ${a}\n\n${b}\n\n`, [a, b]],
    [`${"!".repeat(32)}`, ["!".repeat(32)]],
  ];
  for (const [text, want] of rows) assertEquals(parseSecrets(text), want);
});

Deno.test("parseSecrets() says what is wrong, and never shows a secret", () => {
  const short = "hunter2-hunter2-hunter2-hunter2-hunter2-hu";
  const rows: [text: string, want: string][] = [
    ["", "it holds no secret"],
    [" \n\n", "it holds no secret"],
    [short, "its secret 1 has 42 characters; it takes 43"],
    [`${a}\n${short}`, "its secret 2 has 42 characters; it takes 43"],
    ["correct horse battery staple, and many more of them", "its secret 1 has characters other than letters"],
    [`${"!".repeat(31)}`, "its secret 1 has 31 characters; it takes 32"],
    [`${a}\n${b}\n${a}`, "it holds 3 secrets; two are enough"],
  ];
  for (const [text, want] of rows) {
    const { message } = assertThrows(() => parseSecrets(text), SecretProblem, want);
    for (const secret of text.split("\n").filter((line) => line.trim() !== "")) {
      assert(!message.includes(secret), message);
    }
  }
});

Deno.test("makeSecret() makes another one each time, and long enough", () => {
  const secrets = Array.from({ length: 100 }, makeSecret);
  assertEquals(new Set(secrets).size, 100);
  for (const secret of secrets) assertEquals(parseSecrets(secret), [secret]);
});
