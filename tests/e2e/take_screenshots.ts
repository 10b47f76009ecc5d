import type { Page } from "playwright-core";
import { ownerFound, Stage } from "./stage.ts";

/** Takes the pictures of the documentation: a real ring with keys, every page in it, as a visitor sees it. */

const folder = new URL("../../docs/screenshots/", import.meta.url).pathname;
const keyCount = 600;
const people = ["ada", "grace", "barbara", "edsger", "leslie", "nancy"];

const pictures: readonly [name: string, path: string, prepare: (page: Page) => Promise<void>][] = [
  ["node", "/", (page) => page.getByText("all its copies are complete").first().waitFor()],
  ["ring", "/ring", async (page) => {
    await page.getByText("All of 8 nodes answered").waitFor();
    await page.locator(".ring-marker").nth(2).click();
    await page.getByRole("button", { name: "Measure hops" }).click();
    await page.getByText(/measured/i).first().waitFor();
  }],
  ["trace", "/trace?key=user%3A1001", (page) => page.getByText(ownerFound).first().waitFor()],
  ["keys", "/keys?key=user%3Aada%3A1", (page) => page.getByText("Kept by").waitFor()],
  ["logs", "/logs", (page) => page.getByText("started").first().waitFor()],
  ["operations", "/ops", (page) => page.getByText("Take this node out of the ring").waitFor()],
  ["settings", "/settings", (page) => page.getByText("Theme").first().waitFor()],
];

await Deno.mkdir(folder, { recursive: true });
await Stage.tell(8, async (stage) => {
  const place = stage.cluster.place(0);
  const rows = Array.from({ length: keyCount }, (_, i) => ({
    key: `user:${people[i % people.length]}:${Math.floor(i / people.length)}`,
    value: JSON.stringify({ name: people[i % people.length], visits: i }),
  }));
  for await (const results of place.client.putMany(rows)) void results;
  for (const scheme of ["light", "dark"] as const) {
    for (const [name, path, prepare] of pictures) {
      await stage.during(place, path, { scheme, isCalm: true }, async (visit) => {
        await prepare(visit.page);
        // What is measured over seconds shows only then.
        await visit.page.waitForTimeout(2_000);
        await visit.page.evaluate("scrollTo(0, 0)");
        await visit.page.screenshot({ path: `${folder}${name}-${scheme}.png` });
      });
    }
  }
});
