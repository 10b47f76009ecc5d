import type { LogLine } from "../../core/live/topics.ts";

/** Something that somebody did to this node, as its log has it. */
export interface AuditEntry {
  readonly number: number;
  readonly timeMs: number;
  readonly act: string;
  readonly detail: string;
  readonly level: LogLine["level"];
}

/** Events that come from an act of somebody, not from the ring's own life. */
const acts: Readonly<Record<string, string>> = {
  started: "Node started",
  leaveAsked: "Leave asked for",
  haltAsked: "Stop asked for",
  killAsked: "Kill asked for",
  nodeForgotten: "Node given up",
  maintenanceAsked: "Maintenance asked for",
  "import.finished": "Import finished",
  "import.stopped": "Import stopped",
  "import.failed": "Import failed",
  "export.cutShort": "Export cut short",
};

/** Newest first. */
export function auditOf(lines: readonly LogLine[]): AuditEntry[] {
  return lines.filter(({ event }) => Object.hasOwn(acts, event))
    .map(({ event, fields, level, number, timeMs }) => ({
      number,
      timeMs,
      level,
      act: acts[event] ?? event,
      detail: Object.entries(fields).map(([name, value]) => `${name} ${value}`).join(", "),
    })).toReversed();
}
