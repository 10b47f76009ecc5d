import type { Command } from "commander";
import { realTiming, type Timing } from "../client/mod.ts";
import type { OnProgress } from "../core/check/ask.ts";
import { checkReplicas } from "../core/check/replica_check.ts";
import { checkRing } from "../core/check/ring_check.ts";
import { ChordError } from "../core/errors.ts";
import { contactOf } from "./ask_nodes.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";
import { secondsAsMs } from "./option_values.ts";
import { problemOf, type Verification, verificationText } from "./verify_report.ts";

export interface VerifyArgs {
  /** How long to wait for a healthy ring; 0: look once. */
  readonly waitMs?: number;
}

/** Between two looks while waiting: about as often as a ring that heals has news. */
const lookEveryMs = 2_000;
/** A check that takes longer than this says how far it is, again and again. */
const progressEveryMs = 2_000;

export function addVerify(program: Command, run: Run): void {
  program.command("verify").summary("check that the ring is whole and every copy in place")
    .description(
      "Checks that all nodes form one ring in order, and that each partition is kept by the members it should be, " +
        "complete and alike. Exit 1 when anything falls short.",
    )
    .option("--wait <seconds>", "look again until the ring is healthy, for so long", secondsAsMs)
    .addHelpText(
      "after",
      `
Examples:
  rondo verify
  rondo verify --wait 60 --url http://127.0.0.1:8441
  rondo verify --json | jq .copies.counts`,
    )
    .action(({ wait }: { wait?: number }, command: Command) => {
      return run(command, (context) => verify(wait === undefined ? {} : { waitMs: wait }, context));
    });
}

export async function verify(
  { waitMs = 0 }: VerifyArgs,
  context: CommandContext,
  timing: Timing = realTiming,
): Promise<ExitCode> {
  const endsAtMs = timing.now() + waitMs;
  while (true) {
    const outcome = await look(context, timing);
    const leftMs = endsAtMs - timing.now();
    const problem = outcome instanceof CommandError ? outcome.message : problemOf(outcome);
    if (problem === null || leftMs <= 0) return conclude(outcome, context);
    context.stderr.write(`Not healthy yet: ${problem}\n`);
    await timing.sleep(Math.min(lookEveryMs, leftMs));
  }
}

/** An error stands for a ring that could not be looked at: of the user's nodes none answers, or not any more. */
async function look(context: CommandContext, timing: Timing): Promise<Verification | CommandError> {
  try {
    return await checkAll(context, timing);
  } catch (error) {
    if (error instanceof CommandError) return error;
    if (error instanceof ChordError) {
      return new CommandError(exitCode.unreachable, error.message, { cause: error });
    }
    throw error;
  }
}

async function checkAll(context: CommandContext, timing: Timing): Promise<Verification> {
  const { start, ask } = await contactOf(context);
  const ring = await checkRing(ask, start, { onProgress: progressOf("nodes of the ring", context, timing) });
  const copies = await checkReplicas(ask, ring, {
    pause: (ms) => timing.sleep(ms),
    onProgress: progressOf("questions about copies", context, timing),
  });
  return { ring, copies };
}

/** @throws CommandError when there was nothing to look at. */
function conclude(outcome: Verification | CommandError, context: CommandContext): ExitCode {
  if (outcome instanceof CommandError) throw outcome;
  const problem = problemOf(outcome);
  if (context.json) writeJson(context.stdout, { healthy: problem === null, problem, ...outcome });
  else context.stdout.write(verificationText(outcome, context));
  return problem === null ? exitCode.ok : exitCode.negative;
}

/** Lines on stderr, which only rings of many nodes take long enough for. */
function progressOf(what: string, { stderr }: CommandContext, timing: Timing): OnProgress {
  let saidAtMs = timing.now();
  return (done, total) => {
    if (timing.now() - saidAtMs < progressEveryMs) return;
    saidAtMs = timing.now();
    stderr.write(`Asked ${done} of ${total} ${what}\n`);
  };
}
