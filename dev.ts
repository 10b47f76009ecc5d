import { RondoClient } from "./client/mod.ts";
import { buildAhead, openSite, type Site, type SiteOptions, stranger } from "./node/console_site.ts";
import { builtAheadDir } from "./node/console_files.ts";
import { createEventLog } from "./node/event_log.ts";
import { MemoryNode } from "./node/memory_node.ts";
import { nodeOptions } from "./node/node_options.ts";
import { readSettings } from "./node/settings.ts";
import { denoClock } from "./node/deno_ports.ts";
import { withReloading } from "./lib/fresh/builder/reloading.ts";
import type { Visit } from "./utils.ts";

/**
 * `deno task dev`: a ring in one process, to work on the console. `deno run --watch` starts it anew when a source
 * changes, and the pages that are open notice that and reload.
 *
 * `deno task build`: bundles the scripts of the console ahead.
 */

const nodeCount = 5;
const cacheDir = "data/console-dev";
/** Rows to look at. */
const rowCount = 200;

async function openDevSite(options: SiteOptions): Promise<Site> {
  const site = await openSite({ ...options, mode: "development" });
  const visits = new WeakMap<Request, Visit>();
  const answer = async (request: Request) => await site(request, visits.get(request) ?? stranger);
  const reloading = withReloading(answer, undefined);
  const info = {
    remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
    completed: Promise.resolve(),
  };
  return (request, visit) => {
    visits.set(request, visit);
    return reloading(request, info as Deno.ServeHandlerInfo);
  };
}

async function runRing(firstPort: number): Promise<void> {
  const log = createEventLog({
    level: "warn",
    format: "text",
    write: (line) => void Deno.stderr.writeSync(new TextEncoder().encode(line)),
    wallNow: denoClock.wallNow,
  });
  const first = `http://127.0.0.1:${firstPort}`;
  for (let i = 0; i < nodeCount; i++) {
    const flags = [`--port=${firstPort + i}`, "--allow-kill", "--cluster=dev"];
    if (i > 0) flags.push(`--bootstrap=${first}`);
    const { self } = await MemoryNode.open({ flags, cacheDirs: [cacheDir], log, openSite: openDevSite });
    Deno.stdout.writeSync(new TextEncoder().encode(`  ${self.url}\n`));
  }
  await fillRing(first);
}

/** Whatever cannot be written is not there to be looked at. */
async function fillRing(url: string): Promise<void> {
  const rows = Array.from(
    { length: rowCount },
    (_, i) => ({ key: `user:${1_000 + i}`, value: `{"number":${i}}` }),
  );
  await Array.fromAsync(new RondoClient({ url }).putMany(rows));
}

if (import.meta.main) {
  if (Deno.args.includes("build")) await buildAhead(builtAheadDir);
  else {
    const sources = { args: Deno.args, env: () => undefined, dotEnv: {} };
    await runRing(readSettings({ port: nodeOptions.port }, sources).port);
  }
}
