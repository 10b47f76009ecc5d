import { runCommandLine } from "./program.ts";
import { processTerminal } from "./terminal.ts";

/** `deno task rondo`: the command line of a ring. */
if (import.meta.main) {
  try {
    Deno.exitCode = await runCommandLine(Deno.args, processTerminal);
  } catch (error) {
    // Whoever reads us has seen enough, as in `rondo keys | head`.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
