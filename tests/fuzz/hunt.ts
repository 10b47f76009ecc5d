import fc from "fast-check";
import type { FuzzProperty } from "./property.ts";

export interface Hunt {
  readonly properties: readonly FuzzProperty[];
  readonly cases: number;
  readonly seed: number;
}

/** How far a property is. */
export interface Progress {
  readonly name: string;
  readonly done: number;
  readonly of: number;
}

/** What broke a property, and how to have it again. */
export interface Finding {
  readonly name: string;
  readonly replay: string;
  readonly report: string;
}

/** Tries every property in rounds with seeds of their own; stops a property at its first finding. */
export async function hunt(
  plan: Hunt,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [property, cases] of sharesOf(plan)) {
    const finding = await huntOne(property, cases, plan.seed, onProgress);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

async function huntOne(
  property: FuzzProperty,
  cases: number,
  firstSeed: number,
  onProgress: (progress: Progress) => void,
): Promise<Finding | null> {
  const { name, roundMax } = property;
  for (let done = 0, seed = firstSeed; done < cases; seed++) {
    const round = Math.min(roundMax, cases - done);
    const report = await tryRound(property, round, seed);
    if (report !== null) {
      return { name, report, replay: `deno task fuzz --only ${name} --cases ${round} --seed ${seed}` };
    }
    done += round;
    onProgress({ name, done, of: cases });
  }
  return null;
}

async function tryRound(property: FuzzProperty, cases: number, seed: number): Promise<string | null> {
  await using trials = await property.open();
  const holds = fc.asyncProperty(trials.inputs, async (input) => await trials.trial(input));
  const details = await fc.check(holds, {
    seed,
    numRuns: cases,
    endOnFailure: property.isStateful,
    includeErrorInReport: true,
  });
  return details.failed
    ? `${await fc.asyncDefaultReportMessage(details)}${causesOf(details.errorInstance)}`
    : null;
}

/** What lies behind the error: the simulator reports what a node called an error, and why. */
function causesOf(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return "";
  const { cause } = error;
  return `\nBecause: ${cause instanceof Error ? cause.stack : String(cause)}${causesOf(cause)}`;
}

/** How many cases each property has; together at least as many as were asked for. */
function sharesOf({ cases, properties }: Hunt): [FuzzProperty, number][] {
  const shares = properties.reduce((sum, { share }) => sum + share, 0);
  return properties.map((property) => [property, Math.ceil(cases * property.share / shares)]);
}
