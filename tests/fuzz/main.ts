import { type Finding, hunt, type Progress } from "./hunt.ts";
import { planOf, usageOf } from "./plan.ts";
import { allProperties } from "./properties.ts";
import type { FuzzProperty } from "./property.ts";

/** The command: gives its exit code. */
export async function main(
  args: readonly string[],
  print: (line: string) => void,
  properties: readonly FuzzProperty[] = allProperties,
): Promise<number> {
  try {
    const plan = planOf(args, properties, Math.floor(Date.now() / 1_000));
    if (plan === "help") {
      print(usageOf(properties));
      return 0;
    }
    print(`seed ${plan.seed}, ${plan.cases} cases`);
    const startedAtMs = performance.now();
    const findings = await hunt(plan, progressTo(print));
    for (const finding of findings) print(textOf(finding));
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    print(
      `seed ${plan.seed}: ${
        findings.length === 0 ? "everything holds" : "not everything holds"
      }, ${seconds} s`,
    );
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    print(`${error.message}\n\n${usageOf(properties)}`);
    return 64;
  }
}

/** A line whenever another tenth of a property is done. */
function progressTo(print: (line: string) => void): (progress: Progress) => void {
  let told = "";
  return ({ done, name, of }) => {
    const line = `${name.padEnd(12)} ${Math.floor((done / of) * 10) * 10} % of ${of}`;
    if (line !== told) print(line);
    told = line;
  };
}

function textOf({ name, replay, report }: Finding): string {
  return `\n${name} does not hold. Again:\n  ${replay}\n${report}\n`;
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  Deno.exit(await main(Deno.args, (line) => console.log(line)));
}
