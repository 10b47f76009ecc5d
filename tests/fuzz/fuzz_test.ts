import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type MethodDefinition, methods } from "../../core/protocol.ts";
import { hunt } from "./hunt.ts";
import { main } from "./main.ts";
import { allProperties } from "./properties.ts";
import { pure } from "./property.ts";
import { fitting } from "./schema_arbitrary.ts";

/** The same cases every time; `deno task fuzz` tries others. */
const seed = 2026;
const cases = 5_000;

for (const property of allProperties) {
  Deno.test(`fuzz, seed ${seed}: ${property.summary}`, async () => {
    const shares = allProperties.reduce((sum, { share }) => sum + share, 0);
    const [finding] = await hunt({
      properties: [property],
      cases: Math.ceil(cases * property.share / shares),
      seed,
    });
    assert(finding === undefined, `${finding?.replay}\n${finding?.report}`);
  });
}

Deno.test("fitting() makes what every schema of the protocol takes", () => {
  for (const [name, { params, result }] of Object.entries<MethodDefinition>(methods)) {
    for (const schema of [params, result]) {
      const made = fc.sample(fitting(schema), { seed, numRuns: 30 });
      assertEquals(made.filter((value) => !schema.safeParse(value).success), [], name);
    }
  }
});

/** Holds for small numbers only. */
const flawed = pure({
  name: "flawed",
  summary: "no number is large",
  share: 1,
  inputs: fc.nat(10_000),
  trial: (number) => assert(number < 5_000, `${number} is large`),
});
const sound = pure({
  name: "sound",
  summary: "numbers are numbers",
  share: 3,
  inputs: fc.nat(),
  trial: () => {},
});

Deno.test("hunt() finds what does not hold, and says how to have it again", async () => {
  const [finding, ...more] = await hunt({ properties: [flawed, sound], cases: 400, seed: 5 });
  assertEquals([finding?.name, finding?.replay, more], [
    "flawed",
    "deno task fuzz --only flawed --cases 100 --seed 5",
    [],
  ]);
  assert(finding?.report.includes("5000 is large"), "the smallest that there is");
});

Deno.test("deno task fuzz exits with 0 when all holds, 1 when not, and 64 when it was not understood", async () => {
  const rows: [args: string, code: number, says: RegExp][] = [
    ["--only sound --seed 3 --cases 10", 0, /^seed 3, 10 cases.*100 % of 10.*seed 3: everything holds/s],
    [
      "--only flawed --cases 100 --seed 5",
      1,
      /Again:\n {2}deno task fuzz --only flawed --cases 100 --seed 5\n/,
    ],
    ["--help", 0, /flawed +no number is large/],
    ["--only none", 64, /^Unknown property: none/],
    ["--cases 0", 64, /^--cases takes a whole number from 1/],
    ["--seed -1", 64, /^--seed takes a whole number from 0/],
    ["--fast", 64, /^Unknown option: --fast/],
  ];
  for (const [args, code, says] of rows) {
    const lines: string[] = [];
    const given = await main(args.split(" "), (line) => void lines.push(line), [flawed, sound]);
    assertEquals([given, says.test(lines.join("\n"))], [code, true], `${args}\n${lines.join("\n")}`);
  }
});
