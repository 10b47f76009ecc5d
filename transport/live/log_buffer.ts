import { ChordError } from "../../core/errors.ts";
import { logLevels, type LogLine } from "../../core/live/topics.ts";
import type { Log, LogLevel } from "../../core/ports.ts";

/** Lines kept; older ones are in the log itself. */
export const logLinesMax = 1_000;
/** Characters kept in all: they are sent to whoever begins to watch. */
const charsMax = 256 * 1024;
/** Characters of a field that are kept: enough for a sentence, too little to fill the memory with a value. */
const fieldCharsMax = 2_048;
/** Fields of a line that are kept. */
const fieldsMax = 32;

type Fields = Readonly<Record<string, unknown>>;

/** The last lines that the node has logged, for people who look at it from elsewhere. */
export class LogBuffer {
  readonly #lines: LogLine[] = [];
  #chars = 0;
  #lastNumber: number;

  /** @param level what is less is not kept, as it is not written. */
  constructor(readonly level: LogLevel, readonly wallNow: () => number) {
    // Lines are numbered on from the wall clock, so that those of a life before are older than all of this one.
    this.#lastNumber = wallNow();
  }

  /** Of the last line; grows by one a line. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  readonly log: Log = (level, event, fields = {}) => {
    if (isBelow(level, this.level)) return;
    const timeMs = this.wallNow();
    const line = { number: ++this.#lastNumber, timeMs, level, event, fields: plainFields(fields) };
    this.#lines.push(line);
    this.#chars += charsOf(line);
    while (this.#lines.length > logLinesMax || this.#chars > charsMax) this.#forgetFirst();
  };

  /** The kept lines of at least the level that follow the one numbered `after`, oldest first. */
  lines(level: LogLevel = "debug", after = 0): LogLine[] {
    const from = this.#lines.findIndex(({ number }) => number > after);
    if (from === -1) return [];
    return this.#lines.slice(from).filter((line) => !isBelow(line.level, level));
  }

  #forgetFirst(): void {
    const first = this.#lines.shift();
    if (first !== undefined) this.#chars -= charsOf(first);
  }
}

/** As they travel. */
function charsOf(line: LogLine): number {
  return JSON.stringify(line).length;
}

/** Logs to both. */
export function teeLog(first: Log, second: Log): Log {
  return (level, event, fields) => {
    first(level, event, fields);
    second(level, event, fields);
  };
}

function isBelow(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) < logLevels.indexOf(least);
}

/** As they are now: what is logged may change afterwards, and must not be kept alive by its line. */
function plainFields(fields: Fields): LogLine["fields"] {
  const entries = Object.entries(fields).slice(0, fieldsMax);
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  const text = textOf(value);
  return text.length > fieldCharsMax ? `${text.slice(0, fieldCharsMax)}…` : text;
}

/** Of errors only the words travel; where in the program they come from is for the log itself. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof ChordError) return value.message;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? String(inner) : inner) ?? "";
  } catch {
    return "?";
  }
}
