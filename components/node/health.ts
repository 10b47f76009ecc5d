import type { NodeInfo } from "../../core/protocol.ts";
import { address, count, duration, milliseconds, percent, plural } from "../ring/words.ts";
import { staleAfterMs } from "../shell/live_words.ts";
import { itemWords } from "../shell/ring_states.ts";
import { neighboursOf, type PeerRow } from "./peers.ts";

export type HealthLevel = "ok" | "warn" | "bad" | "unknown";

export const healthWords: Readonly<Record<HealthLevel, string>> = {
  ok: "Healthy",
  warn: "Degraded",
  bad: "Critical",
  unknown: "Unknown",
};

/** Whether the node is well, in one sentence; what else is wrong; and what it rests on. */
export interface Health {
  readonly level: HealthLevel;
  readonly sentence: string;
  readonly problems: readonly string[];
  readonly facts: readonly string[];
}

export interface HealthQuestion {
  readonly info: NodeInfo | null;
  /** Why there is no info. */
  readonly problem: string | null;
  readonly peers: readonly PeerRow[];
  /** Itself included. */
  readonly members: number;
  /** Of the circle; null when the node knows no predecessor. */
  readonly share: number | null;
  readonly loopLagMs: number | null;
  /** Since the node was last heard. */
  readonly silentMs: number;
}

/** These keep the node from taking any write, and do not pass by themselves. */
const criticalReason = /store cannot be written|clock is far/;
/** Timers that are later than this make a node slow for everybody. */
const loopLagMsMax = 250;

const healthySentence = "This node answers for its part of the ring, and all its copies are complete.";

interface Finding {
  readonly level: HealthLevel;
  readonly text: string;
}

/** The worst finding is the sentence, so that the first thing read is the one to act on. */
export function healthOf(question: HealthQuestion): Health {
  const { info, problem, silentMs } = question;
  if (info === null) {
    return {
      level: "unknown",
      sentence: problem ?? "Nothing is known of this node.",
      problems: [],
      facts: [],
    };
  }
  const facts = factsOf(info, question);
  if (silentMs > staleAfterMs) {
    const sentence = `Nothing was heard of this node for ${duration(silentMs)}; below is what it said last.`;
    return { level: "unknown", sentence, problems: [], facts };
  }
  const findings = findingsOf(info, question);
  const worst = findings.find(({ level }) => level === "bad") ?? findings[0];
  if (worst === undefined) return { level: "ok", sentence: healthySentence, problems: [], facts };
  const problems = findings.filter((finding) => finding !== worst).map(({ text }) => text);
  return { level: worst.level, sentence: worst.text, problems, facts };
}

function findingsOf(info: NodeInfo, { peers, members, loopLagMs }: HealthQuestion): Finding[] {
  const findings: Finding[] = [];
  const bad = (text: string) => findings.push({ level: "bad", text });
  const warn = (text: string) => findings.push({ level: "warn", text });
  if (info.phase === "joining") warn("This node is joining the ring.");
  else if (info.phase === "leaving") warn("This node is leaving the ring, and hands over what it keeps.");
  else if (info.phase === "left") bad("This node has left the ring.");
  else if (!info.ready) {
    const reason = info.reason ?? "it does not say why";
    (criticalReason.test(reason) ? bad : warn)(`This node is not ready: ${reason}.`);
  }
  if (info.phase === "member" && members < info.replicas) {
    warn(
      members === 1
        ? "This node is alone: it owns everything, there are no copies, and a lost disk loses data."
        : `The ring has ${members} nodes for ${info.replicas} copies of each key, as far as this node knows.`,
    );
  }
  for (const text of neighbourTroubles(peers)) warn(text);
  if (loopLagMs !== null && loopLagMs > loopLagMsMax) {
    warn(`Its event loop is ${milliseconds(loopLagMs)} late, so all that it does is slow.`);
  }
  return findings;
}

/** A stranger's death is its neighbours' business; those next to us hold our copies. */
function neighbourTroubles(peers: readonly PeerRow[]): string[] {
  const { predecessor, successors } = neighboursOf(peers);
  const near = [
    ...(predecessor === null ? [] : [["predecessor", predecessor] as const]),
    ...successors.map((peer) => ["successor", peer] as const),
  ];
  const told = new Set<string>();
  return near.filter(([, { id, state }]) => {
    const isNew = !told.has(id);
    told.add(id);
    return isNew && (state === "suspect" || state === "dead" || state === "unknown");
  }).map(([place, { ageMs, state, url }]) => {
    const since = ageMs === null ? "" : `, last heard ${duration(ageMs)} ago`;
    return `Its ${place} ${address(url)} is ${itemWords[state]}${since}.`;
  });
}

function factsOf(info: NodeInfo, { share }: HealthQuestion): string[] {
  const copies = info.partitionsUnsynced === 0
    ? "all complete"
    : `${count(info.partitionsUnsynced)} not complete yet`;
  return [
    share === null ? "Knows no predecessor yet" : `Owns ${percent(share)} of the circle`,
    `${plural(info.keyCount, "record")} of its own in ${plural(info.partitionsOwned, "partition")}`,
    `keeps ${plural(info.partitionsHeld, "partition")} in all, ${copies}`,
    `${info.writeQuorum} of ${info.replicas} copies acknowledge a write`,
  ];
}
