import type { Figure, Measurement } from "./figure.ts";
import { median } from "./load.ts";
import { cpuSeconds, freePort, residentMiB, startNode } from "./processes.ts";

const starts = 5;
const ringNodes = 5;
const settleMs = 10_000;

/** From starting the process of a fresh node until `/ready` answers 200. */
export const startBench: Measurement = {
  name: "start",
  run: async () => {
    const times: number[] = [];
    for (let i = 0; i < starts; i++) {
      const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
      const startedAtMs = performance.now();
      {
        await using node = startNode(directory, freePort());
        await node.answers("/ready");
        times.push(performance.now() - startedAtMs);
      }
      await Deno.remove(directory, { recursive: true });
    }
    const ms = median(times);
    return [{
      name: "fresh node, process start to ready",
      measured: `${Math.round(ms)} ms (median of ${starts})`,
      against: "the clock",
      target: "under 1000 ms",
      isMet: ms < 1_000,
    }];
  },
};

/** What a node costs while nothing happens. */
export const idleBench: Measurement = {
  name: "idle",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const first = stack.use(startNode(`${directory}/0`, freePort()));
    await first.answers("/ready");
    const nodes = [first];
    for (let i = 1; i < ringNodes; i++) {
      const node = stack.use(startNode(`${directory}/${i}`, freePort(), [`--bootstrap=${first.url}`]));
      await node.answers("/ready");
      nodes.push(node);
    }
    await sleep(settleMs);
    const before = nodes.map(({ pid }) => cpuSeconds(pid));
    await sleep(seconds * 1_000);
    const shares = nodes.map(({ pid }, i) => (cpuSeconds(pid) - (before[i] ?? 0)) / seconds);
    return idleFigures(Math.max(...shares), Math.max(...nodes.map(({ pid }) => residentMiB(pid))));
  },
};

function idleFigures(share: number, mebibytes: number): Figure[] {
  const against = `the busiest of ${ringNodes} nodes`;
  return [{
    name: "idle node, CPU",
    measured: `${(share * 100).toFixed(2)} % of a core`,
    against,
    target: "under 2 %",
    isMet: share < 0.02,
  }, {
    name: "idle node, memory",
    measured: `${Math.round(mebibytes)} MiB resident`,
    against,
    target: "under 120 MiB",
    isMet: mebibytes < 120,
  }];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
