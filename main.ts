// Must come first: schemas made from here on are compiled when they are first used, and cost a fraction then.
import "zod/compile";
import { ChordNode } from "./core/chord_node.ts";
import type { NodeConfig } from "./core/config.ts";
import { IdSpace } from "./core/id.ts";
import { nodeIdOf, type NodeRef } from "./core/node_ref.ts";
import type { Log } from "./core/ports.ts";
import { softwareVersion } from "./core/software_version.ts";
import { Console } from "./node/console.ts";
import { consoleCacheDirs } from "./node/console_files.ts";
import { claimData, openDataDirectory, quotaOf, refuseLoss } from "./node/data_directory.ts";
import { denoClock, denoRandom, openTransport } from "./node/deno_ports.ts";
import { openDialer, tellOfWalls } from "./node/dialer/open_dialer.ts";
import { checkNames, loadDotEnv } from "./node/dot_env.ts";
import { createEventLog } from "./node/event_log.ts";
import { exitCode } from "./node/exit_code.ts";
import { FrontDoor } from "./node/front_door.ts";
import { guardingOf } from "./node/guarding.ts";
import { helpText } from "./node/help_text.ts";
import { bytesIn, startMeasuring } from "./node/measuring.ts";
import { readsFromMemory } from "./node/memory_reads.ts";
import { checkBootstraps, checkExposure, nodeConfigOf } from "./node/node_config.ts";
import { NodeLife } from "./node/node_life.ts";
import { hostInUrl, type NodeOptions, nodeOptions } from "./node/node_options.ts";
import { operatorParts } from "./node/operator_parts.ts";
import { listen } from "./node/listening.ts";
import { openTrust } from "./node/secret_file.ts";
import { findSettings, type Found, readSettings } from "./node/settings.ts";
import { describeStartFailure } from "./node/start_failure.ts";
import { StopRequests } from "./node/stop_requests.ts";
import { startUpkeep } from "./node/upkeep.ts";
import { ProcessVitals } from "./node/vitals.ts";
import { MemoryStore } from "./storage/memory_store.ts";
import { createHandler, type HandlerOptions } from "./transport/handler.ts";
import { LiveHub } from "./transport/live/live_hub.ts";
import { LogBuffer, teeLog } from "./transport/live/log_buffer.ts";
import { sourceOf } from "./transport/live/node_sources.ts";
import { Measures } from "./transport/measures/measures.ts";

/**
 * `deno task node`: one node of a ring. Everything is put together here, and nothing is decided.
 *
 * Runs the node to its end and says how the process is to exit.
 */
async function main(): Promise<number> {
  try {
    const dotEnv = loadDotEnv();
    checkNames(dotEnv, nodeOptions);
    const sources = { args: Deno.args, env: (name: string) => Deno.env.get(name), dotEnv };
    const options = readSettings(nodeOptions, sources);
    if (options.help) {
      return say(helpText(["Usage: deno task node [FLAGS]: runs one node of a ring."], nodeOptions));
    }
    if (options.version) return say(`rondo ${softwareVersion}\n`);
    return await run(options, nodeConfigOf(options), findSettings(nodeOptions, sources));
  } catch (error) {
    const { exit, line } = describeStartFailure(error);
    writeLine(Deno.stderr, `${line}\n`);
    return exit;
  }
}

