import { computed, Signal, signal } from "@preact/signals";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { staticFiles } from "fresh";
import { parse } from "devalue";
import { islandFiles } from "./island_files.ts";
import { type Files, openSite, type Site, withoutErrorLog, withProject } from "./project.ts";

/** An island that takes anything, on a page that hands it what stands on `globalThis.sent`. */
const anything: Files = {
  "islands/Any.tsx": "export default (props: any) => <i>{props.children}</i>;",
  "routes/_error.tsx": "export default ({ error }: any) => <b>{error.message}</b>;",
  "routes/index.tsx": `
    import Any from "../islands/Any.tsx";
    export default () => <main>{(globalThis as any).sent.map((props: any) => <Any {...props} />)}</main>;`,
};

async function withSent(sent: unknown[], run: (site: Site) => Promise<void>): Promise<void> {
  Object.assign(globalThis, { sent });
  await withProject(anything, async (root) => await run(await openSite(root)));
}

/** The props of a page's islands as a browser reads them, with signals as they come to life there. */
function propsIn(html: string): Record<string, unknown>[] {
  const [, text = ""] =
    /<script type="application\/json" id="fresh-state"[^>]*>(.*?)<\/script>/s.exec(html) ?? [];
  const state = parse(text, {
    Signal: ([value]: [unknown]) => signal(value),
    Slot: ([slot]: [number]) => `slot ${slot}`,
  });
  return state.islands.map(([, , props]: [string, string, Record<string, unknown>]) => props);
}

Deno.test("props of islands arrive as they were sent", async () => {
  const cycle: Record<string, unknown> = { name: "cycle" };
  cycle.self = cycle;
  const sent = {
    ...{ text: "</script><!--", none: null, nothing: undefined, yes: true },
    ...{ nan: NaN, infinite: -Infinity, zero: -0, big: 2n ** 80n },
    ...{ when: new Date(0), where: new URL("http://a.test/b"), what: /x+/gi },
    ...{ map: new Map([[{ a: 1 }, new Set(["b"])]]), bytes: new Uint8Array([1, 2, 255]) },
    ...{ list: [1, [2]], cycle, moment: Temporal.Instant.from("2026-01-02T03:04:05Z") },
  };
  await withSent([sent], async (site) => {
    const html = await site.read("/");
    assertEquals(html.split("</script>").length - 1, 2);
    const [got = {}] = propsIn(html);
    const { moment, cycle: gotCycle, ...rest } = got;
    const { moment: sentMoment, cycle: _, ...sentRest } = sent;
    assertEquals(rest, sentRest);
    assert(Object.is(got.zero, -0));
    assertEquals(String(moment), String(sentMoment));
    const around = gotCycle as { self: unknown };
    assert(around.self === around);
  });
});

Deno.test("a signal given to several islands is one signal in the browser, a computed one a snapshot", async () => {
  const count = signal(3);
  await withSent([{ count }, { count, twice: computed(() => count.value * 2) }], async (site) => {
    const [first, second] = propsIn(await site.read("/"));
    assert(first?.count instanceof Signal && first.count === second?.count);
    assertEquals(first.count.value, 3);
    assertEquals((second?.twice as Signal<number>).value, 6);
  });
});

Deno.test("props that cannot travel are refused with the names of the island and the prop", async () => {
  class Point {}
  const rows: [props: Record<string, unknown>, message: string][] = [
    [{ options: { onPick: () => {} } }, "props.options.onPick to the island Any: it is a function"],
    [{ at: new Point() }, "props.at to the island Any"],
    [{ which: Symbol("x") }, "props.which to the island Any"],
  ];
  for (const [props, message] of rows) {
    await withSent([{}, props], async (site) => {
      let answer = "";
      assertEquals(await withoutErrorLog(async () => void (answer = await site.read("/"))), 1);
      assertStringIncludes(answer, "500 ");
      assertStringIncludes(answer, message);
    });
  }
});

Deno.test("a page without islands has no script, one with islands preloads theirs", async () => {
  await withProject(islandFiles, async (root) => {
    const site = await openSite(root, (app) => app.use(staticFiles()).fsRoutes());
    const still = await site.get("/still");
    assertEquals([(await still.text()).includes("<script"), still.headers.get("link")], [false, null]);
    const live = await site.get("/");
    const html = await live.text();
    const links = (live.headers.get("link") ?? "").matchAll(/<([^>]+)>; rel="modulepreload"/g);
    const scripts = [...links].map(([, path = ""]) => path);
    assert(scripts.some((path) => path.endsWith("/islands/Counter.js")), String(scripts));
    assert(scripts.every((path) => path.startsWith(`/_fresh/js/${buildIdIn(html)}/`)));
    for (const path of scripts) {
      const script = await site.get(path);
      await script.body?.cancel();
      assertEquals(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
    }
  });
});

Deno.test("children are sent as markup: in their place, or aside if the island does not show them", async () => {
  await withProject(islandFiles, async (root) => {
    const html = await (await openSite(root)).read("/");
    assertStringIncludes(html, '<section><!--fresh:slot:0--><em title="kept">slot</em>');
    assertStringIncludes(html, '<template id="fresh-slot-1"><!--fresh:island:');
    assertEquals(propsIn(html).filter(({ children }) => children === "slot 0").length, 1);
  });
});

Deno.test("with a base path, scripts of islands are below it", async () => {
  await withProject(islandFiles, async (root) => {
    const prepare = (app: Site["app"]) => app.use(staticFiles()).fsRoutes();
    const site = await openSite(root, prepare, { basePath: "/ui" });
    const [, path = ""] = /<script type="module" src="([^"]+)"/.exec(await site.read("/ui")) ?? [];
    assertStringIncludes(path, "/ui/_fresh/js/");
    const script = await site.get(path);
    await script.body?.cancel();
    assertEquals(script.status, 200);
  });
});

function buildIdIn(html: string): string {
  return /\/_fresh\/js\/([^/]+)\//.exec(html)?.[1] ?? "";
}
