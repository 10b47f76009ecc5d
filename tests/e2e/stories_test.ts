import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Place } from "../cluster/cluster.ts";
import { eventually } from "../cluster/eventually.ts";
import { ownerFound, Stage, type Visit } from "./stage.ts";

const evilKey = `<img src=x onerror="document.title='taken'">`;
/** What browsers report while a node is gone is no fault of the page. */
const away = { isNodeAway: true, expects: [503] };
const evilValue = `"><script>document.title='taken'</script>`;

Deno.test("people watch a ring of eight, work with its keys, and see it heal", async (t) => {
  await Stage.tell(8, async (stage) => {
    const { cluster } = stage;
    const place = cluster.place(0);

    await t.step("the ring page names every node, and shows the one that is chosen", async () => {
      await stage.during(place, "/ring", {}, async ({ page }) => {
        await page.getByText("All of 8 nodes answered").waitFor();
        const markers = page.locator(".ring-marker");
        assertEquals(await markers.count(), 8);
        await markers.nth(3).click();
        const chosen = await markers.nth(3).getAttribute("data-ring-focus");
        const inspector = page.getByRole("complementary", { name: "Selected node" });
        assertEquals(await inspector.locator("h2 code").getAttribute("title"), chosen);
        await inspector.getByText("Fingers").first().waitFor();
        assertEquals(
          new URL(page.url()).searchParams.get("sel"),
          chosen,
          "the choice can be sent to others",
        );
      });
    });

    await t.step("a wheel zooms into the ring, a hand turns it, and 0 shows all of it again", async () => {
      await stage.during(place, "/ring", {}, async ({ page }) => {
        await page.getByText("All of 8 nodes answered").waitFor();
        const shown = page.locator(".ring-window");
        const focus = () => page.locator('.ring-marker[tabindex="0"]').focus();
        const pointTo = async (right: number, down: number, steps = 1) => {
          const { x = 0, y = 0, width = 0, height = 0 } = await page.locator(".ring-svg").boundingBox() ?? {};
          await page.mouse.move(x + width * right, y + height * down, { steps });
        };
        await pointTo(0.75, 0.5);
        await page.mouse.wheel(0, -400);
        assertEquals(await shown.count(), 0, "without the focus the wheel is the page's");
        await focus();
        await pointTo(0.75, 0.5);
        await page.mouse.wheel(0, -400);
        const zoomed = await shown.textContent() ?? "";
        assertMatch(zoomed, /^\(0\.12\d*-0\.62\d*\)$/, "half of it, and what is pointed at is still there");
        await page.mouse.down();
        await pointTo(0.5, 0.75, 4);
        await page.mouse.up();
        assert(await shown.textContent() !== zoomed);
        await eventually(() => assert(new URL(page.url()).searchParams.has("zoom")));
        assertEquals(new URL(page.url()).searchParams.get("sel"), null, "turning chooses nothing");
        await focus();
        await page.keyboard.press("0");
        await shown.waitFor({ state: "detached" });
      });
    });

    await t.step("by the keyboard alone: from page to page, round the ring, and into a trace", async () => {
      await stage.during(place, "/", {}, async ({ page }) => {
        await page.keyboard.press("Tab");
        assertEquals(await focused(page), "Skip to content");
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
        await page.keyboard.press("Escape");
        await page.keyboard.press("g");
        await page.keyboard.press("r");
        await page.getByText("All of 8 nodes answered").waitFor();
        await page.locator('.ring-marker[tabindex="0"]').focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await page.getByRole("complementary", { name: "Selected node" }).waitFor();
        await page.keyboard.press("t");
        await page.waitForURL("**/trace?from=*");
        await page.getByText("All of 8 nodes answered").waitFor();
        await page.getByLabel("Key", { exact: true }).fill("by:keyboard");
        await page.keyboard.press("Enter");
        await page.getByText(ownerFound).first().waitFor();
      });
    });

    await t.step(
      "a trace tells hop by hop how the owner is found, and its address says it all again",
      async () => {
        const others = await cluster.place(5).client.info();
        const path = `/trace?key=${encodeURIComponent("user:1001")}&from=${others.id}`;
        await stage.during(place, path, { isCalm: true }, async ({ page }) => {
          const { responsibleNode } = await place.client.lookup("user:1001");
          await page.getByText(ownerFound).first().waitFor();
          const last = page.locator(".trace-hops tr, table tr").last();
          await last.getByText(new URL(responsibleNode.url).host).waitFor();
          await page.getByRole("button", { name: "First step" }).click();
          await page.getByText("Step 0 of").or(page.getByText("start")).first().waitFor();
          await page.getByRole("button", { name: "Step forward" }).click();
          await page.getByText(/Step 1 of/).waitFor();
          await page.getByRole("button", { name: "Repeat ×20" }).click();
          await page.getByText(/20 lookups|of 20/).first().waitFor();
        });
      },
    );

    await t.step(
      "a key put with a time to live is there at once, on three nodes, and counts down",
      async () => {
        await stage.during(place, "/keys", {}, async ({ page }) => {
          await page.getByRole("button", { name: "Put key" }).click();
          const dialog = page.getByRole("dialog", { name: "Put a key" });
          await dialog.getByLabel(/^Key/).fill("session:ada");
          await dialog.getByLabel("Value", { exact: true }).fill("lovelace");
          await dialog.locator(".expiry-field select").first().selectOption("after");
          await dialog.getByLabel("How long it lives").fill("600");
          await dialog.getByText("Will keep it").or(dialog.getByText("which these nodes keep")).first()
            .waitFor();
          await dialog.getByRole("button", { name: "Put" }).click();
          await dialog.waitFor({ state: "hidden" });
          const { value, expiresAt } = await place.client.get("session:ada");
          assertEquals(value === null ? null : new TextDecoder().decode(value), "lovelace");
          assert(expiresAt !== null);
          await page.goto(`${place.url}/keys?key=session%3Aada`);
          await page.getByText(/9 min|10 min/).first().waitFor();
        });
      },
    );

    await t.step("of two tabs that change one key, the second is shown what the first wrote", async () => {
      await place.client.put("shared", "base");
      const first = await stage.visit(place, "/keys?key=shared");
      const second = await stage.visit(cluster.place(3), "/keys?key=shared", { expects: [412] });
      for (const { page } of [first, second]) await page.getByRole("button", { name: "Edit" }).click();
      await save(first, "from the first tab");
      await eventually(async () => assertEquals(await textOf(place, "shared"), "from the first tab"));
      await save(second, "from the second tab");
      const conflict = second.page.getByRole("alert", { name: "Conflict" });
      await conflict.getByText("from the first tab").waitFor();
      assertEquals(await textOf(place, "shared"), "from the first tab");
      await conflict.getByRole("button", { name: "Overwrite with yours" }).click();
      await eventually(async () => assertEquals(await textOf(place, "shared"), "from the second tab"));
      for (const visit of [first, second]) await visit.end();
    });

    await t.step("what is deleted comes back by Undo", async () => {
      await place.client.put("precious", "gold");
      await stage.during(place, "/keys?key=precious", { expects: [404] }, async ({ page }) => {
        await page.getByRole("button", { name: "Delete…" }).click();
        await page.getByRole("dialog").getByRole("button", { name: /^Delete/ }).click();
        await eventually(async () => assertEquals((await place.client.get("precious")).found, false));
        await page.getByRole("button", { name: "Undo" }).click();
        await eventually(async () => assertEquals(await textOf(place, "precious"), "gold"));
      });
    });

    await t.step("a file with bad rows is refused whole, row by row; a good one is stored", async () => {
      await stage.during(place, "/keys", { expects: [422] }, async ({ page }) => {
        await page.getByRole("button", { name: "Import", exact: true }).click();
        const dialog = page.getByRole("dialog");
        const choose = async (text: string) =>
          await dialog.locator("input[type=file]").setInputFiles({
            name: "rows.csv",
            mimeType: "text/csv",
            buffer: Buffer.from(text),
          });
        await choose(`key,value\nimport:1,one\n${"k".repeat(600)},too long a key\nimport:3,three\n`);
        await dialog.getByRole("button", { name: /^Import/ }).last().click();
        await dialog.getByText(/row 2|line 3/i).first().waitFor();
        assertEquals((await place.client.get("import:1")).found, false, "the whole file is checked first");
        await dialog.getByRole("button", { name: "Import another file" }).click();
        await choose("key,value\nimport:1,one\nimport:2,two\nimport:3,three\n");
        await dialog.getByRole("button", { name: /^Import/ }).last().click();
        await dialog.getByText(/3 rows|3 of 3/).first().waitFor();
        assertEquals(await textOf(cluster.place(4), "import:3"), "three");
      });
    });

    await t.step("markup in keys and values is shown as it is, and does nothing", async () => {
      await place.client.put(evilKey, evilValue);
      const path = `/keys?key=${encodeURIComponent(evilKey)}`;
      await stage.during(place, path, {}, async ({ page }) => {
        await page.getByText(evilValue).first().waitFor();
        await page.getByText(evilKey).first().waitFor();
        assert(!(await page.title()).includes("taken"));
        assertEquals(await page.locator("img").count(), 0);
      });
    });

    await t.step("a node is asked to leave in the console, and hands over before it ends", async () => {
      const leaver = cluster.place(7);
      const { id } = await leaver.client.info();
      const visit = await stage.visit(leaver, "/ops", away);
      const { page } = visit;
      await page.getByRole("button", { name: "Leave ring…" }).click();
      const dialog = page.getByRole("dialog");
      await eventually(async () => assertEquals(await focused(page), "Cancel"));
      assert(await dialog.getByRole("button", { name: "Hand over and leave" }).isDisabled());
      await dialog.getByRole("textbox").fill(id.slice(0, 4));
      await dialog.getByRole("button", { name: "Hand over and leave" }).click();
      assertEquals(await leaver.run?.exited, 0);
      await visit.end();
      await cluster.closes();
      assertEquals(await textOf(place, "import:3"), "three");
    });

    await t.step("a node that is killed is shown where it was, and by that word", async () => {
      const victim = cluster.place(6);
      const { id } = await victim.client.info();
      const visit = await stage.visit(place, "/ring", away);
      await visit.page.getByText("All of 7 nodes answered").waitFor();
      await victim.end("SIGKILL");
      await visit.page.locator(`[data-ring-focus="${id}"][aria-label*="dead"]`).waitFor();
      await cluster.closes();
      await visit.end();
    });

    await t.step("a page whose node is paused says how old it is, and is live again by itself", async () => {
      const paused = cluster.place(2);
      const visit = await stage.visit(paused, "/", away);
      const spoken = visit.page.locator(".shell-header").getByRole("status");
      await spoken.getByText("Live", { exact: true }).waitFor();
      paused.run?.signal("SIGSTOP");
      await spoken.getByText(/stale|lost|Polling/).first().waitFor({ timeout: 60_000 });
      paused.run?.signal("SIGCONT");
      await spoken.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
      await visit.end();
    });
  });
});

async function save({ page }: Visit, text: string): Promise<void> {
  await page.getByLabel("Value", { exact: true }).last().fill(text);
  await page.getByRole("button", { name: "Save" }).click();
}

async function textOf({ client }: Place, key: string): Promise<string | null> {
  const { value } = await client.get(key);
  return value === null ? null : new TextDecoder().decode(value);
}

async function focused(page: Visit["page"]): Promise<string> {
  return await page.evaluate("document.activeElement?.textContent ?? ''") as string;
}
