import { assert, assertEquals } from "@std/assert";
import { barriersOf } from "./axe.ts";
import { ownerFound, Stage } from "./stage.ts";

const pages: readonly [path: string, heading: string, shows: string | RegExp][] = [
  ["/", "Node", "all its copies are complete"],
  ["/ring", "Ring", "All of 3 nodes answered"],
  ["/trace?key=user%3A7", "Trace", ownerFound],
  ["/keys", "Keys", "user:7"],
  ["/logs", "Logs", "started"],
  ["/ops", "Operations", "Take this node out of the ring"],
  ["/settings", "Settings", "Theme"],
];

/** The panels of `/` that are loaded when they are asked for. */
const panels: readonly [tab: string, shows: string][] = [
  ["Local data", "user:7"],
  ["Charts", "One sample a second"],
  ["Events", "From the end of this node's log"],
  ["Configuration", "--port"],
];

const looks = [
  { scheme: "light", width: 1_440 },
  { scheme: "dark", width: 1_440 },
  { scheme: "light", width: 390 },
  { scheme: "dark", width: 390 },
] as const;

Deno.test("every page is whole, silent and open to everybody, in both themes and on a phone", async (t) => {
  await Stage.tell(3, async (stage) => {
    const place = stage.cluster.place(0);
    await place.client.put("user:7", "seven");
    for (const [path, heading, shows] of pages) {
      for (const look of looks) {
        await t.step(`${path} ${look.scheme} ${look.width}`, async () => {
          await stage.during(place, path, { ...look, isCalm: true }, async (visit) => {
            assertEquals(await visit.page.locator("h1").textContent(), heading);
            await visit.page.getByText(shows).first().waitFor();
            assertEquals(await visit.overflow(), 0, "the page scrolls sideways");
            assertEquals(await barriersOf(visit.page), []);
          });
        });
      }
    }
    await t.step("what is behind a tab of / comes when it is asked for", async () => {
      await stage.during(place, "/", { isCalm: true }, async ({ page }) => {
        for (const [tab, shows] of panels) {
          await page.getByRole("tab", { name: tab }).click();
          await page.getByRole("tabpanel").getByText(shows).first().waitFor();
          assertEquals(await barriersOf(page), [], tab);
        }
      });
    });
    await t.step("a page that does not exist says so, and shows the way back", async () => {
      const response = await fetch(`${place.url}/no/<script>such`);
      const text = await response.text();
      assertEquals(response.status, 404);
      assert(!text.includes("<script>such") && text.includes('href="/"'));
    });
  });
});
