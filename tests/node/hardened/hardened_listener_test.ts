import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createHandler, type Handler } from "../../../transport/handler.ts";
import { listenHardened } from "../../../node/hardened/hardened_listener.ts";
import { type HardenedLimits, hardenedLimits } from "../../../node/hardened/limits.ts";
import { answersAt } from "../../../node/hardened/liveness.ts";
import { type HttpServer, PortInUseError, serveLater } from "../../../transport/http_server.ts";
import { streamOf } from "../../../transport/text_stream.ts";
import { FakeNode, logbook } from "../../transport/fake_node.ts";

const hostname = "127.0.0.1";
const log = () => {};

/** A test does not wait as long as a stranger may take. */
const quick: HardenedLimits = {
  ...hardenedLimits,
  headersTimeoutMs: 150,
  requestTimeoutMs: 300,
  keepAliveTimeoutMs: 150,
  checkEveryMs: 50,
};

async function withServer(
  handler: Handler,
  story: (port: number, server: HttpServer) => Promise<void>,
  limits: HardenedLimits = quick,
): Promise<void> {
  const server = await serveLater(handler, { hostname, port: 0, log }, listenHardened(limits));
  try {
    await story(server.port, server);
  } finally {
    await server.shutdown(2_000);
  }
}

function nodeHandler(node = new FakeNode()): Handler {
  return createHandler(node, { log, onLeave: () => {} });
}

/** Sends the bytes as they are and reads until the server closes. */
async function exchangeRaw(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname, port });
  const sent = new Response(text).body?.pipeTo(connection.writable, { preventClose: true });
  let answer = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of connection.readable) answer += decoder.decode(chunk, { stream: true });
  } catch {
    // It was reset: the server did not want to hear the rest.
  }
  await sent?.catch(() => {});
  return answer;
}

const rawRequest = (line: string, more = "") =>
  `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${more}\r\n`;

Deno.test("listenHardened() closes on slow senders, whatever they are slow with", async () => {
  await withServer(nodeHandler(), async (port) => {
    const rows: [what: string, sent: string, answer: string][] = [
      ["silent", "", "HTTP/1.1 408 "],
      ["half a head", "GET /health HTTP/1.1\r\nHos", "HTTP/1.1 408 "],
      ["half a body", "PUT /api/keys/k HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 408 "],
      [
        "half a chunk",
        "PUT /api/keys/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na",
        " 408 ",
      ],
      ["nothing more", "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 "],
    ];
    const answers = await Promise.all(rows.map(([, sent]) => exchangeRaw(port, sent)));
    rows.forEach(([what, , answer], row) => assertStringIncludes(answers[row] ?? "", answer, what));
    assertEquals((await fetch(`http://${hostname}:${port}/health`).then((it) => it.json())).ok, true);
  });
});

Deno.test("listenHardened() lets a slow sender have 16 seconds at most", () => {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, checkEveryMs } = hardenedLimits;
  assertEquals(
    Math.max(headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs) + checkEveryMs <= 16_000,
    true,
  );
});

Deno.test("listenHardened() gives the handler the target as it was sent", async () => {
  await withServer(nodeHandler(), async (port) => {
    const rows: [target: string, status: number, body: string][] = [
      ["//api/node/info", 400, "BAD_PATH"],
      ["/api/../rpc", 400, "BAD_PATH"],
      ["/api/%2e%2E/rpc", 400, "BAD_PATH"],
      ["/api%2Fnode/info", 404, "NOT_FOUND"],
      ["/api/keys/a/../b", 404, `{"found":false}`],
      ["/api/keys/..", 404, `{"found":false}`],
      ["/api/lookup/../..", 200, `"key":"../.."`],
    ];
    for (const [target, status, body] of rows) {
      const answer = await exchangeRaw(port, rawRequest(`GET ${target}`));
      assertStringIncludes(answer, `HTTP/1.1 ${status} `, target);
      assertStringIncludes(answer, body, target);
    }
  });
});

