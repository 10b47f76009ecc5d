import { assertEquals } from "@std/assert";
import { localPath, signInAt } from "../../client/local_path.ts";

const paths: [text: string | null, want: string, why: string][] = [
  ["/ring?sel=7f3a#top", "/ring?sel=7f3a#top", "a page with what it shows"],
  ["/", "/", "the first page"],
  [null, "/", "none"],
  ["", "/", "none"],
  ["ring", "/", "no path"],
  ["http://evil.example/", "/", "another host"],
  ["//evil.example/", "/", "another host without a scheme"],
  ["/\\evil.example/", "/", "which browsers read like that"],
  ["/\t/evil.example/", "/", "and this: they leave tabs out"],
  ["\t//evil.example/", "/", "and this"],
  ["/.//evil.example/", "/", "a path that becomes one"],
  ["/x/..//evil.example/", "/", "a path that becomes one"],
  ["javascript:alert(1)", "/", "a script"],
  ["data:text/html,x", "/", "a document of its own"],
  ["/sign-in?next=/sign-in", "/", "round and round"],
  [`/keys?key="><script>`, "/keys?key=%22%3E%3Cscript%3E", "markup"],
];

Deno.test("localPath() leads nowhere but to pages of the node", () => {
  for (const [text, want, why] of paths) assertEquals(localPath(text), want, why);
});

Deno.test("signInAt() leads back to where it was", () => {
  const rows = [["/", "", "/sign-in"], ["/keys", "?key=a%26b", "/sign-in?next=%2Fkeys%3Fkey%3Da%2526b"]];
  for (const [pathname = "", search = "", want = ""] of rows) {
    assertEquals(signInAt({ pathname, search }), want);
    assertEquals(localPath(new URL(want, "http://node").searchParams.get("next")), pathname + search);
  }
});
