import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ConfigurationError } from "../../node/exit_code.ts";
import { secretCommand } from "../../node/keys/secret_command.ts";
import { readSecretFile } from "../../node/secret_file.ts";

const { run } = secretCommand;

Deno.test("keys secret shows a secret, or writes it to a file of its owner's", async () => {
  assertMatch(run([]), /^[A-Za-z0-9_-]{43}\n$/);
  const directory = await Deno.makeTempDir({ prefix: "rondo-keys-" });
  const path = `${directory}/secrets/ring`;
  const said = run(["--out", path]);
  const [first = ""] = readSecretFile(path);
  assert(said.includes(path) && !said.includes(first), "it is not shown");
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);

  assertThrows(() => run([`--out=${path}`]), ConfigurationError, "it is there already");
  assertEquals(readSecretFile(path), [first]);

  run([`--out=${path}`, "--rotate"]);
  const [second = ""] = readSecretFile(path);
  assertEquals(readSecretFile(path), [second, first], "the new one signs");
  run([`--out=${path}`, "--rotate"]);
  assertEquals(readSecretFile(path).slice(1), [second], "two at most");
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);

  run([`--out=${path}`, "--force"]);
  assertEquals(readSecretFile(path).length, 1);
  assertEquals([...Deno.readDirSync(`${directory}/secrets`)].length, 1, "nothing is left lying about");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("keys secret refuses what makes no sense", () => {
  const rows: [args: string[], want: string][] = [
    [["--rotate"], "without --out"],
    [["--force"], "without --out"],
    [["--out=x", "--rotate", "--force"], "Cannot use both"],
    [["--out=/nowhere/at/all/x", "--rotate"], "it is not there"],
    [["--ot=x"], "did you mean --out?"],
    [["x"], "there is no such flag"],
  ];
  for (const [args, want] of rows) assertThrows(() => run(args), ConfigurationError, want, args.join(" "));
});

Deno.test("keys secret --help says what there is, and nothing of an environment that it does not read", () => {
  const text = run(["--help"]);
  for (const flag of ["--out", "--rotate", "--force"]) assert(text.includes(flag));
  assert(!text.includes("environment"));
});
