import axe from "axe-core";
import type { Page } from "playwright-core";

interface AxeResult {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What keeps people from using the page, as axe finds it: serious and critical findings, a line each. */
export async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate("axe.run().then(({ violations }) => violations)") as AxeResult[];
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap((
    { id, nodes },
  ) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`));
}
