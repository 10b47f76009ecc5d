import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { secretCommand } from "../../node/keys/secret_command.ts";
import { tokenCommand } from "../../node/keys/token_commands.ts";
import { readTokenFile, replaceTokenFile } from "../../node/token_file.ts";
import { barriersOf } from "./axe.ts";
import { Stage } from "./stage.ts";

Deno.test("people sign in with a token, and do what it is good for", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "rondo-tokens-" });
  const file = `${directory}/tokens.json`;
  const tokenOf = (name: string, role: string) =>
    tokenCommand.run([`--name=${name}`, `--role=${role}`, `--file=${file}`]).trim();
  const [reader, operator] = [tokenOf("rita", "read"), tokenOf("otto", "operator")];
  const secretFile = `${directory}/secret`;
  secretCommand.run([`--out=${secretFile}`]);
  const flags = [`--token-file=${file}`, `--secret-file=${secretFile}`, `--allow-read=${directory}`];
  const options = { flags, token: operator };
  const stranger = { isStranger: true, expects: [401] };

  await Stage.tell(3, async (stage) => {
    const place = stage.cluster.place(0);

    await t.step("a stranger is led to the page for signing in, and back to where he wanted", async () => {
      const { page } = await stage.visit(place, "/keys?q=user%3A", stranger);
      assertEquals(page.url(), `${place.url}/sign-in?next=${encodeURIComponent("/keys?q=user%3A")}`);
      assertEquals(await barriersOf(page), []);
      await signIn(page, `${reader}x`);
      await page.getByRole("alert").getByText("does not know this token").waitFor();
      await signIn(page, reader);
      await page.waitForURL(`${place.url}/keys?q=user%3A`);
      await page.getByText("rita · read").waitFor();
      const [cookie] = (await page.context().cookies()).filter(({ name }) => /^rondo-\d+$/.test(name));
      assertEquals([cookie?.httpOnly, cookie?.sameSite, cookie?.path], [true, "Strict", "/"]);
      assertEquals(await page.evaluate("document.cookie.includes('rondo-8')"), false);
    });

    await t.step("who may only read sees everything, and what he may not do with the reason", async () => {
      const { page } = await signedIn(stage, reader);
      await page.goto(`${place.url}/ops`);
      const leave = page.getByRole("button", { name: "Leave ring…" });
      await leave.waitFor();
      assert(await leave.isDisabled());
      assertMatch(await leave.getAttribute("title") ?? "", /takes the role operator, and yours is read/);
      await page.goto(`${place.url}/keys`);
      await page.getByText("This takes the role write, and yours is read: keys can be looked at").waitFor();
      assert(await page.getByRole("button", { name: "Put key" }).isDisabled());
      const asked = page.waitForResponse((response) =>
        response.url() === `${stage.cluster.place(1).url}/api/node/info` && response.ok()
      );
      await page.goto(`${place.url}/ring`);
      assertMatch(await (await asked).request().headerValue("authorization") ?? "", /^Bearer rondot_/);
      await page.getByText("All of 3 nodes answered").waitFor();
      const status = await page.evaluate(async () =>
        (await fetch("/api/node/leave", { method: "POST", headers: { "content-type": "application/json" } }))
          .status
      );
      assertEquals(status, 403, "the page is not the guard");
    });

    await t.step("an operator maintains the node, the audit says who, and signing out ends it", async () => {
      const { page } = await signedIn(stage, operator);
      await page.goto(`${place.url}/ops?tab=maintenance`);
      await page.getByRole("button", { name: "Stabilise now" }).click();
      await page.getByText(/Stabilise: done/).waitFor();
      await page.goto(`${place.url}/keys`);
      await page.getByRole("button", { name: "Put key" }).click();
      const dialog = page.getByRole("dialog", { name: "Put a key" });
      await dialog.getByLabel(/^Key/).fill("session:ada");
      await dialog.getByLabel("Value", { exact: true }).fill("lovelace");
      await dialog.getByRole("button", { name: "Put" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.goto(`${place.url}/ops?tab=audit`);
      await page.getByText("PUT /api/keys/session%3Aada").first().waitFor();
      await page.getByText("POST /api/node/maintain").first().waitFor();
      assert(await page.getByText("otto").count() > 1);
      assert(!(await page.content()).includes("lovelace"));
      await page.getByText("otto · operator").click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${place.url}/sign-in`);
      await page.goto(`${place.url}/ops`);
      await page.waitForURL("**/sign-in?next=%2Fops");
    });

    await t.step("nothing in next= is a script or leads away", async () => {
      const { page } = await stage.visit(place, "/", stranger);
      for (const next of ["javascript:document.title='taken'", "//evil.example/", "/.//evil.example"]) {
        await page.goto(`${place.url}/sign-in?next=${encodeURIComponent(next)}`);
        await signIn(page, reader);
        await page.waitForURL(`${place.url}/`);
        assert(!(await page.title()).includes("taken"));
        await page.context().clearCookies();
      }
    });

    await t.step("a page whose session ends says so, and goes on after signing in", async () => {
      const visit = await signedIn(stage, reader);
      const { page } = visit;
      const records = readTokenFile(file);
      replaceTokenFile(file, records.filter(({ name }) => name !== "rita"));
      await page.locator(".banner").getByText("You are not signed in any more.").waitFor({ timeout: 30_000 });
      await page.getByText("Signed out").first().waitFor();
      const link = page.locator(".banner").getByRole("link", { name: "Sign in" });
      assertEquals(await link.getAttribute("href"), "/sign-in");
      await link.click();
      await signIn(page, operator);
      await page.waitForURL(`${place.url}/`);
      await page.getByText("otto · operator").waitFor();
    });

    await t.step("an operator takes a node out of the ring", async () => {
      const leaver = stage.cluster.place(2);
      const { id } = await leaver.client.info();
      const visit = await signedIn(stage, operator, leaver);
      const { page } = visit;
      await page.goto(`${leaver.url}/ops`);
      await page.getByRole("button", { name: "Leave ring…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox").fill(id.slice(0, 4));
      await dialog.getByRole("button", { name: "Hand over and leave" }).click();
      assertEquals(await leaver.run?.exited, 0);
      await visit.end();
    });
    for (const { run } of stage.cluster.places) {
      for (const token of [reader, operator]) assert(!run?.output.includes(token.slice(6)));
    }
  }, options);
  await Deno.remove(directory, { recursive: true });
});

async function signIn(page: Page, token: string): Promise<void> {
  // Before its island is alive, the form would be sent as forms are.
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** A browser with a session, at the first page. */
async function signedIn(stage: Stage, token: string, place = stage.cluster.place(0)) {
  const look = { isStranger: true, isNodeAway: true, expects: [401, 403, 503] };
  const visit = await stage.visit(place, "/", look);
  await signIn(visit.page, token);
  await visit.page.waitForURL(`${place.url}/`);
  await visit.page.locator(".shell-header").getByText("Live", { exact: true }).first().waitFor();
  return visit;
}
