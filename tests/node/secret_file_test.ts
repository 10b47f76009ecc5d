import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigurationError } from "../../node/exit_code.ts";
import { openTrust, readSecretFile } from "../../node/secret_file.ts";
import { eventually } from "../cluster/eventually.ts";
import { logbook } from "../transport/fake_node.ts";

const [old, next] = ["o".repeat(43), "n".repeat(43)];

async function withFile(run: (path: string) => unknown): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "rondo-secret-" });
  try {
    await run(`${directory}/secret`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readSecretFile() takes a file that only its owner may use", async () => {
  await withFile((path) => {
    Deno.writeTextFileSync(path, `${next}\n${old}\n`, { mode: 0o600 });
    assertEquals(readSecretFile(path), [next, old]);
    Deno.chmodSync(path, 0o400);
    assertEquals(readSecretFile(path), [next, old]);
  });
});

Deno.test("readSecretFile() refuses any other on one line, without showing what is in it", async () => {
  const rows: [text: string, mode: number, want: string][] = [
    [old, 0o640, "others than its owner may use it; run: chmod 600 "],
    [old, 0o604, "others than its owner may use it"],
    [old, 0o620, "others than its owner may use it"],
    [old, 0o610, "others than its owner may use it"],
    ["hunter2", 0o600, "its secret 1 has 7 characters; it takes 43"],
    ["", 0o600, "it holds no secret"],
    ["x".repeat(70_000), 0o600, "it is no secret file"],
  ];
  for (const [text, mode, want] of rows) {
    await withFile((path) => {
      Deno.writeTextFileSync(path, text);
      Deno.chmodSync(path, mode);
      const { message } = assertThrows(() => readSecretFile(path), ConfigurationError, want);
      assert(message.startsWith(`Cannot use the secret file ${path}: `) && !message.includes("\n"), message);
      assert(text === "" || !message.includes(text), message);
    });
  }
  await withFile((path) => {
    assertThrows(() => readSecretFile(path), ConfigurationError, "it is not there");
    Deno.mkdirSync(path, { mode: 0o700 });
    assertThrows(() => readSecretFile(path), ConfigurationError, "it is no secret file");
  });
});

Deno.test("openTrust() follows the file, and keeps what it has when that becomes unusable", async () => {
  await withFile(async (path) => {
    Deno.writeTextFileSync(path, old, { mode: 0o600 });
    const { log, events, fields } = logbook();
    const { trust, stop } = openTrust(path, "00", log);
    const [first] = trust.keys;
    const says = (...want: string[]) =>
      eventually(() => {
        assertEquals(events, want);
        return Promise.resolve();
      });
    Deno.writeTextFileSync(path, `${next}\n${old}\n`);
    await says("secretsRead");
    assertEquals(trust.keys.map((key) => key.sign("text")).includes(first?.sign("text") ?? ""), true);
    assertEquals(trust.keys.length, 2);
    Deno.writeTextFileSync(path, "hunter2");
    await says("secretsRead", "secretsKept");
    assertEquals(trust.keys.length, 2);
    stop();
    assert(!JSON.stringify(fields).includes("hunter2") && !JSON.stringify(fields).includes(old));
  });
});