Deno.test("listenHardened() refuses what is no HTTP, and heads out of bounds", async () => {
  await withServer(nodeHandler(), async (port) => {
    const rows: [what: string, sent: string, status: number][] = [
      ["TLS", "\x16\x03\x01\x02\r\n\r\n", 400],
      ["no Host", "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
      ["two lengths", rawRequest("POST /rpc", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400],
      ["101 headers", rawRequest("GET /health", "a: b\r\n".repeat(101)), 431],
      ["98 headers", rawRequest("GET /health", "a: b\r\n".repeat(98)), 200],
      ["a long header", rawRequest("GET /health", `a: ${"b".repeat(20_000)}\r\n`), 431],
      ["a long target", rawRequest(`GET /${"b".repeat(20_000)}`), 431],
    ];
    for (const [what, sent, status] of rows) {
      assertStringIncludes(await exchangeRaw(port, sent), `HTTP/1.1 ${status} `, what);
    }
  });
});

Deno.test("listenHardened() answers as the other listener does", async () => {
  const node = new FakeNode();
  await withServer(nodeHandler(node), async (port) => {
    const url = `http://${hostname}:${port}`;
    const value = "v".repeat(900);
    const put = await fetch(`${url}/api/keys/k`, { method: "PUT", body: value });
    assertEquals([put.status, (await put.json()).success], [201, true]);
    const head = await fetch(`${url}/api/keys/k`, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    const raw = await fetch(`${url}/api/keys/k`, { headers: { accept: "application/octet-stream" } });
    assertEquals(await raw.text(), value);
    const body = `{"jsonrpc":"2.0","method":"chord.ping","id":7}`;
    const headers = { "content-type": "application/json" };
    const ping = await fetch(`${url}/rpc`, { method: "POST", body, headers });
    assertEquals((await ping.json()).id, 7);
    const large = "v".repeat(4 * 1024 * 1024);
    const begin =
      `PUT /api/keys/k HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${large.length}\r\n\r\n`;
    assertStringIncludes(await exchangeRaw(port, begin + large), "VALUE_TOO_LARGE");
  }, hardenedLimits);
});

Deno.test("listenHardened() drops connections beyond its limit, and recovers", async () => {
  await withServer(nodeHandler(), async (port) => {
    const idle = await Promise.all(Array.from({ length: 6 }, () => Deno.connect({ hostname, port })));
    const ends = await Promise.all(idle.map(async (connection) => {
      let answer = "";
      for await (const chunk of connection.readable) answer += new TextDecoder().decode(chunk);
      return answer;
    }));
    assertEquals(ends.filter((answer) => answer === "").length, 3, "dropped at once");
    assertEquals(ends.filter((answer) => answer.startsWith("HTTP/1.1 408 ")).length, 3, "had their time");
    assertStringIncludes(await exchangeRaw(port, rawRequest("GET /health")), "HTTP/1.1 200 ");
  }, { ...quick, connectionsMax: 3 });
});

Deno.test("listenHardened() says when the port is in use", async () => {
  await withServer(nodeHandler(), async (port) => {
    const again = () => serveLater(nodeHandler(), { hostname, port, log }, listenHardened(quick));
    await assertRejects(again, PortInUseError);
  });
});

Deno.test("listenHardened() lets what was begun finish when it is shut down", async () => {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = await serveLater(
    async () => {
      begun.resolve();
      await release.promise;
      return new Response("done");
    },
    { hostname, port: 0, log },
    listenHardened(quick),
  );
  const answer = fetch(`http://${hostname}:${server.port}/`);
  await begun.promise;
  const stopped = server.shutdown(5_000);
  release.resolve();
  assertEquals(await (await answer).text(), "done");
  assertEquals(await stopped, true);
});

Deno.test("listenHardened() breaks the connection when a body fails half-way, and tells nothing of why", async () => {
  async function* texts(): AsyncGenerator<string, void, undefined> {
    yield "a row\n";
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error("what nobody should read");
  }
  await withServer(() => new Response(streamOf(texts())), async (port) => {
    const answer = await exchangeRaw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertStringIncludes(answer, "a row");
    assertEquals([answer.includes("nobody"), answer.includes("\r\n0\r\n")], [false, false]);
  });
});

Deno.test("listenHardened() lets the maker of a body know that its reader has gone", async () => {
  const gone = Promise.withResolvers<void>();
  async function* texts(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) {
        yield "more\n";
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      gone.resolve();
    }
  }
  await withServer(() => new Response(streamOf(texts())), async (port) => {
    const connection = await Deno.connect({ hostname, port });
    await connection.write(new TextEncoder().encode(rawRequest("GET /")));
    await connection.read(new Uint8Array(100));
    connection.close();
    await gone.promise;
  });
});

Deno.test("answersAt() tells a listener from a port that only the kernel answers", async () => {
  const deaf = Deno.listen({ hostname, port: 0 });
  const { port } = deaf.addr;
  assertEquals(await answersAt(hostname, port, 50), false);
  deaf.close();
  assertEquals(await answersAt(hostname, port, 50), false, "nobody listens");
  await withServer(nodeHandler(), async (port) => assertEquals(await answersAt(hostname, port, 2_000), true));
});

Deno.test("listenHardened() writes nothing into the log while all is well", async () => {
  const { log, events } = logbook();
  const limits = { ...quick, livenessEveryMs: 20 };
  const server = await serveLater(nodeHandler(), { hostname, port: 0, log }, listenHardened(limits));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 30));
  await server.shutdown(1_000);
  assertEquals(events, []);
});

Deno.test("listenHardened() tells the handler where a request comes from, and who wants to upgrade", async () => {
  const seen: unknown[] = [];
  const handler: Handler = (_, connection) => {
    seen.push(connection?.remoteAddr.transport === "tcp" ? connection.remoteAddr.hostname : connection);
    return new Response(null, { status: 204 });
  };
  await withServer(handler, async (port) => {
    await exchangeRaw(port, rawRequest("GET /"));
    await exchangeRaw(port, rawRequest("GET /", "Upgrade: websocket\r\n").replace("close", "upgrade"));
  });
  assertEquals(seen, [hostname, hostname]);
});
