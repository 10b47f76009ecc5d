import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import { scriptBudgets, scriptsOf } from "../bench/page_scripts.ts";
import { aboutLinks } from "../components/settings/About.tsx";
import { pages } from "../components/shell/pages.ts";
import { Console } from "../node/console.ts";
import { consoleFiles } from "../node/console_files.ts";
import { MemoryNode } from "../node/memory_node.ts";
import { directPeersMax, pagePolicy } from "../node/page_headers.ts";
import { eventually } from "./cluster/eventually.ts";
import { FakeNode, served } from "./transport/fake_node.ts";

/** Bundles are taken from where other runs left them. */
const cacheDirs = ["dist/console", "data/console"];

/** Two nodes of one ring on loopback, that know each other. */
async function withPair(run: (first: MemoryNode, second: MemoryNode) => Promise<void>): Promise<void> {
  const first = await MemoryNode.open({ flags: ["--port=0"], cacheDirs });
  const second = await MemoryNode.open({ flags: ["--port=0", `--bootstrap=${first.self.url}`], cacheDirs });
  try {
    await eventually(() => assertEquals(first.node.knownPeer(second.self.id)?.url, second.self.url));
    await run(first, second);
  } finally {
    await second.end();
    await first.end();
  }
}

const titles = ["Node", "Ring", "Keys", "Trace", "Logs", "Operations", "Settings"];

