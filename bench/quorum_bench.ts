import type { Figure, Measurement } from "./figure.ts";
import { type Load, load, median, type RequestBytes } from "./load.ts";
import { type Started, startRing } from "./processes.ts";

/** Rounds, alternating between the two rings; the median counts. */
const rounds = 3;
const nodes = 3;
const keys = 300;
const connections = 4;
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

/**
 * What copies cost: a ring that keeps three of each key beside one that keeps a single one, both of three nodes on
 * this machine. The keys belong to all nodes alike, so most requests take a hop in both.
 */
export const quorumBench: Measurement = {
  name: "quorum",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const single = await startRing(stack, `${directory}/single`, nodes, ["--replicas=1"]);
    const triple = await startRing(stack, `${directory}/triple`, nodes);
    for (const ring of [single, triple]) await load(ring.port, putBytes, { ...options, ms: 1_500 });
    return [
      await compare("quorum read", [triple, single], seconds, getBytes),
      await compare("quorum write", [triple, single], seconds, putBytes),
    ];
  },
};

const options = { connections, statuses: [200, 201] };

async function compare(
  name: string,
  [triple, single]: readonly [Started, Started],
  seconds: number,
  request: RequestBytes,
): Promise<Figure> {
  const ms = (seconds * 1_000) / rounds;
  const [ours, theirs]: [Load[], Load[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(triple.port, request, { ...options, ms }));
    theirs.push(await load(single.port, request, { ...options, ms }));
  }
  const failures = [...ours, ...theirs].reduce((sum, { failures }) => sum + failures, 0);
  if (failures > 0) throw new Error(`Cannot measure ${name}: ${failures} requests failed`);
  const [p50, singleP50] = [ours, theirs].map((loads) => median(loads.map(({ p50Ms }) => p50Ms)));
  const ratio = (p50 ?? NaN) / (singleP50 ?? NaN);
  const rate = Math.round(median(ours.map(({ requestsPerSecond }) => requestsPerSecond)));
  return {
    name: `${name} of 3 copies, ${connections} connections, p50`,
    measured: `${p50?.toFixed(2)} ms (${rate}/s), ratio ${ratio.toFixed(2)}`,
    against: `a ring of single copies: ${singleP50?.toFixed(2)} ms`,
    target: "ratio under 2.5",
    isMet: ratio < 2.5,
  };
}
