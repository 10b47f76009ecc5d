import { logLevels, type LogLine } from "../../core/live/topics.ts";
import { plural } from "../ring/words.ts";

/** Lines that a page keeps; a node keeps fewer, so a page that stays open knows more than one that comes. */
export const linesMax = 5_000;

/** The kept lines and those of `data` that are newer, oldest first; the oldest give way. */
export function withLines(
  kept: readonly LogLine[],
  data: Iterable<LogLine>,
  most = linesMax,
): readonly LogLine[] {
  const last = kept.at(-1)?.number ?? -1;
  const newer = [...data].filter(({ number }) => number > last).sort((a, b) => a.number - b.number);
  return newer.length === 0 ? kept : [...kept, ...newer].slice(-most);
}

/**
 * Lines that the node has logged in between, too fast to be told.
 *
 * A node numbers its lines one by one from the wall clock of its start, so a number beyond the time of the line
 * before is of a new life, and nothing is known of what lies between the two.
 */
export function missedIn(lines: readonly LogLine[]): number {
  let missed = 0;
  for (const [i, { number }] of lines.entries()) {
    const before = lines[i - 1];
    if (before !== undefined && number <= before.timeMs) missed += number - before.number - 1;
  }
  return missed;
}

/** What is looked for; all of it has to be so. */
export interface LogFilter {
  /** The least. */
  readonly level: LogLine["level"];
  /** In the event, or in any field, letters of either case. */
  readonly text: string;
  readonly event: string | null;
  readonly requestId: string | null;
}

export const noFilter: LogFilter = { level: "debug", text: "", event: null, requestId: null };

export function matching(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  if (chipsOf(filter).length === 0) return lines;
  const least = logLevels.indexOf(filter.level);
  const wanted = filter.text.toLowerCase();
  return lines.filter((line) => {
    if (logLevels.indexOf(line.level) < least) return false;
    if (filter.event !== null && line.event !== filter.event) return false;
    if (filter.requestId !== null && requestIdOf(line) !== filter.requestId) return false;
    return wanted === "" || textOf(line).toLowerCase().includes(wanted);
  });
}

/** A filter as something that can be taken away. */
export interface Chip {
  readonly label: string;
  readonly without: LogFilter;
}

export function chipsOf(filter: LogFilter): Chip[] {
  const { level, text, event, requestId } = filter;
  return [
    ...(level === "debug"
      ? []
      : [{ label: `level ${level} and above`, without: { ...filter, level: noFilter.level } }]),
    ...(text === "" ? [] : [{ label: `text ${shown(text)}`, without: { ...filter, text: "" } }]),
    ...(event === null ? [] : [{ label: `event ${shown(event)}`, without: { ...filter, event: null } }]),
    ...(requestId === null
      ? []
      : [{ label: `request ${shown(requestId)}`, without: { ...filter, requestId: null } }]),
  ];
}

/** The filter in a page's URL, one value each; null is not there. */
export function filterFrom(read: (name: string) => string | null): LogFilter {
  const level = logLevels.find((known) => known === read("level")) ?? noFilter.level;
  return { level, text: read("q") ?? "", event: read("event") || null, requestId: read("req") || null };
}

export function filterParameters(
  { level, text, event, requestId }: LogFilter,
): Record<string, string | null> {
  return {
    level: level === noFilter.level ? null : level,
    q: text === "" ? null : text,
    event,
    req: requestId,
  };
}

export function requestIdOf({ fields }: LogLine): string | null {
  const { requestId } = fields;
  return typeof requestId === "string" ? requestId : null;
}

/** The line as one reads it: `name=value` with quotes where there is doubt. */
export function textOf({ event, fields }: LogLine): string {
  const parts = Object.entries(fields).map(([name, value]) => `${shown(name)}=${fieldText(value)}`);
  return [shown(event), ...parts].join(" ");
}

function fieldText(value: LogLine["fields"][string]): string {
  if (typeof value !== "string") return String(value);
  // Lists and objects were logged as such; quotes around their quotes would only hide them.
  const isJson = /^(\[.*\]|\{.*\})$/.test(value);
  return isJson || /^[^\s"=]+$/.test(value) ? shown(value) : `"${shown(value.replaceAll('"', '\\"'))}"`;
}

/** `14:02:11.300`, in UTC as everywhere in logs. */
export function clockTime(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString().slice(11, 23);
}

/** The whole line as a program would have written it. */
export function lineText(line: LogLine): string {
  return `${new Date(Math.min(line.timeMs, 8.64e15)).toISOString()} ${line.level.padEnd(5)} ${textOf(line)}`;
}

/** One JSON object a line, as `--log-format json` writes. */
export function asNdjson(lines: readonly LogLine[]): string {
  return lines.map(({ event, fields, level, number, timeMs }) =>
    `${
      JSON.stringify({
        time: new Date(Math.min(timeMs, 8.64e15)).toISOString(),
        level,
        event,
        number,
        fields,
      })
    }\n`
  ).join("");
}

/**
 * Characters that show nothing, or make others show elsewhere: controls, halves of pairs, marks of direction, and
 * what has no width. Written out, so that no line can look like another one.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const namedEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export function shown(text: string): string {
  return text.replaceAll(
    hidden,
    (character) => namedEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** `2 errors, 12 warnings in 812 lines` */
export function summaryOf(lines: readonly LogLine[]): string {
  const of = (level: LogLine["level"]) => lines.filter((line) => line.level === level).length;
  const [errors, warnings] = [of("error"), of("warn")];
  const found = [
    ...(errors === 0 ? [] : [plural(errors, "error")]),
    ...(warnings === 0 ? [] : [plural(warnings, "warning")]),
  ];
  return `${found.length === 0 ? "" : `${found.join(", ")} in `}${plural(lines.length, "line")}`;
}
