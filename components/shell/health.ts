import type { RingItem } from "../../core/live/topics.ts";
import type { NodeInfo } from "../../core/protocol.ts";
import { address, duration, plural, shortId } from "../ring/words.ts";

/** What the health pill goes by. */
export interface HealthFacts {
  /** What the serving node says of itself; null while nothing was heard. */
  readonly info: Pick<NodeInfo, "phase" | "ready" | "reason" | "replicas"> | null;
  /** The ring as the serving node sees it; null while nothing was heard. */
  readonly ring: readonly RingItem[] | null;
  /** By the clock of the serving node. */
  readonly nowMs: number;
}

export type Severity = "critical" | "warning";

export interface Problem {
  readonly severity: Severity;
  readonly text: string;
  /** Where to look. */
  readonly href: string;
}

export type Health = "Healthy" | "Degraded" | "Critical" | "Unknown";

/** A node that died longer ago is history; the ring has closed without it. */
const deadShownMs = 10 * 60_000;
/** These keep the node from taking any write, and do not pass by themselves. */
const criticalReason = /store cannot be written|clock is far/;

export function healthOf(facts: HealthFacts, problems: readonly Problem[]): Health {
  if (problems.some(({ severity }) => severity === "critical")) return "Critical";
  if (problems.length > 0) return "Degraded";
  return facts.info === null ? "Unknown" : "Healthy";
}

/** What is wrong with the node and its ring, the worst first. */
export function problemsOf(facts: HealthFacts): Problem[] {
  const found = [...ownProblems(facts), ...copyProblems(facts), ...peerProblems(facts)];
  return found.sort((a, b) => rank(a) - rank(b));
}

function ownProblems({ info }: HealthFacts): Problem[] {
  if (info === null || info.ready) return [];
  const reason = info.reason ?? "it does not say why";
  const severity = criticalReason.test(reason) ? "critical" : "warning";
  return [{ severity, text: `This node is not ready: ${reason}`, href: "/" }];
}

function copyProblems({ info, ring }: HealthFacts): Problem[] {
  if (info === null || ring === null || info.phase !== "member") return [];
  const members = ring.filter(({ state }) => state === "alive" || state === "suspect").length;
  if (members >= info.replicas) return [];
  const text = members === 1
    ? "This ring has one node: there are no copies, a crash of its disk loses data"
    : `${plural(members, "node")} cannot keep ${info.replicas} copies of each key`;
  return [{ severity: "warning", text, href: "/ring" }];
}

function peerProblems({ ring, nowMs }: HealthFacts): Problem[] {
  return (ring ?? []).flatMap((item) => {
    const text = troubleOf(item, nowMs);
    return text === null ? [] : [{ severity: "warning" as const, text, href: `/ring?sel=${item.id}` }];
  });
}

function troubleOf({ id, url, state, lastSeenMs, isSelf }: RingItem, nowMs: number): string | null {
  if (isSelf || (state !== "suspect" && state !== "dead")) return null;
  const agoMs = lastSeenMs === null ? null : Math.max(0, nowMs - lastSeenMs);
  if (state === "dead" && (agoMs === null || agoMs > deadShownMs)) return null;
  const name = `${shortId(id)} (${address(url)})`;
  const since = agoMs === null ? "" : `, last heard of ${duration(agoMs)} ago`;
  return `${name} is ${state}${since}`;
}

function rank({ severity }: Problem): number {
  return severity === "critical" ? 0 : 1;
}
