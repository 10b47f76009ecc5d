import { useEffect, useRef, useState } from "preact/hooks";
import { nodeOf, type RingSnapshot } from "../components/ring/snapshot.ts";
import type { HopSample } from "../components/trace/HopHistogram.tsx";
import { type Timeline, timelineOf } from "../components/trace/timeline.ts";
import { lookUpFrom, pick, sampleLookups } from "./lookups.ts";
import type { FollowedRing } from "./use_ring.ts";

interface TraceState {
  readonly timeline: Timeline | null;
  readonly problem: string | null;
  readonly isRunning: boolean;
}

/** The lookup that is shown, and the way to make another. */
export function useTrace({ snapshot, reach }: FollowedRing) {
  const [state, setState] = useState<TraceState>({ timeline: null, problem: null, isRunning: false });
  /** Only the answer to the latest question is shown. */
  const latest = useRef(0);
  useEffect(() => () => {
    latest.current = -1;
  }, []);
  const run = async (key: string, startId: string | null) => {
    const start = nodeOf(snapshot, startId);
    if (reach === null || start === null) {
      return setState({ ...state, problem: "Cannot trace from this node: it is not in the ring" });
    }
    const mine = ++latest.current;
    setState({ ...state, problem: null, isRunning: true });
    const outcome = await lookUpFrom(reach, start, key);
    if (latest.current !== mine) return;
    if (outcome.kind === "found") {
      const timeline = timelineOf(outcome.answer, start, snapshot.bits);
      return setState({ timeline, problem: null, isRunning: false });
    }
    const hint = start.id === snapshot.selfId
      ? ""
      : ". A lookup from there has to be asked of that node itself; trace from this node instead";
    const problem = `Cannot trace from ${new URL(start.url).host}: ${outcome.why}${hint}`;
    setState((before) => ({ ...before, problem, isRunning: false }));
  };
  return { ...state, run };
}

/** Lookups of one measurement. */
const repeats = 20;

interface RepeatState {
  readonly samples: readonly HopSample[];
  readonly refused: number;
  readonly isRunning: boolean;
}

/** The same key from random starts, measured. */
export function useRepeats({ snapshot, reach }: FollowedRing) {
  const [state, setState] = useState<RepeatState>({ samples: [], refused: 0, isRunning: false });
  const isGone = useRef(false);
  useEffect(() => () => {
    isGone.current = true;
  }, []);
  const run = async (key: string) => {
    const starts = startsOf(snapshot);
    if (reach === null || starts.length === 0) return;
    setState({ samples: [], refused: 0, isRunning: true });
    const lookups = Array.from({ length: repeats }, () => pick(starts)).filter((from) => from !== null)
      .map((from) => ({ from, key }));
    await sampleLookups(reach, {
      lookups,
      onSample: (samples, refused) => setState({ samples, refused, isRunning: true }),
      isOver: () => isGone.current,
    });
    setState((before) => ({ ...before, isRunning: false }));
  };
  return { ...state, run };
}

/** The nodes that the browser reaches: nobody else can be asked to look up. */
function startsOf({ nodes }: RingSnapshot) {
  return nodes.filter(({ reach }) => reach === "own" || reach === "direct");
}
