import { assertEquals } from "@std/assert";
import { readServerFrame, type ServerFrame } from "../../../core/live/frames.ts";
import { denoClock } from "../../../node/deno_ports.ts";
import { createHandler } from "../../../transport/handler.ts";
import { serve } from "../../../transport/http_server.ts";
import { type LiveHub, type LiveHubOptions, sessionsMax } from "../../../transport/live/live_hub.ts";
import { LogBuffer } from "../../../transport/live/log_buffer.ts";
import { Measures } from "../../../transport/measures/measures.ts";
import { FakeNode, nodeAt } from "../fake_node.ts";
import { FakeSource, TestHub } from "./fake_socket.ts";

const first = { value: 1, unit: "1/s" } as const;

/** A node that is watched over real sockets. What it tells is what the test puts into `metrics`. */
class WatchedNode implements AsyncDisposable {
  readonly node = new FakeNode();
  readonly metrics = new FakeSource();
  readonly hub: LiveHub;
  readonly #server;

  constructor(over: Partial<LiveHubOptions> = {}) {
    const { hub } = new TestHub({ clock: denoClock, sourceOf: () => this.metrics, ...over });
    this.hub = hub;
    const live = { hub, measures: new Measures(), logs: new LogBuffer("debug", Date.now) };
    const handler = createHandler(this.node, { log: () => {}, onLeave: () => {}, live });
    this.#server = serve(handler, { hostname: "127.0.0.1", port: 0, log: () => {} });
    this.node.answers["node.peers"] = () => ({
      peers: [
        { node: nodeAt(8441), health: "alive", lastSeenMs: 1 },
        { node: nodeAt(8442), health: "left", lastSeenMs: 1 },
      ],
    });
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub.close("the test ends");
    await this.#server.shutdown(2_000);
  }
}

/** The other end: a socket of the platform and all that came out of it. */
class Client implements AsyncDisposable {
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly #socket: WebSocket;
  #arrived: () => void = () => {};

  constructor(host: string) {
    this.#socket = new WebSocket(`ws://${host}/api/ws`);
    this.#socket.onmessage = ({ data }) => {
      const frame = readServerFrame(data);
      if (frame === null) throw new Error(`This is no frame: ${data}`);
      this.frames.push(frame);
      this.#arrived();
    };
    this.closed = new Promise((resolve) => this.#socket.onclose = resolve);
  }

