import { assertEquals } from "@std/assert";
import { IdSpace } from "../../core/id.ts";
import { NodeIds } from "../../core/node_ids.ts";
import { nodeIdOf } from "../../core/node_ref.ts";

const space = new IdSpace(160);

Deno.test("NodeIds: an id is true for one address of one ring, written in the one way", () => {
  const ids = new NodeIds(space, "rondo");
  const idOf = (url: string, cluster = "rondo") => nodeIdOf(space, cluster, url);
  const url = "http://10.0.0.1:8440";
  const rows: [url: string, id: string, want: boolean, why: string][] = [
    [url, idOf(url), true, "as it is"],
    [url, idOf(url), true, "and once more, remembered"],
    [url, idOf("http://10.0.0.2:8440"), false, "somebody else's"],
    [url, idOf(url, "other"), false, "of another ring"],
    ["https://a.example", idOf("https://a.example"), true, "TLS, default port"],
    [`${url}/`, idOf(`${url}/`), false, "a slash more would be a second place"],
    [`${url}/x`, idOf(`${url}/x`), false, "a path too"],
    ["http://10.1:8440", idOf("http://10.1:8440"), false, "and a short form"],
    ["HTTP://A.example", idOf("HTTP://A.example"), false, "and capitals"],
    ["http://a.example:80", idOf("http://a.example:80"), false, "and a port that goes without saying"],
    ["http://u@a.example", idOf("http://u@a.example"), false, "and a user"],
    ["file:///etc/passwd", idOf("file:///etc/passwd"), false, "no address of a node"],
    ["", idOf(""), false, "none at all"],
  ];
  for (const [url, id, want, why] of rows) assertEquals(ids.isTrue({ id: space.parse(id), url }), want, why);
});

Deno.test("NodeIds gives the same answers when it has long forgotten", () => {
  const ids = new NodeIds(space, "rondo");
  const ref = (n: number) => ({ id: nodeIdOf(space, "rondo", `http://n${n}`), url: `http://n${n}` });
  for (let n = 0; n < 5_000; n++) ids.isTrue(ref(n));
  assertEquals([ids.isTrue(ref(0)), ids.isTrue({ ...ref(0), id: ref(1).id })], [true, false]);
});
