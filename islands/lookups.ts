import type { HopSample } from "../components/trace/HopHistogram.tsx";
import type { LookupAnswer } from "../components/trace/timeline.ts";
import { RondoError } from "../client/mod.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { NodeReach } from "./node_reach.ts";

/** A lookup that was made, or why it was not. */
export type LookupOutcome =
  | { readonly kind: "found"; readonly answer: LookupAnswer }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Asks a node to look a key up. Nobody else can do that for it, so a node that the browser cannot reach is not asked:
 * the way from another node would be another way.
 */
export async function lookUpFrom(reach: NodeReach, node: NodeRef, key: string): Promise<LookupOutcome> {
  try {
    const { answer } = await reach.askDirectly(node, (client) => client.lookup(key));
    return { kind: "found", answer };
  } catch (error) {
    if (error instanceof RondoError) return { kind: "refused", why: error.message };
    throw error;
  }
}

export interface SampleOptions {
  /** Nodes to begin at, and the key for each lookup. */
  readonly lookups: readonly { readonly from: NodeRef; readonly key: string }[];
  /** Told after each, so that a page can show them as they come. */
  readonly onSample: (samples: readonly HopSample[], refused: number) => void;
  readonly isOver: () => boolean;
}

/** Measures lookups one after another: at the same time they would measure each other. */
export async function sampleLookups(
  reach: NodeReach,
  { lookups, onSample, isOver }: SampleOptions,
): Promise<void> {
  const samples: HopSample[] = [];
  let refused = 0;
  for (const { from, key } of lookups) {
    if (isOver()) return;
    const outcome = await lookUpFrom(reach, from, key);
    if (outcome.kind === "refused") refused++;
    else samples.push(sampleOf(from.id, outcome.answer));
    onSample([...samples], refused);
  }
}

function sampleOf(fromId: string, { hops, path }: LookupAnswer): HopSample {
  return {
    fromId,
    hops,
    ms: path.reduce((sum, { rttMs }) => sum + rttMs, 0),
    failures: path.filter(({ outcome }) => outcome === "failed").length,
  };
}

/** One of them, each as likely. */
export function pick<T>(items: readonly T[], random: () => number = Math.random): T | null {
  return items[Math.floor(random() * items.length)] ?? null;
}
