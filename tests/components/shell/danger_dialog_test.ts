import { assertEquals } from "@std/assert";
import { staticFiles } from "fresh";
import { type Page, withBrowser } from "../../../bench/browser.ts";
import { openSite, withProject } from "../../lib/fresh/project.ts";

const dialog = new URL("../../../components/shell/DangerDialog.tsx", import.meta.url).href;

const files = {
  "islands/Danger.tsx": `
    import { useEffect, useState } from "preact/hooks";
    import { DangerDialog } from "${dialog}";
    export default function Danger() {
      const [state, setState] = useState("closed");
      const [tries, setTries] = useState(0);
      useEffect(() => setState("ready"), []);
      const onConfirm = async () => {
        setTries(tries + 1);
        if (tries === 0) throw Object.assign(new Error("Cannot leave: no taker"), { requestId: "r-1" });
      };
      return (
        <>
          <button id="open" onClick={() => setState("open")}>{state}</button>
          <b>{tries}</b>
          {state === "open" && (
            <DangerDialog title="Remove 7f3a?" confirmWord="7f3a" actionLabel="Leave"
              onConfirm={onConfirm} onClose={() => setState("over")}>
              <p>5,131 keys move.</p>
            </DangerDialog>
          )}
        </>
      );
    }`,
  "routes/index.tsx": "import Danger from '../islands/Danger.tsx'; export default () => <Danger />;",
};

async function withDialog(run: (page: Page) => Promise<void>): Promise<void> {
  await withProject(files, async (root) => {
    const site = await openSite(root, (app) => app.use(staticFiles()).fsRoutes());
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site.app.handler());
    try {
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${server.addr.port}/`);
        await page.waitForSelector("text=ready");
        await page.click("#open");
        await page.waitForSelector("dialog[open]");
        await run(page);
      });
    } finally {
      await server.shutdown();
    }
  });
}

Deno.test("the danger dialog does nothing but at a click, after its word was typed", async () => {
  await withDialog(async (page) => {
    const focused = () => page.evaluate("document.activeElement.textContent");
    const tries = async () => await page.textContent("b");
    assertEquals([await focused(), await page.isDisabled("button.danger")], ["Cancel", true]);
    await page.fill("dialog input", "7f3");
    assertEquals(await page.isDisabled("button.danger"), true);
    await page.fill("dialog input", "7f3a");
    await page.press("dialog input", "Enter");
    assertEquals([await tries(), await page.isDisabled("button.danger")], ["0", false]);

    await page.click("button.danger");
    await page.waitForSelector("text=Cannot leave: no taker (request r-1)");
    assertEquals(await tries(), "1", "an error stays in the dialog");

    await page.click("button.danger");
    await page.waitForSelector("dialog", { state: "detached" });
    assertEquals([await tries(), await page.textContent("#open")], ["2", "over"]);
  });
});

Deno.test("the danger dialog is left by Escape and by Enter at first, and gives the focus back", async () => {
  await withDialog(async (page) => {
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    assertEquals(await page.evaluate("document.activeElement.id"), "open");
    await page.click("#open");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    assertEquals(await page.textContent("b"), "0");
  });
});
