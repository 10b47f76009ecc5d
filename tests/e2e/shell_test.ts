import { assert, assertEquals, assertMatch } from "@std/assert";
import { pages } from "../../components/shell/pages.ts";
import { MemoryNode } from "../../node/memory_node.ts";
import { withBrowser } from "../../bench/browser.ts";
import { eventually } from "../cluster/eventually.ts";
import { barriersOf } from "./axe.ts";
import { openPage, overflow } from "./open_page.ts";

const cacheDirs = ["dist/console", "data/console"];

Deno.test("the shell of the console in a browser", async (t) => {
  const first = await MemoryNode.open({ flags: ["--port=0", "--stabilize-ms=200"], cacheDirs });
  const flags = ["--port=0", "--stabilize-ms=200", `--bootstrap=${first.self.url}`];
  const second = await MemoryNode.open({ flags, cacheDirs });
  let isSecondOver = false;
  const url = second.self.url;
  try {
    await withBrowser(async (browser) => {
      await t.step(
        "every page comes to life without a complaint, fits a phone, and has no barriers",
        async () => {
          for (const width of [1280, 390]) {
            const { page, complaints } = await openPage(browser, { width });
            for (const { path } of pages) {
              await page.goto(url + path);
              await page.waitForSelector(".live-pill.is-live");
              assertEquals(complaints, [], path);
              assertEquals(await page.evaluate(overflow), 0, `${path} is wider than ${width} px`);
              assertEquals(await barriersOf(page), [], path);
            }
            await page.context().close();
          }
        },
      );

      await t.step("a theme is there at once, stays on other nodes, and goes with Reset", async () => {
        const { page } = await openPage(browser, { width: 1280 });
        await page.goto(`${url}/settings`);
        await page.waitForSelector(".live-pill.is-live");
        await page.selectOption(".theme-switch", "dark");
        const theme = () => page.getAttribute("html", "data-theme");
        const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
        assertEquals([await theme(), await ground()], ["dark", "rgb(14, 18, 23)"]);
        await page.goto(`${first.self.url}/ring`);
        assertEquals([await theme(), await page.inputValue(".theme-switch")], ["dark", "dark"]);
        await page.goto(`${url}/settings`);
        await page.waitForSelector(".live-pill.is-live");
        await page.click("text=Reset");
        assertEquals([await theme(), await ground()], ["system", "rgb(255, 255, 255)"]);
        await page.context().close();
      });

      await t.step(
        "keys open pages and their own list, but not while somebody types or has them off",
        async () => {
          const { page } = await openPage(browser, { width: 1280 });
          await page.goto(`${url}/trace`);
          await page.waitForSelector(".live-pill.is-live");
          await page.keyboard.press("?");
          await page.waitForSelector("dialog[open]");
          assertEquals(await page.evaluate("document.activeElement.textContent"), "Close");
          await page.keyboard.press("Escape");
          await page.waitForSelector("dialog", { state: "detached" });
          await page.focus("input[name=key]");
          await page.keyboard.type("g?");
          assertEquals([await page.inputValue("input[name=key]"), await page.$("dialog")], ["g?", null]);
          await page.focus(".skip-link");
          await page.keyboard.press(".");
          await page.waitForSelector(".live-pill.is-paused");
          await page.keyboard.press(".");
          await page.waitForSelector(".live-pill.is-live");
          await page.keyboard.type("gs");
          await page.waitForURL(`${url}/settings`);
          await page.waitForSelector(".live-pill.is-live");
          await page.check("input[name=shortcuts][value=off]");
          await page.focus(".skip-link");
          await page.keyboard.type("?gn");
          assertEquals([await page.$("dialog"), new URL(page.url()).pathname], [null, "/settings"]);
          await page.context().close();
        },
      );

      await t.step("the list of nodes leads to the same page of another, and Escape closes it", async () => {
        const { page } = await openPage(browser, { width: 1280 });
        await page.goto(`${url}/ring?tab=table`);
        await page.waitForSelector(".live-pill.is-live");
        await page.click(".node-switcher summary");
        await page.keyboard.press("Escape");
        assertEquals(await page.$(".node-switcher[open]"), null);
        await page.click(".node-switcher summary");
        await page.click(`.node-list a[href^="${first.self.url}/"]`);
        await page.waitForURL((to) => to.origin === first.self.url && to.pathname === "/ring");
        await page.context().close();
      });

      await t.step(
        "what is wrong is told where it happens, and once the node is gone, where to go on",
        async () => {
          const { page } = await openPage(browser, { width: 1280 });
          await page.goto(`${url}/ops`);
          await page.waitForSelector(".live-pill.is-live");
          assertMatch(await page.textContent(".pill") ?? "", /Degraded.*2 nodes cannot keep 3 copies/);
          isSecondOver = true;
          await second.end();
          await page.waitForSelector(".banner.is-danger");
          const banner = await page.textContent(".banner") ?? "";
          assert(banner.includes(`Continue on ${new URL(first.self.url).host}`), banner);
          await eventually(async () =>
            assertMatch(await page.getAttribute(".live-pill", "class") ?? "", /reconnecting|polling/)
          );
          await page.context().close();
        },
      );
    });
  } finally {
    if (!isSecondOver) await second.end();
    await first.end();
  }
});
