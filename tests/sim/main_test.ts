import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../sim/main.ts";

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const code = await main(args, (line) => lines.push(line));
  return { code, output: lines.join("\n") };
}

Deno.test("sim prints runs, events and violations, and replays a seed", async () => {
  const first = await run("--seed", "3", "--runs", "2", "--regime", "wild", "--twice");
  assertEquals(first.code, 0, first.output);
  assertStringIncludes(first.output, "wild: 2 runs, ");
  assertStringIncludes(first.output, " 0 violations");
});

Deno.test("sim refuses what it does not understand with its usage", async () => {
  for (const args of [["--sead", "3"], ["--runs", "0"], ["--nodes", "x"], ["--regime", "mild"]]) {
    const { code, output } = await run(...args);
    assertEquals(code, 64, args.join(" "));
    assertStringIncludes(output, "Usage: deno task sim");
  }
  assertEquals((await run("--help")).code, 0);
});
