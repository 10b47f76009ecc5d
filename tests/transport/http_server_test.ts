import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import type { Handler } from "../../transport/handler.ts";
import { createHandler } from "../../transport/handler.ts";
import {
  type HttpServer,
  type Listen,
  type Listener,
  PortInUseError,
  serve,
} from "../../transport/http_server.ts";
import { FakeNode, logbook } from "./fake_node.ts";

const hostname = "127.0.0.1";
const log = () => {};

/** Runs the story against a real server on a free port. */
async function withServer(handler: Handler, story: (port: number, server: HttpServer) => Promise<void>) {
  const server = serve(handler, { hostname, port: 0, log });
  try {
    await story(server.port, server);
  } finally {
    await server.shutdown(1_000);
  }
}

function nodeHandler(node = new FakeNode()): Handler {
  return createHandler(node, { log, onLeave: () => {} });
}

/** Sends the bytes as they are and reads until the server closes. */
async function exchangeRaw(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname, port });
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  let answer = "";
  const decoder = new TextDecoder();
  for await (const chunk of connection.readable) answer += decoder.decode(chunk, { stream: true });
  return answer;
}

const rawRequest = (line: string) => `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

Deno.test("serve() refuses paths that are not canonical, except in a key", async () => {
  await withServer(nodeHandler(), async (port) => {
    const rows: [target: string, status: number, body: string][] = [
      ["//api/node/info", 400, "BAD_PATH"],
      ["/api//node/info", 400, "BAD_PATH"],
      ["/api/./node/info", 400, "BAD_PATH"],
      ["/api/../rpc", 400, "BAD_PATH"],
      ["/x/..", 400, "BAD_PATH"],
      ["/api/%2e%2E/rpc", 400, "BAD_PATH"],
      ["/health//", 400, "BAD_PATH"],
      ["/api%2Fnode/info", 404, "NOT_FOUND"],
      ["/api/keys/a/../b", 404, `{"found":false}`],
      ["/api/keys/..", 404, `{"found":false}`],
      ["/api/lookup/../..", 200, `"key":"../.."`],
      ["/api/lookup/a//.", 200, `"key":"a//."`],
    ];
    for (const [target, status, body] of rows) {
      const answer = await exchangeRaw(port, rawRequest(`GET ${target}`));
      assertStringIncludes(answer, `HTTP/1.1 ${status} `, target);
      assertStringIncludes(answer, body, target);
    }
  });
});

Deno.test("serve() lets the sender of a value over the limit read the 413", async () => {
  await withServer(nodeHandler(), async (port) => {
    const bytes = 8 * 1024 * 1024;
    for (const path of ["/api/keys/k", "/api/keys", "/rpc"]) {
      const method = path === "/api/keys/k" ? "PUT" : "POST";
      for (const isChunked of [false, true]) {
        const answer = await exchangeRaw(port, upload(method, path, bytes, isChunked));
        assertStringIncludes(answer, "HTTP/1.1 413 ", `${path} ${isChunked}`);
        assertStringIncludes(answer, path === "/rpc" ? "-32009" : "VALUE_TOO_LARGE");
      }
    }
  });
});

Deno.test("serve() lets the sender of a body that nobody wants read the refusal", async () => {
  await withServer(nodeHandler(), async (port) => {
    const bytes = 4 * 1024 * 1024;
    assertStringIncludes(await exchangeRaw(port, upload("PUT", "/nowhere", bytes, false)), " 404 ");
    assertStringIncludes(await exchangeRaw(port, upload("PUT", "/rpc", bytes, false)), " 405 ");
    assertStringIncludes(await exchangeRaw(port, upload("POST", "/api/node/ping", bytes, true)), " 500 ");
    assertStringIncludes(await exchangeRaw(port, upload("PUT", "/api/keys/k?ttl=0", bytes, true)), " 400 ");
  });
});

Deno.test("serve() refuses heads out of bounds", async () => {
  await withServer(nodeHandler(), async (port) => {
    const more = (headers: string) => rawRequest("GET /health").replace(/\r\n$/, `${headers}\r\n`);
    const rows: [what: string, sent: string, answer: string][] = [
      ["a target of 8 KiB", rawRequest(`GET /${"a".repeat(8 * 1024)}`), "URI_TOO_LONG"],
      ["a query of 8 KiB", rawRequest(`GET /api/keys?prefix=${"a".repeat(8 * 1024)}`), "HTTP/1.1 414 "],
      ["the same for /rpc", rawRequest(`POST /rpc?${"a".repeat(8 * 1024)}`), "HTTP/1.1 414 "],
      ["1,000 headers", more("a: b\r\n".repeat(1_000)), "HTTP/1.1 4"],
    ];
    for (const [what, sent, answer] of rows) {
      assertStringIncludes(await exchangeRaw(port, sent), answer, what);
    }
  });
});

function upload(method: string, path: string, bytes: number, isChunked: boolean): string {
  const body = "v".repeat(bytes);
  const head =
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  return isChunked
    ? `${head}Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    : `${head}Content-Length: ${bytes}\r\n\r\n${body}`;
}

