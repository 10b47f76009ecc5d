import type { Figure, Measurement } from "./figure.ts";
import { type Load, load, median, type RequestBytes } from "./load.ts";
import { freePort, type Started, startFloor, startNode } from "./processes.ts";

/** Rounds, alternating between the two servers; the median counts. */
const rounds = 3;
const keys = 1_000;
const value = "v".repeat(100);
const encoder = new TextEncoder();

const getBytes: RequestBytes = (i) =>
  encoder.encode(`GET /api/keys/key-${i % keys} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
const putBytes: RequestBytes = (i) =>
  encoder.encode(
    `PUT /api/keys/key-${
      i % keys
    } HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${value.length}\r\n\r\n${value}`,
  );

/** A node against the same machine's plain server with one Deno KV call per request. */
export const httpBench: Measurement = {
  name: "http",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    try {
      await using node = startNode(directory, freePort());
      await using floor = startFloor(directory, freePort());
      await node.answers("/ready");
      await fill(node, floor);
      return [
        await compare(
          "GET of an owned key, 64 connections",
          0.5,
          "one kv.get each",
          [node, floor],
          seconds,
          getBytes,
          64,
        ),
        await compare(
          "durable PUT, 32 connections",
          1.5,
          "one kv.set each",
          [node, floor],
          seconds,
          putBytes,
          32,
        ),
      ];
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
};

async function fill(...servers: readonly Started[]): Promise<void> {
  for (const server of servers) {
    await untilListening(server);
    for (let i = 0; i < keys; i++) {
      const response = await fetch(`${server.url}/api/keys/key-${i}`, { method: "PUT", body: value });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`Cannot fill ${server.url}: it answers ${response.status}`);
    }
  }
}

async function untilListening({ url }: Started): Promise<void> {
  while (true) {
    const response = await fetch(`${url}/health`).catch(() => null);
    await response?.body?.cancel();
    if (response !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function compare(
  name: string,
  target: number,
  floorName: string,
  [node, floor]: readonly [Started, Started],
  seconds: number,
  request: RequestBytes,
  connections: number,
): Promise<Figure> {
  const options = { connections, ms: (seconds * 1_000) / rounds, statuses: [200, 201] };
  const ours: Load[] = [];
  const theirs: Load[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(node.port, request, options));
    theirs.push(await load(floor.port, request, options));
  }
  const failures = [...ours, ...theirs].reduce((sum, { failures }) => sum + failures, 0);
  if (failures > 0) throw new Error(`Cannot measure ${name}: ${failures} requests failed`);
  const [rate, floorRate] = [ours, theirs].map((loads) => median(loads.map((it) => it.requestsPerSecond)));
  const ratio = (rate ?? 0) / (floorRate ?? 1);
  return {
    name,
    measured: `${Math.round(rate ?? 0)}/s, ratio ${ratio.toFixed(2)}`,
    against: `Deno.serve, ${floorName}: ${Math.round(floorRate ?? 0)}/s`,
    target: `ratio at least ${target}`,
    isMet: ratio >= target,
  };
}
