import type { Hunt } from "./hunt.ts";
import type { FuzzProperty } from "./property.ts";

const casesDefault = 100_000;

export function usageOf(properties: readonly FuzzProperty[]): string {
  const width = Math.max(...properties.map(({ name }) => name.length)) + 2;
  return `Throws made-up input at a node, and at a ring of nodes, and checks what must hold whatever comes.

Usage: deno task fuzz [--cases N] [--seed S] [--only NAME[,NAME]]

  --cases N    cases in all (default ${casesDefault}); each property has its share
  --seed S     the same input again (default: from the clock, printed)
  --only LIST  only these properties:
${properties.map(({ name, summary }) => `               ${name.padEnd(width)}${summary}`).join("\n")}

Exit codes: 0 everything holds, 1 something does not, 64 usage.`;
}

/** @throws RangeError saying what is wrong with the arguments. */
export function planOf(
  args: readonly string[],
  properties: readonly FuzzProperty[],
  seedDefault: number,
): Hunt | "help" {
  let plan: Hunt = { properties, cases: casesDefault, seed: seedDefault };
  for (let i = 0; i < args.length; i += 2) {
    const [flag, value = ""] = args.slice(i, i + 2);
    if (flag === "--help") return "help";
    else if (flag === "--cases") plan = { ...plan, cases: wholeNumber(flag, value, 1) };
    else if (flag === "--seed") plan = { ...plan, seed: wholeNumber(flag, value, 0) };
    else if (flag === "--only") plan = { ...plan, properties: named(value, properties) };
    else throw new RangeError(`Unknown option: ${flag}`);
  }
  return plan;
}

function named(list: string, properties: readonly FuzzProperty[]): FuzzProperty[] {
  return list.split(",").map((name) => {
    const property = properties.find((other) => other.name === name);
    if (property === undefined) throw new RangeError(`Unknown property: ${name}`);
    return property;
  });
}

function wholeNumber(flag: string, text: string, min: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= min && value <= 2 ** 31) return value;
  throw new RangeError(`${flag} takes a whole number from ${min}, not "${text}"`);
}