async function run(
  options: NodeOptions,
  config: NodeConfig,
  found: ReadonlyMap<string, Found>,
): Promise<number> {
  const { bootstrap, host, port } = options;
  checkExposure(options);
  if (port !== 0) checkBootstraps(bootstrap, urlOf(options, port));
  const logs = new LogBuffer(options.logLevel, denoClock.wallNow);
  const eventLog = createEventLog({
    level: options.logLevel,
    format: options.logFormat,
    write: (line) => writeLine(Deno.stderr, line),
    wallNow: denoClock.wallNow,
  });
  const log = teeLog(eventLog, logs.log);
  const door = new FrontDoor();
  const server = await listen(door.answer, { hostname: host, port, log }, options);
  const url = urlOf(options, server.port);
  const self = { id: nodeIdOf(new IdSpace(config.bits, config.hash), config.cluster, url), url };
  const secret = options.secretFile === null ? null : openTrust(options.secretFile, self.id, log);
  const guarding = guardingOf({ ...options, self, log, trust: secret?.trust });
  const directory = options.dataDir ?? `./data/${server.port}`;
  const quota = options.memory || options.diskMax === null ? null : quotaOf(directory, options.diskMax, log);
  const store = options.memory
    ? new MemoryStore(crypto.randomUUID())
    : await openDataDirectory(directory, log, quota ?? undefined);
  await claimData(store, self, config);
  const dialer = openDialer(options, log);
  const transport = openTransport(self, config, {
    addressMap: options.peerMap,
    dialer,
    trust: secret?.trust,
  });
  const vitals = new ProcessVitals();
  const ports = { clock: denoClock, random: denoRandom, transport, store, log };
  const node = await ChordNode.open(self, config, ports, () => vitals.read());
  refuseLoss(store, node.past !== null, bootstrap);
  const measures = new Measures();
  const stops = [
    startUpkeep(store, vitals, log),
    quota?.start() ?? (() => Promise.resolve()),
    startMeasuring({
      measures,
      node,
      vitals,
      diskBytes: () => options.memory ? Promise.resolve(null) : bytesIn(directory),
      clock: denoClock,
      log,
    }),
  ];
  const hub = new LiveHub({
    self,
    incarnation: node.incarnation,
    sourceOf: (topic) => sourceOf(topic, { node, measures, logs, clock: denoClock }),
    clock: denoClock,
    random: denoRandom,
    log,
  });
  const stopUpkeep = async () => void await Promise.all(stops.map((stop) => stop()));
  const life = new NodeLife({ node, store, server, transport, watchers: hub, stopUpkeep, log });
  new StopRequests({
    leave: () => life.leave(),
    halt: () => life.halt(),
    abort: () => Deno.exit(exitCode.secondSignal),
  }).listen();
  const parts: HandlerOptions = {
    log,
    onLeave: () => life.leave(),
    onKill: () => {
      log("warn", "killAsked");
      setTimeout(() => Deno.exit(exitCode.killed), killPauseMs);
    },
    allowKill: options.allowKill,
    dialsRefused: () => dialer.refused,
    peek: readsFromMemory(node, store),
    live: { hub, measures, logs },
    operator: operatorParts(node, {
      options,
      found,
      port: server.port,
      directory: options.memory ? null : directory,
    }),
  };
  const pages = new Console({
    node,
    ask: createHandler(node, parts),
    allowKill: options.allowKill,
    cacheDirs: consoleCacheDirs(options.memory ? null : directory),
    log,
    signIn: guarding.signIn,
  });
  door.open(createHandler(node, { ...parts, ...guarding, pages: pages.answer }));
  return await Promise.race([life.ended, announce(life, self, bootstrap, log)]);
}

/** Says on stdout that the node is there; never ends by itself. */
async function announce(
  life: NodeLife,
  self: NodeRef,
  bootstraps: readonly string[],
  log: Log,
): Promise<number> {
  const { start, notReadyReason } = await life.begin(bootstraps);
  const state = notReadyReason === null ? "ready" : `not ready: ${notReadyReason}`;
  say(`Rondo node ${self.url} id ${self.id} ${state} (${start})\n`);
  log("debug", "announced", { state });
  await tellOfWalls(log);
  return await life.ended;
}

/** Time for the answer to get out before the process is gone. */
const killPauseMs = 50;

function urlOf({ advertise, host }: NodeOptions, port: number): string {
  return advertise ?? new URL(`http://${hostInUrl(host)}:${port}`).origin;
}

function say(text: string): number {
  writeLine(Deno.stdout, text);
  return exitCode.clean;
}

/** Synchronous, so that nothing is lost when the process exits right after. */
function writeLine(stream: typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main());
