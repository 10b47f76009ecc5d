import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ConfigurationError, readOptions } from "../../torture/options.ts";

Deno.test("readOptions() reads the command line of the manual", () => {
  const line = "--nodes 8 --minutes 2 --faults kill,pause,restart,partition,skew --seed 7 --keys=100 --json";
  const { nodes, minutes, faults, seed, keys, json, keep, scenario } = readOptions(line.split(" "));
  assertEquals({ nodes, minutes, seed, keys, json, keep, scenario }, {
    ...{ nodes: 8, minutes: 2, seed: 7, keys: 100, json: true, keep: false, scenario: null },
  });
  assertEquals(faults, ["kill", "pause", "restart", "partition", "skew"]);
});

Deno.test("readOptions() leaves to the scenario what is not given", () => {
  const { nodes, minutes, faults, keys, clients, rate, killEvery } = readOptions([]);
  assertEquals([nodes, minutes, faults, keys, clients, rate, killEvery], Array(7).fill(null));
});

Deno.test("readOptions() says what is wrong on one line", () => {
  const rows: [args: string, line: RegExp][] = [
    ["--nods 3", /^Cannot use "--nods": there is no such flag; did you mean --nodes\?$/],
    ["--nodes 2", /^Cannot use "2" for --nodes: it takes a whole number from 3 to 24$/],
    ["--minutes 0", /^Cannot use "0" for --minutes: it takes minutes, more than 0 and at most 1440$/],
    ["--faults kill,maim", /^Cannot use "kill,maim" for --faults: it takes some of kill, pause, /],
    ["--seed", /^Cannot use --seed without a value/],
    ["kill", /^Cannot use "kill": there is no such flag/],
  ];
  for (const [args, line] of rows) {
    const error = assertThrows(() => readOptions(args.split(" ")), ConfigurationError);
    assertMatch(error.message, line);
  }
});

Deno.test("deno task torture ends with 64 and one line for what it cannot use", async () => {
  for (const args of [["--nods=3"], ["--scenario", "unheard"], ["--scenario", "kill", "--faults", "skew"]]) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=torture", new URL("../../torture/main.ts", import.meta.url).pathname, ...args],
      stdout: "null",
      stderr: "piped",
      cwd: new URL("../..", import.meta.url).pathname,
    }).output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    assertEquals([code, lines.length], [64, 1], lines.join("\n"));
  }
});
