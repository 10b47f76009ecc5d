import { colorsFor } from "../cli/command_context.ts";
import { processTerminal } from "../cli/terminal.ts";
import { checkNames, loadDotEnv } from "../node/dot_env.ts";
import { ConfigurationError, exitCode } from "../node/exit_code.ts";
import { helpText } from "../node/help_text.ts";
import { nodeOptions } from "../node/node_options.ts";
import { readSettings } from "../node/settings.ts";
import { describeStartFailure } from "../node/start_failure.ts";
import { LineDisplay, type RingDisplay, TableDisplay } from "./display.ts";
import { LocalRing } from "./local_ring.ts";
import { type LauncherOptions, launcherOptions } from "./ring_options.ts";
import { planRing } from "./ring_plan.ts";

/** How often the table is refreshed; more often while nodes are on their way in. */
const refreshMs = 1_000;
const refreshMsAtStart = 250;
/** A second Ctrl-C within this time is the first one, delivered twice. */
const sameSignalMs = 2_000;

const { stdout, stderr, env } = processTerminal;

/** `deno task ring`: a ring of real processes on this machine, to be looked at. */
async function main(): Promise<number> {
  try {
    const dotEnv = loadDotEnv();
    checkNames(dotEnv, { ...nodeOptions, ...launcherOptions });
    const options = readSettings(launcherOptions, { args: Deno.args, env, dotEnv });
    if (!options.help) return await run(options);
    stdout.write(
      helpText(
        ["Usage: deno task ring [FLAGS]: runs a ring on this machine, and shows it."],
        launcherOptions,
      ),
    );
    return exitCode.clean;
  } catch (error) {
    const { exit, line } = describeStartFailure(error);
    stderr.write(`${line}\n`);
    return exit;
  }
}

async function run(options: LauncherOptions): Promise<number> {
  const plan = planRing(options, hasData);
  const keeping = options.memory ? "in memory only" : `in ${options.dataDir}`;
  stdout.write(`Rondo ring "${options.cluster}", data ${keeping}. Ctrl-C stops all nodes.\n`);
  for (const { url } of plan) stdout.write(`  ${url}\n`);
  const ring = new LocalRing(plan, tokenOf(options));
  const stop = Promise.withResolvers<void>();
  listenToSignals(stop.resolve, () => {
    ring.kill();
    Deno.exit(exitCode.secondSignal);
  });
  const display = openDisplay();
  try {
    return await watch(ring, display, stop.promise);
  } finally {
    display.close();
    const isInTime = await ring.halt();
    stdout.write(
      isInTime ? "\nAll nodes have stopped.\n" : "\nSome nodes did not stop in time and were killed.\n",
    );
  }
}

/** @throws ConfigurationError when the nodes will ask for a token and there is none to show. */
function tokenOf({ tokenFile }: LauncherOptions): string | undefined {
  const token = env("RONDO_TOKEN");
  if (tokenFile === null || token !== undefined) return token;
  throw new ConfigurationError(
    "Cannot look at nodes that have a --token-file without a token: set RONDO_TOKEN",
  );
}

/** Shows the ring until it is told to stop, or until nothing can come of it. */
async function watch(ring: LocalRing, display: RingDisplay, stopped: Promise<void>): Promise<number> {
  const stop = stopped.then(() => exitCode.clean);
  while (true) {
    const views = await ring.look();
    display.show(views);
    const hasMember = views.some(({ state }) => state === "member");
    const ending = hasMember ? null : ring.doorsEnding;
    if (ending !== null) return ending.code || exitCode.killed;
    const pauseMs = views.every(({ isReady }) => isReady) ? refreshMs : refreshMsAtStart;
    const exit = await Promise.race([stop, pause(pauseMs)]);
    if (exit !== null) return exit;
  }
}

function pause(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

function listenToSignals(stop: () => void, abort: () => void): void {
  let firstAtMs: number | null = null;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      firstAtMs ??= performance.now();
      stop();
      if (performance.now() - firstAtMs > sameSignalMs) abort();
    });
  }
}

function openDisplay(): RingDisplay {
  const memory = () => Deno.systemMemoryInfo();
  if (!stdout.isTerminal) return new LineDisplay(stdout, memory);
  return new TableDisplay(stdout, colorsFor(stdout, env), memory);
}

function hasData(directory: string): boolean {
  try {
    return Deno.statSync(`${directory}/rondo.kv`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.NotCapable) throw notAllowed(directory, error);
    throw error;
  }
}

function notAllowed(directory: string, cause: Error): ConfigurationError {
  const base = directory.slice(0, directory.lastIndexOf("/"));
  return new ConfigurationError(
    `Cannot use the data directory ${base}: this process may only write to ./data; run: deno run -P=ring ` +
      `--allow-read=${base},./.env --allow-write=${base} --allow-run=deno launcher/main.ts`,
    { cause },
  );
}

if (import.meta.main) Deno.exit(await main());
