import { assertEquals } from "@std/assert";
import { branchesOf } from "../../../components/keys/key_tree.ts";
import {
  emptyView,
  type KeysView,
  parametersOf,
  traceHref,
  viewOf,
} from "../../../components/keys/keys_url.ts";
import { allOrNone, extended, toggled, within } from "../../../components/keys/selection.ts";

/** `user: 2` for two keys behind a prefix, `name` for a key. */
function level(keys: string[], prefix = ""): string[] {
  return branchesOf(keys, prefix).map(({ kind, label, count }) =>
    kind === "key" ? label : `${label} ${count}`
  );
}

Deno.test("branchesOf() gives one level of the tree, prefixes first, numbers in order", () => {
  const keys = ["user:10", "user:9", "user:9:name", "session/a/b", "plain", "host.name", "user:"];
  const rows: [prefix: string, want: string[]][] = [
    ["", ["host. 1", "session/ 1", "user: 3", "plain", "user:"]],
    ["user:", ["9: 1", "9", "10"]],
    ["user:9:", ["name"]],
    ["session/", ["a/ 1"]],
    ["session/a/", ["b"]],
    ["nobody", []],
  ];
  for (const [prefix, want] of rows) assertEquals(level(keys, prefix), want, prefix);
  assertEquals(branchesOf(keys, "session/")[0]?.path, "session/a/");
});

Deno.test("branchesOf() takes keys that begin with delimiters, and markup, as they are", () => {
  const keys = ["::a", "/x", '"><script>', "<img src=x onerror=alert(1)>"];
  assertEquals(level(keys).toSorted(), ['"><script>', "/ 1", ": 1", "<img src=x onerror=alert(1)>"]);
  assertEquals(level(["::a"], ":"), [": 1"]);
});

Deno.test("the view goes into the address and comes back", () => {
  const rows: [search: string, view: KeysView][] = [
    ["", emptyView],
    ["?q=user%3A&scope=ring", { ...emptyView, prefix: "user:", scope: "ring" }],
    ["?key=a%26b&fmt=hex", { ...emptyView, key: "a&b", format: "hex" }],
    ["?key=%3Cimg+src%3Dx%3E", { ...emptyView, key: "<img src=x>" }],
  ];
  for (const [search, view] of rows) {
    assertEquals(viewOf(search), view, search);
    const kept = Object.entries(parametersOf(view)).filter((entry): entry is [string, string] =>
      entry[1] !== null
    );
    assertEquals(viewOf(`?${new URLSearchParams(kept)}`), view, search);
  }
  assertEquals(viewOf("?scope=world&fmt=html&key="), emptyView, "what makes no sense is left out");
  assertEquals(traceHref("a b&c"), "/trace?key=a+b%26c");
});

Deno.test("keys are ticked one by one, from one to another, and all at once", () => {
  const keys = ["a", "b", "c", "d"];
  const one = toggled(new Set(), "b");
  assertEquals([...one], ["b"]);
  assertEquals([...toggled(one, "b")], []);
  assertEquals(within(extended(one, { keys, from: "b", to: "d" }), keys), ["b", "c", "d"]);
  assertEquals(within(extended(new Set(["d"]), { keys, from: "d", to: "c" }), keys), ["c", "d"]);
  assertEquals(within(extended(one, { keys, from: "gone", to: "d" }), keys), ["b", "d"]);
  assertEquals(within(allOrNone(one, keys), keys), keys);
  assertEquals(allOrNone(new Set(keys), keys).size, 0);
  assertEquals(within(new Set(["gone", "a"]), keys), ["a"]);
});