Deno.test("the console of a node, over its own port", async (t) => {
  await withPair(async (first, second) => {
    const { url, id } = first.self;
    const get = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(url + path, init);
      return { status: response.status, headers: response.headers, text: await response.text() };
    };

    await t.step("every page answers with its heading, its title, and the shell", async () => {
      for (const [i, { path }] of pages.entries()) {
        const { status, headers, text } = await get(path);
        assertEquals([status, headers.get("content-type")], [200, "text/html; charset=utf-8"], path);
        assertStringIncludes(text, `<h1>${titles[i]}</h1>`);
        assertEquals([...text.matchAll(/<h1/g)].length, 1);
        assertStringIncludes(text, `<title>${titles[i]} · rondo · ${id.slice(0, 4)}</title>`);
        const nav = /<nav.*?<\/nav>/.exec(text)?.[0] ?? "";
        const current = [...nav.matchAll(/<a href="([^"]+)"[^>]* aria-current="page"/g)].map(([, to]) => to);
        assertEquals(current, [path]);
        assert(!/\sstyle="/.test(text), "the policy forbids style attributes");
        assert(!/<script(?![^>]*(src=|type="application\/json"))/.test(text), "and scripts in the page");
      }
    });

    await t.step("the first HTML has what the node knows", async () => {
      const { text } = await get("/settings");
      assertStringIncludes(text, `<dd>${id}</dd>`);
      assertStringIncludes(text, new URL(second.self.url).host);
      assertMatch(text, /2 nodes cannot keep 3 copies of each key/);
    });

    await t.step("everything that a page names is there", async () => {
      const { text } = await get("/ring");
      const files = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = ""]) => path);
      assert(files.length > 12);
      for (const path of [...files, ...aboutLinks.map(([link]) => link)]) {
        // Whether this pair is ready by now is not the question.
        if (path !== "/ready") assertEquals((await get(path)).status, 200, path);
      }
    });

    await t.step("a path that is none is a page too, and shows it without being fooled by it", async () => {
      const { status, text, headers } = await get("/<img src=x onerror=alert(1)>/%3Cscript%3E");
      assertEquals(status, 404);
      assertStringIncludes(text, "<h1>Page not found</h1>");
      assert(!/<img|<script>/.test(text));
      assertStringIncludes(headers.get("content-security-policy") ?? "", "default-src 'none'");
    });

    await t.step("the interface comes first, and keeps its own words for what is not there", async () => {
      const { status, text } = await get("/api/none");
      assertEquals([status, JSON.parse(text).error.code], [404, "NOT_FOUND"]);
      assertEquals((await get("/ring", { method: "POST", body: "{}" })).status, 405);
      assertEquals((await get("/ring", { method: "HEAD" })).text, "");
    });

    await t.step("a page may ask its own node and the peers known to it, and nobody else", async () => {
      const { headers } = await get("/ring");
      const peer = second.self.url;
      assertEquals(
        headers.get("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          `connect-src 'self' ${peer} ${peer.replace("http", "ws")}; base-uri 'none'; form-action 'self'; ` +
          "frame-ancestors 'none'",
      );
      assertEquals(headers.get("x-content-type-options"), "nosniff");
      assertEquals(headers.get("referrer-policy"), "no-referrer");
      assertEquals(headers.get("x-frame-options"), "DENY");
      assertEquals(headers.get("cache-control"), "no-store");
    });

    await t.step("scripts may be kept for ever, pages not at all", async () => {
      const { text } = await get("/");
      const script = /src="(\/_fresh\/js\/[^"]+)"/.exec(text)?.[1] ?? "";
      const { headers } = await get(script);
      assertEquals(headers.get("cache-control"), "public, max-age=31536000, immutable");
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    });

    await t.step("scripts are small enough for a page to be alive soon", async () => {
      for (const [path, budget] of scriptBudgets) {
        const { files, kibibytes } = await scriptsOf(url + path);
        assert(
          files > 0 && kibibytes < budget,
          `${path} loads ${kibibytes.toFixed(1)} KiB in ${files} files`,
        );
      }
    });

    await t.step("the theme that somebody chose is in the page from the beginning", async () => {
      const { text } = await get("/", { headers: { cookie: "rondo-theme=dark; rondo-density=compact" } });
      assertMatch(text, /<html lang="en" data-theme="dark" data-density="compact"/);
    });

    await t.step("what a client calls the node plays no part in its pages", async () => {
      const { hostname, port } = new URL(url);
      const connection = await Deno.connect({ hostname, port: Number(port) });
      const request = `GET /ring HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const text = await new Response(connection.readable).text();
      assertMatch(text, /^HTTP\/1.1 200/);
      assert(!text.includes("localhost"));
    });

    await t.step("pages of members may read what the node says of itself, others may not", async () => {
      const member = second.self.url;
      const rows: [method: string, path: string, origin: string | null, allowed: string | null][] = [
        ["GET", "/api/node/info", member, member],
        ["GET", "/api/node/peers", member, member],
        ["GET", "/api/node/fingers", url, url],
        ["GET", `/api/peers/${second.self.id}/info`, member, member],
        ["GET", "/api/lookup/a", member, member],
        ["GET", "/api/lookup?key=a", member, member],
        ["GET", "/api/node/none", member, member],
        ["GET", "/api/node/info", "http://evil.example", null],
        ["GET", "/api/node/info", "null", null],
        ["GET", "/api/node/info", member.replace("http:", "https:"), null],
        ["GET", "/api/node/info", `${member}/`, null],
        ["GET", "/api/node/info", null, null],
        ["GET", "/api/keys", member, null],
        ["GET", "/api/logs", member, null],
        ["GET", "/ring", member, null],
        ["POST", "/api/node/ping", member, null],
        ["OPTIONS", "/api/node/info", member, null],
      ];
      for (const [method, path, origin, allowed] of rows) {
        const { headers } = await get(path, { method, headers: origin === null ? {} : { origin } });
        const row = `${method} ${path} ${origin}`;
        assertEquals(headers.get("access-control-allow-origin"), allowed, row);
        assertEquals(headers.get("access-control-allow-credentials"), null, row);
        if (allowed !== null) assertEquals(headers.get("vary"), "origin", row);
      }
    });
  });
});

Deno.test("a node whose console cannot be made runs on, says why, and tries again later", async () => {
  const node = new FakeNode();
  node.answers["node.peers"] = () => ({ peers: [] });
  let tries = 0;
  const events: string[] = [];
  const pages = new Console({
    node,
    ask: () => new Response(),
    allowKill: false,
    cacheDirs: [],
    log: (_level, event) => void events.push(event),
    openSite: () => {
      tries++;
      return Promise.reject(new Error("Cannot bundle islands: <no network>"));
    },
  });
  const ask = served(node, { pages: pages.answer });
  for (const path of ["/", "/ring"]) {
    const { status, text, headers } = await ask("GET", path);
    assertEquals([status, headers.get("retry-after")], [503, "10"]);
    assertStringIncludes(text, "Cannot bundle islands: &lt;no network&gt;");
    assertStringIncludes(headers.get("content-security-policy") ?? "", "default-src 'none'");
  }
  assertEquals([tries, events], [1, ["console.failed"]]);
  assertEquals((await ask("GET", "/health")).status, 200);
});

Deno.test("a policy names the nearest peers only, so that it does not grow with the ring", () => {
  const origins = Array.from({ length: 1_000 }, (_, i) => `http://10.0.0.1:${1_000 + i}`);
  const sources = /connect-src ([^;]*)/.exec(pagePolicy(origins))?.[1]?.split(" ") ?? [];
  assertEquals(sources.length, 1 + 2 * directPeersMax);
  assertEquals(sources.slice(0, 3), ["'self'", "http://10.0.0.1:1000", "ws://10.0.0.1:1000"]);
});

Deno.test("a node that is run by its task may read what its console is made of, and no more", () => {
  const sources = consoleFiles.map((path) => `./${path}`);
  assertEquals(denoJson.permissions.node.read, ["./data", "./secrets", "./.env", ...sources]);
  assertEquals(denoJson.permissions.build.read, sources);
  assertEquals(denoJson.permissions.dev.read, [...sources, "./data"]);
});
