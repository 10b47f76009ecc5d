import type { Peers, RondoClient } from "../../client/mod.ts";
import { RondoError } from "../../client/mod.ts";
import { readMeasures, readSettings } from "../../client/operations.ts";
import { ringItems } from "../../core/live/ring_items.ts";
import type { RingItem } from "../../core/live/topics.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type { NodeInfo } from "../../core/protocol.ts";
import { type FingerRun, fingerRuns } from "./fingers.ts";
import type { Series } from "./series.ts";

/** What the first HTML of the node page shows, and the page in the browser begins with. */
export interface NodePageData {
  /** By the clock of the node. */
  readonly takenAtMs: number;
  /** Null when the node could not say what it is; `problem` says why. */
  readonly info: NodeInfo | null;
  readonly problem: string | null;
  readonly predecessor: NodeRef | null;
  readonly successors: readonly NodeRef[];
  /** Itself and everybody it knows, by id. */
  readonly items: Readonly<Record<string, RingItem>>;
  readonly fingers: readonly FingerRun[];
  readonly series: Series;
  /** Whether the node lets itself be killed. */
  readonly allowKill: boolean;
}

/** Seconds of the past in the first page; the browser asks for the rest. */
const historySeconds = 120;

/** Asks the node all that its page shows at first. What it does not answer is left out, not waited for. */
export async function loadNodePage(client: RondoClient): Promise<NodePageData> {
  const [{ info, problem }, predecessor, successors, peers, entries, measures, settings] = await Promise.all([
    readInfo(client),
    or(client.predecessor(), null),
    or(client.successors(), []),
    or<Peers>(client.peers(), []),
    or(client.fingers(), []),
    or(readMeasures(client, historySeconds), { metrics: {} }),
    or(readSettings(client), []),
  ]);
  const takenAtMs = Date.now();
  const items = info === null ? new Map() : ringItems({
    self: { id: info.id, url: info.url },
    phase: info.phase,
    successors,
    predecessor,
    peers,
    wallMs: takenAtMs,
  });
  return {
    takenAtMs,
    info,
    problem,
    predecessor,
    successors,
    items: Object.fromEntries(items),
    fingers: fingerRuns(entries),
    series: measures.history?.series ?? {},
    allowKill: settings.some(({ flag, value }) => flag === "--allow-kill" && value === "true"),
  };
}

/** Without it there is hardly a page, so the reader is told why. */
async function readInfo(client: RondoClient): Promise<Pick<NodePageData, "info" | "problem">> {
  try {
    return { info: await client.info(), problem: null };
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    return { info: null, problem: error.message };
  }
}

async function or<T>(answer: Promise<T>, missing: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    return missing;
  }
}
