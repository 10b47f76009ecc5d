// @ts-types="./cli_progress.d.ts"
import cliProgress from "cli-progress";
import type { Output } from "./terminal.ts";

/** Shows how far an import is, on stderr. */
export interface Progress {
  /** @param done rows of the total that are settled, one way or the other. */
  show(done: number): void;
  end(): void;
}

/** A bar where a person watches; a line at every tenth where a file or a CI log does. */
export function showProgress(total: number, output: Output): Progress {
  return output.isTerminal ? bar(total) : tenths(total, output);
}

function bar(total: number): Progress {
  const single = new cliProgress.SingleBar({
    format: "{bar} {percentage} % | {value} of {total} rows | {eta_formatted} left",
    hideCursor: true,
    clearOnComplete: true,
  }, cliProgress.Presets.shades_classic);
  single.start(total, 0);
  return { show: (done) => single.update(done), end: () => single.stop() };
}

function tenths(total: number, output: Output): Progress {
  let shown = 0;
  return {
    show(done) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth <= shown || done === total) return;
      shown = tenth;
      output.write(`${done} of ${total} rows (${tenth * 10} %)\n`);
    },
    end() {},
  };
}
