import { useEffect, useState } from "preact/hooks";
import { RondoClient, RondoError } from "../client/mod.ts";
import { kill } from "../client/operations.ts";
import { type Departure, departureOf } from "../components/ops/departure.ts";
import type { DepartureProgress } from "../components/ops/Departed.tsx";
import { membersIn } from "../components/node/peers.ts";
import { ownClient } from "./own_client.ts";
import type { HeardNode } from "./use_node.ts";

/** How often a leaving node is asked how far it is. */
const everyMs = 300;
const askTimeoutMs = 2_000;

/** The node's way out of the ring, begun from this page. */
export interface DepartureActs {
  /** What it would mean; null while too little is known. */
  readonly departure: Departure | null;
  /** Null for as long as nobody has sent it away. */
  readonly progress: DepartureProgress | null;
  readonly leave: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

export function useDeparture({ info, items, predecessor, successors }: HeardNode): DepartureActs {
  const [progress, setProgress] = useState<DepartureProgress | null>(null);
  const isGone = (id: string) => ["dead", "left", "leaving"].includes(items[id]?.state ?? "unknown");
  const departure = info === null
    ? null
    : departureOf({ info, predecessor, successors, isGone, members: membersIn(items) });
  const isLeaving = progress?.kind === "leaving";
  useEffect(() => {
    if (!isLeaving) return;
    let isWatching = true;
    const watch = async () => {
      for await (const partitionsHeld of untilGone(() => isWatching)) {
        setProgress((before) => before === null ? null : { ...before, partitionsHeld });
      }
      if (isWatching) setProgress((before) => before === null ? null : { ...before, kind: "gone" });
    };
    void watch();
    return () => {
      isWatching = false;
    };
  }, [isLeaving]);
  const begin = (act: "leave" | "kill") => {
    if (departure === null) return;
    const { partitionsHeld } = departure.info;
    setProgress({ kind: "leaving", act, departure, partitionsHeld });
  };
  return {
    departure,
    progress,
    leave: async () => {
      await ownClient().leave();
      begin("leave");
    },
    kill: async () => {
      await kill(ownClient());
      begin("kill");
    },
  };
}

/** What the node still keeps, again and again, until it does not answer any more. */
async function* untilGone(isWanted: () => boolean): AsyncGenerator<number> {
  const client = new RondoClient({ url: location.origin, timeoutMs: askTimeoutMs, attemptsMax: 1 });
  while (isWanted()) {
    try {
      yield (await client.info()).partitionsHeld;
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      // An answer, even one that refuses, is the word of somebody who is there.
      if (error.status === null) return;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
