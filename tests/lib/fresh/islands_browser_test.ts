import { assertEquals, assertStringIncludes } from "@std/assert";
import { csp, staticFiles } from "fresh";
import { type Page, withBrowser } from "../../../bench/browser.ts";
import { eventually } from "../../cluster/eventually.ts";
import { islandFiles } from "./island_files.ts";
import { openSite, withProject } from "./project.ts";

/** Opens the page of the islands under a policy without 'unsafe-inline', and hands over what went wrong in it. */
async function withPage(run: (page: Page, errors: string[]) => Promise<void>): Promise<void> {
  await withProject(islandFiles, async (root) => {
    const site = await openSite(
      root,
      (app) => app.use(staticFiles()).use(csp({ useNonce: true })).fsRoutes(),
    );
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site.app.handler());
    try {
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(error.message));
        page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
        await page.goto(`http://127.0.0.1:${server.addr.port}/`);
        await page.waitForSelector("#one.live");
        await run(page, errors);
      });
    } finally {
      await server.shutdown();
    }
  });
}

Deno.test("islands come to life in the browser, wherever they stand", async (t) => {
  await withPage(async (page, errors) => {
    const text = async (selector: string) =>
      (await page.textContent(selector))?.replaceAll(/\s+/g, " ").trim();

    await t.step("a click on one island changes all that share its signal", async () => {
      assertEquals([await text("#one"), await text("#two"), await text("#twice")], ["one: 3", "two: 3", "6"]);
      await page.click("#one");
      await page.click("#two");
      assertEquals([await text("#one"), await text("#two"), await text("#twice")], [
        "one: 5",
        "two: 5",
        "10",
      ]);
    });

    await t.step("an attribute that differs in the browser is set right", async () => {
      assertEquals(await page.getAttribute("#two", "class"), "live");
    });

    await t.step("a slot can be dropped and shown again, with the islands in it", async () => {
      await page.click("#within");
      assertEquals([await text("#within"), await text("#one")], ["within: 6", "one: 6"]);
      await page.click("#outer");
      assertEquals(await page.$("em"), null);
      await page.click("#outer");
      assertEquals([await text("em"), await page.getAttribute("em", "title")], ["slot", "kept"]);
      assertEquals(await page.inputValue("#typed"), "as sent");
      assertEquals(await text("#within"), "within: 6");
    });

    await t.step("a slot that was not placed at first can be shown", async () => {
      assertEquals(await page.$("#deep"), null);
      await page.click("#inner");
      await page.click("#deep");
      assertEquals([await text("#deep"), await text("#one")], ["deep: 7", "one: 7"]);
    });

    await t.step("an island within <tbody> adds rows, in their place", async () => {
      await page.click("#add");
      assertEquals(await page.locator("table > tbody > tr").allTextContents(), ["a", "b", "add"]);
    });

    await t.step("an island within <svg> draws, and its Head follows", async () => {
      assertEquals(await page.title(), "1 dots");
      await page.click("circle");
      await eventually(async () => assertEquals(await page.title(), "2 dots"));
      const drawn =
        "[...document.querySelectorAll('circle')].every((dot) => dot instanceof SVGCircleElement)";
      assertEquals([await page.locator("svg circle").count(), await page.evaluate(drawn)], [2, true]);
    });

    await t.step("what the browser renders replaces what the server did, and goes no further", async () => {
      await page.waitForSelector("#grown b:nth-of-type(2)");
      assertEquals([await text("#grown"), await text("footer")], ["(01)", "end"]);
    });

    await t.step("marks that were torn apart are told, and nothing else goes wrong", () => {
      assertEquals(errors.length, 1, errors.join("\n"));
      assertStringIncludes(errors[0] ?? "", "islands/Block.js");
    });
  });
});
