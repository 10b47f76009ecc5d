import type { Output } from "../cli/terminal.ts";
import { type Colors } from "../cli/command_context.ts";
import { describeNode, renderRing, type SystemMemory, totals } from "./live_table.ts";
import type { NodeView } from "./node_view.ts";

/** Shows the ring as it changes. */
export interface RingDisplay {
  show(views: readonly NodeView[]): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

const escape = {
  up: (lines: number) => `\x1b[${lines}A`,
  clearDown: "\x1b[0J",
  cutLines: "\x1b[?7l",
  wrapLines: "\x1b[?7h",
};

/** Draws the table over the one before it. Lines are cut, not wrapped, or there would be more than were counted. */
export class TableDisplay implements RingDisplay {
  #linesDrawn = 0;

  constructor(readonly output: Output, readonly colors: Colors, readonly memory: () => SystemMemory) {
    output.write(escape.cutLines);
  }

  show(views: readonly NodeView[]): void {
    const table = renderRing(views, this.memory(), this.colors);
    const back = this.#linesDrawn === 0 ? "" : escape.up(this.#linesDrawn);
    this.output.write(`${back}${escape.clearDown}${table}`);
    this.#linesDrawn = table.split("\n").length - 1;
  }

  close(): void {
    this.output.write(escape.wrapLines);
  }
}

/** Writes a line for each change of a node's state, and one whenever all have become ready. */
export class LineDisplay implements RingDisplay {
  readonly #said = new Map<string, string>();
  #wasComplete = false;

  constructor(readonly output: Output, readonly memory: () => SystemMemory) {}

  show(views: readonly NodeView[]): void {
    for (const view of views) this.#showOne(view);
    const isComplete = views.every(({ isReady }) => isReady);
    if (isComplete && !this.#wasComplete) this.output.write(`${totals(views, this.memory())}\n`);
    this.#wasComplete = isComplete;
  }

  close(): void {}

  #showOne(view: NodeView): void {
    const { url, state, isReady } = view;
    const saying = `${state} ${isReady}`;
    if (this.#said.get(url) === saying) return;
    this.#said.set(url, saying);
    this.output.write(`${describeNode(view)}\n`);
  }
}
