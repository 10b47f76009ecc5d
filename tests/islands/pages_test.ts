import { assert, assertEquals, assertMatch } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import KeysPage from "../../islands/KeysPage.tsx";
import RingPage from "../../islands/RingPage.tsx";
import TracePage from "../../islands/TracePage.tsx";

const props = { selfUrl: "http://127.0.0.1:8440", cluster: "test" };

Deno.test("the server renders the pages before anybody has walked the ring", () => {
  const ring = renderToString(h(RingPage, props));
  const trace = renderToString(h(TracePage, props));
  for (const html of [ring, trace]) {
    assertMatch(html, /Walking the ring: 0 nodes found so far/);
    assert(!/\sstyle=|undefined|NaN/.test(html));
  }
  assertEquals([...ring.matchAll(/role="tab"/g)].length, 4);
  assertMatch(trace, /<input name="key"/);
});

Deno.test("the server renders the keys page before anybody has asked for a key", () => {
  const html = renderToString(h(KeysPage, { ...props, role: "write" }));
  assertMatch(html, /Looking for keys…/);
  assertMatch(html, /href="\/api\/export\?scope=node&amp;format=csv"/);
  assert(!/\sstyle=|undefined|NaN|<dialog/.test(html));
});
