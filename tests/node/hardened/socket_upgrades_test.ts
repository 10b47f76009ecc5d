import { assertEquals, assertStringIncludes } from "@std/assert";
import { readServerFrame } from "../../../core/live/frames.ts";
import { denoClock } from "../../../node/deno_ports.ts";
import { createHandler } from "../../../transport/handler.ts";
import { listenHardened } from "../../../node/hardened/hardened_listener.ts";
import { hardenedLimits } from "../../../node/hardened/limits.ts";
import { serveLater } from "../../../transport/http_server.ts";
import type { LiveHub, LiveHubOptions } from "../../../transport/live/live_hub.ts";
import { LogBuffer } from "../../../transport/live/log_buffer.ts";
import { Measures } from "../../../transport/measures/measures.ts";
import { FakeNode } from "../../transport/fake_node.ts";
import { FakeSource, TestHub } from "../../transport/live/fake_socket.ts";

const hostname = "127.0.0.1";

/** A node that is watched through the hardened listener. */
async function watched(
  story: (port: number, hub: LiveHub) => Promise<void>,
  over: Partial<LiveHubOptions> = {},
) {
  const { hub } = new TestHub({ clock: denoClock, sourceOf: () => new FakeSource(), ...over });
  const live = { hub, measures: new Measures(), logs: new LogBuffer("debug", Date.now) };
  const node = new FakeNode();
  node.answers["node.peers"] = () => ({ peers: [] });
  const handler = createHandler(node, { log: () => {}, onLeave: () => {}, live });
  const options = { hostname, port: 0, log: () => {} };
  const server = await serveLater(handler, options, listenHardened(hardenedLimits));
  try {
    await story(server.port, hub);
  } finally {
    hub.close("the test ends");
    await server.shutdown(2_000);
  }
}

function open(port: number): { socket: WebSocket; next: () => Promise<string>; closed: Promise<CloseEvent> } {
  const socket = new WebSocket(`ws://${hostname}:${port}/api/ws`);
  const types: string[] = [];
  let arrived = () => {};
  socket.onmessage = ({ data }) => {
    types.push(readServerFrame(data)?.type ?? "?");
    arrived();
  };
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  const next = async (): Promise<string> => {
    while (types.length === 0) await new Promise<void>((resolve) => arrived = resolve);
    return types.shift() ?? "";
  };
  return { socket, next, closed };
}

async function exchangeRaw(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname, port });
  await connection.write(new TextEncoder().encode(text));
  let answer = "";
  for await (const chunk of connection.readable) answer += new TextDecoder().decode(chunk);
  return answer;
}

const upgrade = (line: string, more = "") =>
  `${line} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;
const key = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n";

Deno.test("SocketUpgrades makes sockets of the hub, which talk and are counted", async () => {
  await watched(async (port, hub) => {
    const { socket, next, closed } = open(port);
    assertEquals(await next(), "hello");
    socket.send(JSON.stringify({ type: "sub", topic: "metrics" }));
    assertEquals(await next(), "snap");
    socket.send("nonsense");
    assertEquals(await next(), "err");
    assertEquals(hub.size, 1);
    socket.close();
    await closed;
    while (hub.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

Deno.test("SocketUpgrades lets the hub say goodbye", async () => {
  await watched(async (port, hub) => {
    const { next, closed } = open(port);
    await next();
    hub.close("the node ends");
    assertEquals((await closed).code, 1001);
  });
});

Deno.test("SocketUpgrades closes on a message that is too long before it is in memory", async () => {
  await watched(async (port) => {
    const { socket, next, closed } = open(port);
    await next();
    socket.send("x".repeat(300_000));
    assertEquals((await closed).code, 1009);
  });
});

Deno.test("SocketUpgrades gives up a client that answers no ping", async () => {
  await watched(async (port, hub) => {
    const connection = await Deno.connect({ hostname, port });
    await connection.write(new TextEncoder().encode(upgrade("GET /api/ws", key)));
    let heard = "";
    for await (const chunk of connection.readable) heard += new TextDecoder().decode(chunk);
    assertStringIncludes(heard, "HTTP/1.1 101 ");
    while (hub.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }, { idleTimeoutSeconds: 0.1 });
});

Deno.test("SocketUpgrades answers what becomes no socket as any request", async () => {
  await watched(async (port, hub) => {
    const rows: [what: string, sent: string, answer: string][] = [
      ["another site", upgrade("GET /api/ws", `${key}Origin: http://evil.example\r\n`), "HTTP/1.1 403 "],
      ["no key", upgrade("GET /api/ws"), "HTTP/1.1 400 "],
      ["elsewhere", upgrade("GET /health", key), "HTTP/1.1 200 "],
      ["nowhere", upgrade("GET /api/nowhere", key), `"code":"NOT_FOUND"`],
      ["not canonical", upgrade("GET /x/../api/ws", key), `"code":"BAD_PATH"`],
      ["with a body", upgrade("PUT /api/keys/k", `${key}Content-Length: 1\r\n`), "HTTP/1.1 400 "],
      ["another protocol", upgrade("GET /api/ws", key).replace(": websocket", ": h2c"), "HTTP/1.1 426 "],
    ];
    for (const [what, sent, answer] of rows) {
      assertStringIncludes(await exchangeRaw(port, sent), answer, what);
    }
    assertEquals(hub.size, 0);
  });
});