  say(message: string | object): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next frame of the type, taken out with all before it. */
  async next<T extends ServerFrame["type"]>(type: T): Promise<Extract<ServerFrame, { type: T }>> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame === undefined) await new Promise<void>((resolve) => this.#arrived = resolve);
      else if (frame.type === type) return frame as Extract<ServerFrame, { type: T }>;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

/** A handshake by hand: its status, and the connection for those who want to go on in their own way. */
async function knock(host: string, headers: Readonly<Record<string, string>> = {}) {
  const [hostname = "", port] = host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await connection.write(new TextEncoder().encode(`GET /api/ws HTTP/1.1\r\n${head}\r\n`));
  const bytes = new Uint8Array(4_096);
  const text = new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
  return { connection, text, status: Number(text.split(" ")[1]) };
}

/** Ten seconds between marks are long for a test. */
const hasty = {
  ...denoClock,
  after: (ms: number, run: () => void) => denoClock.after(Math.min(ms, 50), run),
};

/** Resolves once it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await denoClock.sleep(5);
}

Deno.test("a socket tells a topic, answers nonsense without closing, and resumes where another was", async () => {
  await using watched = new WatchedNode();
  watched.metrics.set({ requests: first });
  await using client = new Client(watched.host);
  assertEquals((await client.next("hello")).node, { ...watched.hub.options.self });
  client.say({ type: "sub", topic: "metrics" });
  const { version } = await client.next("snap");
  client.say("hello?");
  assertEquals((await client.next("err")).code, "BAD_JSON");
  watched.metrics.set({ requests: { ...first, value: 2 } });
  assertEquals((await client.next("delta")).from, version);
  await using second = new Client(watched.host);
  await second.next("hello");
  second.say({ type: "sub", topic: "metrics", since: version });
  const { from, to, set } = await second.next("delta");
  assertEquals([from, to, set], [version, version + 1, { requests: { ...first, value: 2 } }]);
  assertEquals((await second.next("mark")).version, version + 1);
});

Deno.test("a page of another site gets no socket", async () => {
  await using watched = new WatchedNode();
  const rows: readonly (readonly [why: string, headers: Record<string, string>, status: number])[] = [
    ["a program sends none", {}, 101],
    ["the node's own page", { Origin: `http://${watched.host}` }, 101],
    ["the same behind TLS", { Origin: `https://${watched.host}` }, 101],
    ["where the node says it is", { Origin: watched.node.self.url }, 101],
    ["another node's page", { Origin: nodeAt(8441).url }, 101],
    ["a node that has left", { Origin: nodeAt(8442).url }, 403],
    ["a node's address, otherwise", { Origin: "https://127.0.0.1:8441" }, 403],
    ["another port of this host", { Origin: "http://127.0.0.1:1" }, 403],
    ["another site", { Origin: "https://example.org" }, 403],
    ["a file, or a frame without rights", { Origin: "null" }, 403],
    ["nothing at all", { Origin: "" }, 403],
  ];
  for (const [why, headers, status] of rows) {
    const answer = await knock(watched.host, headers);
    assertEquals(answer.status, status, why);
    answer.connection.close();
  }
});

Deno.test("what is no WebSocket of version 13 is told that it has to be one", async () => {
  await using watched = new WatchedNode();
  for (const headers of [{ Upgrade: "h2c" }, { "Sec-WebSocket-Version": "8" }]) {
    const { connection, status, text } = await knock(watched.host, headers);
    assertEquals([status, text.includes("UPGRADE_REQUIRED")], [426, true], JSON.stringify(headers));
    connection.close();
  }
  const plain = await fetch(`http://${watched.host}/api/ws`);
  assertEquals([plain.status, plain.headers.get("upgrade")], [426, "websocket"]);
  await plain.body?.cancel();
  assertEquals(watched.hub.size, 0);
});

Deno.test("when all places are taken the next one is refused, until one is left", async () => {
  await using watched = new WatchedNode();
  const connections = [];
  for (let i = 0; i < sessionsMax; i++) connections.push((await knock(watched.host)).connection);
  const refused = await knock(watched.host);
  assertEquals([refused.status, /retry-after: 5/i.test(refused.text)], [503, true]);
  refused.connection.close();
  connections.pop()?.close();
  await until(() => watched.hub.size < sessionsMax);
  const taken = await knock(watched.host);
  assertEquals(taken.status, 101);
  for (const connection of [...connections, taken.connection]) connection.close();
  await until(() => watched.hub.size === 0);
});

Deno.test("a client that does not read is given up, and takes no more memory than that", async () => {
  await using watched = new WatchedNode({ clock: hasty });
  const { connection } = await knock(watched.host);
  await connection.write(textFrame('{"type":"sub","topic":"metrics"}'));
  await until(() => watched.metrics.reads > 0);
  let isStuck = false;
  for (let i = 0; !isStuck; i++) {
    watched.metrics.set({ [`number ${i}`]: "x".repeat(400_000) });
    const { reads } = watched.metrics;
    await until(() => watched.metrics.reads > reads + 1 || watched.hub.stuck > 0);
    isStuck = watched.hub.stuck > 0 || i > 100;
  }
  assertEquals([watched.hub.stuck, watched.hub.size], [1, 1]);
  connection.close();
  await until(() => watched.hub.size === 0);
});

Deno.test("a client that answers no ping is gone", async () => {
  await using watched = new WatchedNode({ idleTimeoutSeconds: 1 });
  const { connection } = await knock(watched.host);
  assertEquals(watched.hub.size, 1);
  await until(() => watched.hub.size === 0);
  connection.close();
});

Deno.test("a node that ends says goodbye with its reason, and is then free of its sockets", async () => {
  await using watched = new WatchedNode();
  await using client = new Client(watched.host);
  await client.next("hello");
  client.say({ type: "sub", topic: "metrics" });
  await client.next("snap");
  watched.hub.close("the node ends");
  const { reason, retryAfterMs } = await client.next("bye");
  assertEquals([reason, retryAfterMs], ["the node ends", 2_750]);
  const { code, reason: closeReason } = await client.closed;
  assertEquals([code, closeReason], [1001, "the node ends"]);
  await until(() => watched.hub.size === 0);
  const refused = await knock(watched.host);
  assertEquals(refused.status, 503, "nobody is taken any more");
  refused.connection.close();
});

/** A client's text frame of less than 126 bytes, masked with zeros (RFC 6455, 5.2). */
function textFrame(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  return new Uint8Array([0x81, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}
