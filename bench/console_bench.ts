import { consoleFiles } from "../node/console_files.ts";
import type { Figure, Measurement } from "./figure.ts";
import { load, median, type RequestBytes } from "./load.ts";
import { scriptBudgets, scriptsOf } from "./page_scripts.ts";
import { freePort, type Started, startNode } from "./processes.ts";

const htmlBudgetMs = 50;
const rounds = 15;
const encoder = new TextEncoder();

/** What the pages weigh, and how fast a node makes them. */
export const consoleBench: Measurement = {
  name: "console",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const node = stack.use(startNode(directory, freePort(), [], consoleFiles));
    await node.answers("/ready");
    const startedAtMs = performance.now();
    await node.answers("/");
    const madeMs = performance.now() - startedAtMs;
    const figures: Figure[] = [{
      name: "first page of a node that has to bundle its scripts",
      measured: `${Math.round(madeMs)} ms`,
      against: "-",
      target: "under 1 s",
      isMet: madeMs < 1_000,
    }];
    for (const [path, budget] of scriptBudgets) figures.push(await scripts(node, path, budget));
    for (const path of ["/", "/ring"]) figures.push(await firstHtml(node, path));
    figures.push(await pagesPerSecond(node, seconds));
    return figures;
  },
};

async function scripts(node: Started, path: string, budget: number): Promise<Figure> {
  const { files, kibibytes } = await scriptsOf(`${node.url}${path}`);
  return {
    name: `scripts of ${path}, gzipped`,
    measured: `${kibibytes.toFixed(1)} KiB in ${files} files`,
    against: "-",
    target: `under ${budget} KiB`,
    isMet: files > 0 && kibibytes < budget,
  };
}

async function firstHtml(node: Started, path: string): Promise<Figure> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const startedAtMs = performance.now();
    await textOf(`${node.url}${path}`);
    times.push(performance.now() - startedAtMs);
  }
  const ms = median(times);
  return {
    name: `HTML of ${path}, one visitor, median`,
    measured: `${ms.toFixed(1)} ms`,
    against: "-",
    target: `under ${htmlBudgetMs} ms`,
    isMet: ms < htmlBudgetMs,
  };
}

async function pagesPerSecond(node: Started, seconds: number): Promise<Figure> {
  const options = { connections: 4, ms: (seconds * 1_000) / 2, statuses: [200] };
  const pages = await load(node.port, bytesOf("/"), options);
  const floor = await load(node.port, bytesOf("/health"), options);
  return {
    name: "pages of /, 4 connections",
    measured: `${Math.round(pages.requestsPerSecond)}/s, p99 ${pages.p99Ms.toFixed(1)} ms`,
    against: `/health of the same node: ${Math.round(floor.requestsPerSecond)}/s`,
    target: "-",
    isMet: null,
  };
}

function bytesOf(path: string): RequestBytes {
  return () => encoder.encode(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
}

async function textOf(url: string): Promise<string> {
  return await (await fetch(url)).text();
}