Deno.test("serve() stores nothing of a body that ends early", async () => {
  const node = new FakeNode();
  await withServer(nodeHandler(node), async (port) => {
    for (const head of ["Content-Length: 900", "Transfer-Encoding: chunked"]) {
      const connection = await Deno.connect({ hostname, port });
      const text = `PUT /api/keys/k HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n9\r\nabc`;
      await connection.write(new TextEncoder().encode(text));
      await connection.closeWrite();
      for await (const _ of connection.readable);
    }
    assertEquals(node.calls, []);
  });
});

Deno.test("serve() answers HEAD as GET, without the body", async () => {
  const node = new FakeNode();
  await withServer(nodeHandler(node), async (port) => {
    await (await fetch(`http://${hostname}:${port}/api/keys/k`, { method: "PUT", body: "v" })).body?.cancel();
    const response = await fetch(`http://${hostname}:${port}/api/keys/k`, { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
    assertStringIncludes(response.headers.get("etag") ?? "", node.records.get("k")?.version ?? "-");
  });
});

Deno.test("serve() says when the port is in use", async () => {
  await withServer(nodeHandler(), (port) => {
    const error = assertThrows(() => serve(nodeHandler(), { hostname, port, log }), PortInUseError);
    assertEquals([error.port, error.hostname], [port, hostname]);
    assertThrows(
      () => serve(nodeHandler(), { hostname: "192.0.2.1", port: 0, log }),
      Deno.errors.AddrNotAvailable,
    );
    return Promise.resolve();
  });
});

Deno.test("serve() shutdown() lets what was begun finish", async () => {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = serve(async () => {
    begun.resolve();
    await release.promise;
    return new Response("done");
  }, { hostname, port: 0, log });
  const answer = fetch(`http://${hostname}:${server.port}/`);
  await begun.promise;
  const stopped = server.shutdown(10_000);
  release.resolve();
  assertEquals(await (await answer).text(), "done");
  assertEquals(await stopped, true);
});

Deno.test("serve() shutdown() does not wait for what never ends", async () => {
  const endless = () => new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1)) });
  const server = serve(() => new Response(endless()), { hostname, port: 0, log });
  const response = await fetch(`http://${hostname}:${server.port}/`);
  assertEquals(await server.shutdown(1), false);
  await response.body?.cancel();
  assertEquals(await server.shutdown(10_000), true);
});

/** A listener that dies when told to; `refusals` is how often listening again fails. */
function mortal(
  refusals: number,
): { listen: Listen; die: () => void; lives: Promise<number>; ports: number[] } {
  const ports: number[] = [];
  const revived = Promise.withResolvers<number>();
  let die = () => {};
  let refused = 0;
  const listen: Listen = (_handler, { port }): Listener => {
    ports.push(port);
    if (ports.length > 1 && refused++ < refusals) throw new Deno.errors.AddrInUse("still there");
    const end = Promise.withResolvers<void>();
    die = () => end.reject(new Deno.errors.Http("Too many open files"));
    if (ports.length > 1) revived.resolve(ports.length);
    return { port: 7, finished: end.promise, shutdown: () => Promise.resolve(end.resolve()) };
  };
  return { listen, die: () => die(), lives: revived.promise, ports };
}

Deno.test("serve() listens again on the same port after its listener died", async () => {
  const { listen, die, lives, ports } = mortal(1);
  const { log, events } = logbook();
  const server = serve(nodeHandler(), { hostname, port: 0, log }, listen);
  die();
  assertEquals(await lives, 3);
  assertEquals([server.port, ports, events], [7, [0, 7, 7], ["http.listenerDied", "http.listenerDied"]]);
  await server.shutdown(1_000);
});

Deno.test("serve() does not come back from the dead once it was shut down", async () => {
  const { listen, die, ports } = mortal(0);
  const { log, events } = logbook();
  const server = serve(nodeHandler(), { hostname, port: 0, log }, listen);
  const stopped = server.shutdown(1_000);
  die();
  await stopped;
  assertEquals([ports, events], [[0], []]);
});

Deno.test("PortInUseError is an Error that one line can tell", () => {
  const error = new PortInUseError(hostname, 8440);
  assertInstanceOf(error, Error);
  assertEquals(error.message, "Cannot listen on 127.0.0.1:8440: the port is in use");
});
