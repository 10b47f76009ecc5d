import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { RondoClient } from "../../client/mod.ts";
import { MemoryNode } from "../../node/memory_node.ts";
import { withBrowser } from "../../bench/browser.ts";
import { eventually } from "../cluster/eventually.ts";
import { barriersOf } from "./axe.ts";
import { openPage, overflow } from "./open_page.ts";

const cacheDirs = ["dist/console", "data/console"];

/** What would run if any of it were ever taken for markup. */
const hostile = {
  image: "<img src=x onerror=alert(1)>",
  script: '"><script>alert(2)</script>',
  turned: "gpj.\u202Eexe",
};

/** There is no such key, it has changed, a file is bad. */
const expects = /status of (404|412|422)/;

const keyUrl = (key: string) => `/keys?key=${encodeURIComponent(key)}`;

function csv(name: string, text: string) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(text) };
}

Deno.test("the keys page in a browser", async (t) => {
  const nodes: MemoryNode[] = [];
  for (let i = 0; i < 3; i++) {
    const bootstrap = nodes[0] === undefined ? [] : [`--bootstrap=${nodes[0].self.url}`];
    nodes.push(await MemoryNode.open({ flags: ["--port=0", "--stabilize-ms=200", ...bootstrap], cacheDirs }));
  }
  const url = nodes[2]?.self.url ?? "";
  const client = new RondoClient({ url });
  let isOver = false;
  try {
    await client.put(hostile.image, hostile.script);
    await client.put(hostile.script, hostile.image);
    await client.put(hostile.turned, "x");
    for (let i = 0; i < 250; i++) await client.put(`user:${i}`, `{"number":${i}}`);
    await client.put("big:text", "lorem ipsum ".repeat(2_000));

    await withBrowser(async (browser) => {
      await t.step("what people store is shown as text, wherever it is shown", async () => {
        const { page, complaints } = await openPage(browser, { expects });
        await page.goto(`${url}/keys?q=${encodeURIComponent("<img")}`);
        await page.waitForSelector(".keys-table tbody tr");
        assertEquals(await page.textContent(".keys-open"), hostile.image);
        await page.click(".keys-open");
        for (const format of ["Text", "Hex", "Base64", "JSON"]) {
          await page.click(`.keys-formats >> text=${format}`);
        }
        await page.click(".keys-formats >> text=Text");
        assertEquals(await page.textContent(".value-text"), hostile.script);
        await page.goto(url + keyUrl(hostile.script));
        await page.waitForSelector(".value-text");
        assertEquals(await page.textContent("h2 .key-name"), hostile.script);
        assertEquals(await page.textContent(".value-text"), hostile.image);
        await page.click("text=Delete…");
        await page.click("dialog >> text=Cancel");
        await page.click("text=Import");
        const row = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const file = `key,value\n${row(hostile.image)},${row(hostile.script)}\n`;
        await page.setInputFiles("dialog input[type=file]", csv(`${hostile.image}.csv`, file));
        await page.waitForSelector(".import-preview tbody tr");
        assertEquals(await page.textContent(".import-preview .key-name"), hostile.image);
        await page.goto(url + keyUrl(hostile.turned));
        await page.waitForSelector(".value-text");
        assertEquals(await page.textContent("h2 .key-name"), "gpj.⟨U+202E⟩exe");
        assertEquals(await page.$$eval(".keys-page :is(img, script)", (found) => found.length), 0);
        assertEquals(complaints, []);
        await page.context().close();
      });

      await t.step("keys are found by prefix, on the node and in the ring, page by page", async () => {
        const { page, complaints } = await openPage(browser, { expects });
        await page.goto(`${url}/keys`);
        await page.waitForSelector(".keys-table tbody tr");
        assertEquals(await page.textContent(".keys-list-head p"), "200 keys so far");
        await page.click("text=Load more");
        await page.waitForSelector("text=254 keys in all");
        await page.check("input[value=ring]");
        await page.fill("input[name=q]", "user:24");
        await page.waitForSelector("text=11 keys in all");
        assertEquals(new URL(page.url()).search, "?scope=ring&q=user%3A24");
        await page.reload();
        await page.waitForSelector("text=11 keys in all");
        await page.focus("input[name=q]");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".key-details .value-text");
        assertMatch(await page.textContent(".value-text") ?? "", /"number": 24\n/);
        assertEquals((await page.$$(".key-keepers li")).length, 3);
        assertEquals(await page.getAttribute(".key-details a.button", "href"), "/trace?key=user%3A24");
        await page.fill("input[name=q]", "nobody:");
        await page.waitForSelector("text=No key in the ring begins with “nobody:”.");
        assertEquals(complaints, []);
        await page.context().close();
      });

      await t.step("a large value is shown in part, and whole when asked", async () => {
        const { page } = await openPage(browser, { expects });
        await page.goto(url + keyUrl("big:text"));
        await page.waitForSelector(".value-text");
        assertEquals((await page.textContent(".value-text"))?.length, 8 * 1_024);
        await page.click("text=Load all");
        assertEquals((await page.textContent(".value-text"))?.length, 24_000);
        await page.context().close();
      });

      await t.step("a key is put, changed against somebody else, deleted, and taken back", async () => {
        const { page, complaints } = await openPage(browser, { expects });
        await page.goto(`${url}/keys?q=made%3A`);
        await page.waitForSelector(".empty");
        await page.click("text=Put one");
        await page.waitForSelector("dialog[open]");
        await page.keyboard.type("é");
        await page.fill("#put-value", "first");
        await page.selectOption("dialog .expiry-field select", "after");
        await page.fill(".expiry-amount", "1");
        await page.selectOption("dialog .expiry-field select >> nth=1", "hours");
        await page.waitForSelector(".put-place .key-keepers li");
        assertStringIncludes(await page.textContent("#put-key-hint") ?? "", "7 / 512 B");
        await page.click("dialog button[type=submit]");
        await page.waitForSelector(".value-text");
        const made = await client.get("made:é");
        assert(made.expiresAt !== null && made.expiresAt.getTime() > Date.now() + 3_500_000);

        for (const [button, kept] of [["Take theirs", "theirs"], ["Overwrite with yours", "mine"]] as const) {
          await page.click(".key-details >> text=Edit");
          await page.fill("#edit-value", "mine");
          await client.put("made:é", "theirs", { ttlSeconds: 60 });
          await page.click(".edit-form button[type=submit]");
          await page.waitForSelector(".conflict");
          assertEquals((await page.$$(".conflict mark")).length, 2);
          await page.click(`text=${button}`);
          await page.waitForSelector(".value-text >> text=" + kept);
          assertEquals(await client.getText("made:é"), kept);
        }

        await page.click("text=Delete…");
        await page.waitForSelector("dialog[open]");
        assertEquals(await page.evaluate("document.activeElement.textContent"), "Cancel");
        await page.click("dialog button.danger");
        await page.waitForSelector(".keys-toast >> text=Deleted");
        assertEquals((await client.get("made:é")).found, false);
        await page.click(".keys-toast >> text=Undo");
        await page.waitForSelector("text=is back");
        const back = await client.get("made:é");
        assert(back.found && back.expiresAt !== null, "its time goes on");
        assertEquals(complaints, []);
        await page.context().close();
      });

      await t.step(
        "a file with bad rows is refused by row, a good one is stored, a long one stopped",
        async () => {
          const { page, complaints } = await openPage(browser, { expects });
          await page.goto(`${url}/keys?q=in%3A`);
          await page.waitForSelector(".empty");
          const choose = async (text: string) => {
            await page.setInputFiles("dialog input[type=file]", csv("rows.csv", text));
            await page.waitForSelector(".import-preview tbody tr");
            await page.click("dialog button[type=submit]");
          };
          await page.click(".empty >> text=Import a file");
          await choose("key,value\nin:a,1\nin:b\n,3\n");
          await page.waitForSelector("dialog .import-problems");
          const told = await page.$$eval(
            "dialog tbody tr",
            (rows) => rows.map(({ textContent }) => textContent),
          );
          assertEquals(told, ["3—it has 1 field, the header has 2", "4—its key is empty"]);
          assertEquals((await client.get("in:a")).found, false);
          await page.click("text=Import another file");
          await choose("key,value,ttl_seconds\nin:a,1,\nin:b,2,60\n");
          await page.waitForSelector("text=2 of 2 rows stored, 2 of them new.");
          await page.click("text=Import another file");
          await choose(`key,value\n${Array.from({ length: 100_000 }, (_, i) => `in:${i},x\n`).join("")}`);
          await page.click("dialog >> text=Stop");
          await page.waitForSelector("text=/Stopped (after line|before the first row)/");
          await page.click("dialog >> text=Close");
          await page.waitForSelector(".keys-open >> text=in:a");
          assertEquals(complaints, []);
          await page.context().close();
        },
      );

      await t.step("keys that are ticked are deleted together, once their number is typed", async () => {
        const { page } = await openPage(browser, { expects });
        await page.goto(`${url}/keys?q=user%3A1&scope=ring`);
        await page.waitForSelector("text=111 keys in all");
        await page.click("tbody tr:nth-child(2) input");
        await page.click("tbody tr:nth-child(6) input", { modifiers: ["Shift"] });
        await page.click("text=Delete 5…");
        await page.click("dialog input");
        await page.keyboard.type("5");
        await page.keyboard.press("Enter");
        assert(await page.$("dialog[open]") !== null, "Enter never deletes");
        await page.click("dialog button.danger");
        await page.waitForSelector("text=106 keys in all");
        await page.click("text=Refresh");
        await page.waitForSelector("text=106 keys in all");
        await page.context().close();
      });

      await t.step("exports lead to the files, of the prefix and the scope that are shown", async () => {
        const { page } = await openPage(browser, { expects });
        await page.goto(`${url}/keys?q=big%3A&scope=ring`);
        await page.waitForSelector(".keys-table tbody tr");
        await page.click(".keys-export summary");
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.click(".keys-export >> text=CSV"),
        ]);
        assertMatch(download.suggestedFilename(), /^ring-rondo_keys_.*\.csv$/);
        const text = await Deno.readTextFile(await download.path());
        assertMatch(text, /^key,value,ttl_seconds,encoding\r\nbig:text,/);
        await page.context().close();
      });

      await t.step("no barriers, in both themes, on a desk and on a phone", async () => {
        for (const scheme of ["light", "dark"] as const) {
          for (const width of [1440, 390]) {
            const { page, complaints } = await openPage(browser, { width, scheme, expects });
            const where = `${scheme} ${width}`;
            // A checker needs a minute for a thousand rows, and finds nothing in them that is not in ten.
            await page.goto(`${url}/keys?q=user%3A24`);
            await page.waitForSelector(".keys-table tbody tr");
            assertEquals([await barriersOf(page), await page.evaluate(overflow)], [[], 0], where);
            await page.click("text=Put key");
            await page.waitForSelector("dialog[open]");
            assertEquals([await barriersOf(page), await page.evaluate(overflow)], [[], 0], `put, ${where}`);
            await page.keyboard.press("Escape");
            await page.click("text=Import");
            await page.setInputFiles("dialog input[type=file]", csv("a.csv", "key,value\na,1\nb\n"));
            await page.waitForSelector(".import-preview");
            assertEquals(
              [await barriersOf(page), await page.evaluate(overflow)],
              [[], 0],
              `import, ${where}`,
            );
            await page.goto(`${url}${keyUrl("user:24")}&q=user%3A24`);
            await page.waitForSelector(".value-text");
            assertEquals([await barriersOf(page), await page.evaluate(overflow)], [[], 0], `key, ${where}`);
            await page.click(".key-details >> text=Edit");
            assertEquals([await barriersOf(page), await page.evaluate(overflow)], [[], 0], `edit, ${where}`);
            assertEquals(complaints, [], where);
            await page.context().close();
          }
        }
      });

      await t.step("without its node the page keeps what it shows, and nothing can be changed", async () => {
        const { page } = await openPage(browser, { expects });
        await page.goto(url + keyUrl("user:24"));
        await page.waitForSelector(".value-text");
        await page.waitForSelector(".live-pill.is-live");
        isOver = true;
        await nodes[2]?.end();
        await page.waitForSelector(".keys-page >> text=No connection to this node: keys can be looked at");
        for (const name of ["Put key", "Import", "Edit", "Delete…"]) {
          const button = page.locator(`.keys-page button:text-is("${name}")`).first();
          assertEquals([await button.isDisabled(), await button.getAttribute("title")], [
            true,
            "No connection to this node",
          ], name);
        }
        assertMatch(await page.textContent(".value-text") ?? "", /"number": 24/);
        await page.click(".keys-list-head >> text=Refresh");
        await eventually(async () => {
          assertStringIncludes(await page.textContent(".keys-problem") ?? "", "could not be");
        });
        assert(await page.$(".keys-table tbody tr") !== null, "what was listed stays");
        await page.context().close();
      });
    });
  } finally {
    for (const node of nodes.slice(0, isOver ? 2 : 3)) await node.end();
  }
});
