import { ChordError } from "../core/errors.ts";
import type { Log, LogLevel } from "../core/ports.ts";

export interface EventLogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
  readonly wallNow: () => number;
}

type Fields = Readonly<Record<string, unknown>>;

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Writes one line for each event of at least the level. */
export function createEventLog({ level: least, format, write, wallNow }: EventLogOptions): Log {
  const lineOf = format === "json" ? jsonLine : textLine;
  return (level, event, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    try {
      write(lineOf(new Date(wallNow()).toISOString(), level, event, fields));
    } catch {
      // Whoever read the log is gone, or a value cannot be shown. The node is worth more than the line.
    }
  };
}

function jsonLine(time: string, level: LogLevel, event: string, fields: Fields): string {
  return `${JSON.stringify({ time, level, event, ...fields }, (_, value) => plain(value))}\n`;
}

function textLine(time: string, level: LogLevel, event: string, fields: Fields): string {
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${show(value)}`);
  return `${[time, level.padEnd(5), event, ...parts].join(" ")}\n`;
}

function show(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(isOfTheWorld(value) ? value.message : value.stack);
  if (typeof value === "string" && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value, (_, inner) => plain(inner)) ?? "undefined";
}

/** What JSON has no form for. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack } = value;
  return isOfTheWorld(value) ? { name, message, ...value.data } : { name, message, stack };
}

/** Only a mistake of ours is worth its stack. */
function isOfTheWorld(error: Error): error is ChordError {
  return error instanceof ChordError;
}
