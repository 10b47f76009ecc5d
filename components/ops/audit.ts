import type { LogLine } from "../../core/live/topics.ts";

/** Something that somebody did to this node, as its log has it. */
export interface AuditEntry {
  readonly number: number;
  readonly timeMs: number;
  /** Null: nobody in particular, as the node itself or a signal to its process. */
  readonly who: string | null;
  readonly act: string;
  readonly detail: string;
  readonly level: LogLine["level"];
  readonly isRefused: boolean;
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
  tokensRead: "List of tokens changed",
  tokensKept: "List of tokens unusable, the last one goes on",
  tokensGone: "List of tokens gone",
};

/** Newest first. */
export function auditOf(lines: readonly LogLine[]): AuditEntry[] {
  return lines.filter(({ event }) => event === "audit" || Object.hasOwn(acts, event)).map(entryOf)
    .toReversed();
}

function entryOf({ event, fields, level, number, timeMs }: LogLine): AuditEntry {
  const line = { number, timeMs, level };
  if (event !== "audit") {
    const detail = Object.entries(fields).map(([name, value]) => `${name} ${value}`).join(", ");
    return { ...line, who: null, act: acts[event] ?? event, detail, isRefused: false };
  }
  const { act, address, by, requestId, role, status, who } = fields;
  const from = address === "" ? "" : ` from ${address}`;
  return {
    ...line,
    who: String(who),
    act: String(act),
    detail: `${status}, as ${role} by ${by}${from}, request ${requestId}`,
    isRefused: Number(status) >= 400,
  };
}
