import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { listCommand, revokeCommand, tokenCommand } from "../../node/keys/token_commands.ts";
import { ConfigurationError } from "../../node/exit_code.ts";
import { followTokenFile, readTokenFile } from "../../node/token_file.ts";
import { TokenBook } from "../../transport/access/token_book.ts";

/** A directory of its own for a story about a token file. */
async function withFile(run: (path: string, make: (name: string, ...more: string[]) => string) => void) {
  const directory = await Deno.makeTempDir({ prefix: "rondo-tokens-" });
  const path = `${directory}/tokens.json`;
  try {
    run(path, (name, ...more) => tokenCommand.run([`--name=${name}`, `--file=${path}`, ...more]).trim());
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("keys token shows a token once, and keeps nothing that could be used", async () => {
  await withFile((path, make) => {
    const token = make("ada", "--role=operator", "--expires=30");
    assertMatch(token, /^rondo_[\w-]{43}$/);
    assert(!Deno.readTextFileSync(path).includes(token.slice(6)));
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    make("prometheus");
    const text = listCommand.run([`--file=${path}`]);
    assertMatch(
      text,
      /^ada +operator +created \S+, expires \S+\nprometheus +read +created \S+, does not expire\n$/,
    );
    assert(!text.includes(token.slice(6)));
  });
});

Deno.test("keys refuses what it cannot do, in one line", async () => {
  await withFile((path, make) => {
    make("ada");
    const rows: [run: () => string, line: RegExp][] = [
      [() => make("ada"), /second token of the name ada/],
      [() => make("a b"), /takes up to 64 letters/],
      [() => make("bob", "--role=root"), /takes read or write or operator or admin/],
      [() => make("bob", "--expires=0"), /takes a whole number from 1/],
      [() => tokenCommand.run([`--file=${path}`]), /without --name/],
      [() => tokenCommand.run(["--name=bob"]), /without --file/],
      [() => revokeCommand.run(["bob", `--file=${path}`]), /there is no such token/],
      [() => revokeCommand.run([`--file=${path}`]), /without its name/],
      [() => listCommand.run([`--file=${path}.none`]), /it is not there/],
    ];
    for (const [run, line] of rows) assertMatch(assertThrows(run, ConfigurationError).message, line);
  });
});

Deno.test("a node follows its token file: what is revoked is good for nothing a second later", async () => {
  await withFile((path, make) => {
    const [ada, bob] = [make("ada"), make("bob")];
    const said: string[] = [];
    let nowMs = 0;
    const follow = followTokenFile(path, (_, event) => void said.push(event), () => nowMs);
    const book = new TokenBook(follow, () => Date.now());
    const known = () => [ada, bob].map((token) => book.find(token)?.record.name ?? null);
    assertEquals(known(), ["ada", "bob"]);
    revokeCommand.run(["ada", `--file=${path}`]);
    nowMs += 1_000;
    assertEquals(known(), [null, "bob"]);
    Deno.writeTextFileSync(path, "{");
    nowMs += 1_000;
    assertEquals(known(), [null, "bob"], "a file that has become unusable changes nothing");
    Deno.removeSync(path);
    nowMs += 1_000;
    assertEquals(known(), [null, null], "with a file that is gone go its tokens");
    assertEquals(said, ["tokensRead", "tokensKept", "tokensGone"]);
  });
});

Deno.test("a token file that others may use is none", async () => {
  await withFile((path, make) => {
    make("ada");
    for (const mode of [0o644, 0o640, 0o620, 0o602]) {
      Deno.chmodSync(path, mode);
      assertMatch(assertThrows(() => readTokenFile(path), ConfigurationError).message, /chmod 600/);
    }
  });
});
