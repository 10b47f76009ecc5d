import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { About } from "../../../components/settings/About.tsx";
import { Banners } from "../../../components/shell/Banners.tsx";
import { bannersOf } from "../../../components/shell/banners.ts";
import { DangerDialog } from "../../../components/shell/DangerDialog.tsx";
import { HealthPill } from "../../../components/shell/HealthPill.tsx";
import { LivePill } from "../../../components/shell/LivePill.tsx";
import { Nav } from "../../../components/shell/Nav.tsx";
import { NodeSwitcher } from "../../../components/shell/NodeSwitcher.tsx";
import { item } from "./facts.ts";

const nothing = () => {};

Deno.test("the navigation marks the page it is on, and no other", () => {
  const html = renderToString(h(Nav, { path: "/keys" }));
  assertEquals([...html.matchAll(/href="([^"]+)"[^>]* aria-current="page"/g)].map(([, path]) => path), [
    "/keys",
  ]);
  assertEquals([...html.matchAll(/<a /g)].length, 7);
});

Deno.test("the health pill says its word, and lists each problem as a link", () => {
  const problems = [{ severity: "warning" as const, text: "<b> is dead", href: "/ring?sel=1" }];
  const html = renderToString(h(HealthPill, { health: "Degraded", problems }));
  assertMatch(html, /Health: .*Degraded.*1 problem/);
  assertStringIncludes(html, '<a href="/ring?sel=1" class="is-warning">&lt;b> is dead</a>');
  assertMatch(renderToString(h(HealthPill, { health: "Healthy", problems: [] })), /are healthy/);
});

Deno.test("the live pill offers what helps", () => {
  const acts = { onPause: nothing, onResume: nothing, onRetry: nothing };
  const rows = [["live", /pause live updates/], ["paused", /resume/], ["reconnecting", /Retry now/]] as const;
  for (const [kind, offer] of rows) {
    assertMatch(renderToString(h(LivePill, { state: { kind, spoken: "", text: kind }, ...acts })), offer);
  }
});

Deno.test("a long list of nodes is cut, and says so", () => {
  const ring = Array.from({ length: 60 }, (_, i) => item(0, { id: `${i}` as never }));
  const html = renderToString(h(NodeSwitcher, { ring, place: { pathname: "/ops", search: "" } }));
  assertEquals([...html.matchAll(/href="http:\/\/127.0.0.1:8440\/ops"/g)].length, 50);
  assertMatch(html, /10 more nodes/);
});

Deno.test("a banner is read out, and leads to where one can go on", () => {
  const connection = { kind: "reconnecting" as const, atMs: 0 };
  const banners = bannersOf({ connection, info: null, ring: [item(1)] });
  const html = renderToString(
    h(Banners, { banners, place: { pathname: "/logs", search: "" }, onRetry: nothing }),
  );
  assertMatch(html, /role="status".*No connection.*Retry now.*href="http:\/\/127.0.0.1:8441\/logs"/);
});

Deno.test("the danger dialog begins with its act switched off", () => {
  const html = renderToString(h(DangerDialog, {
    title: "Remove node 7f3a from the ring?",
    confirmWord: "7f3a",
    actionLabel: "Hand over and leave",
    onConfirm: () => Promise.resolve(),
    onClose: nothing,
    children: "5,131 keys will be handed over",
  }));
  assertMatch(html, /<button type="button" class="danger" disabled>Hand over and leave/);
  assert(!html.includes("<form"), "a form would be sent by Enter");
});

Deno.test("the settings tell what the node is, or that it does not answer", () => {
  const html = renderToString(h(About, { info: null, selfUrl: "http://127.0.0.1:8440", cluster: "r" }));
  assertMatch(html, /the node gave no answer/);
});
