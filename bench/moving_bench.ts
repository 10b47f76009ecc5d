import type { Measurement } from "./figure.ts";
import { load, type LoadOptions, type RequestBytes } from "./load.ts";
import { freePort, startNode, startRing } from "./processes.ts";

const nodes = 3;
/** Three of four nodes keep each key, so three quarters of the records move to the fourth: 100,000. */
const keys = 133_400;
const value = "v".repeat(100);
const encoder = new TextEncoder();

/** What so many writes leave to do, like checkpoints, is over then. */
const restMs = 5_000;

const fill: LoadOptions = { connections: 32, ms: 600_000, statuses: [200, 201], requestsMax: keys };
/** A few hundred reads a second: what is measured is how long a read waits for the move, not for other reads. */
const reads: LoadOptions = { connections: 4, ms: 60_000, statuses: [200], pauseMs: 10 };

const putBytes: RequestBytes = (i) =>
  encoder.encode(
    `PUT /api/keys/key-${i} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${value.length}\r\n\r\n${value}`,
  );
const getBytes: RequestBytes = (i) =>
  encoder.encode(`GET /api/keys/key-${(i * 7_919) % keys} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);

/** What those who read notice of 100,000 records that move to a node that joins. */
export const movingBench: Measurement = {
  name: "moving",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const first = await startRing(stack, directory, nodes);
    const filled = await load(first.port, putBytes, fill);
    if (filled.failures > 0) throw new Error(`Cannot measure: ${filled.failures} keys were not stored`);
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const before = await load(first.port, getBytes, { ...reads, ms: seconds * 1_000 });

    const newcomer = stack.use(startNode(`${directory}/new`, freePort(), [`--bootstrap=${first.url}`]));
    // Starting a process takes a core for a while, which the nodes of a fleet do not share.
    await newcomer.answers("/health");
    const startedAtMs = performance.now();
    const moved = new AbortController();
    const ready = newcomer.answers("/ready").then(() => {
      moved.abort();
      return performance.now() - startedAtMs;
    });
    const during = await load(first.port, getBytes, { ...reads, signal: moved.signal });
    const movedMs = await ready;
    const ratio = during.p99Ms / before.p99Ms;
    return [{
      name: "quorum read while 100,000 records move to a node that joins, p99",
      measured: `${during.p99Ms.toFixed(1)} ms, ratio ${ratio.toFixed(2)}; all there in ${
        (movedMs / 1_000).toFixed(1)
      } s; ${during.failures} failed`,
      against: `while nothing moves: ${before.p99Ms.toFixed(1)} ms`,
      target: "ratio up to 3, none failed",
      isMet: ratio <= 3 && during.failures === 0,
    }];
  },
};
