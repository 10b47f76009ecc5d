import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Balance, Fleet } from "../components/ring/Balance.tsx";
import { Inspector } from "../components/ring/Inspector.tsx";
import { Problems } from "../components/ring/Problems.tsx";
import { RingDiagram } from "../components/ring/RingDiagram.tsx";
import { RingNotice } from "../components/ring/RingNotice.tsx";
import { RingStatistics } from "../components/ring/RingStatistics.tsx";
import { RingTable } from "../components/ring/RingTable.tsx";
import { RingToolbar } from "../components/ring/RingToolbar.tsx";
import { type Finger, nodeOf } from "../components/ring/snapshot.ts";
import { Tabs } from "../components/ring/Tabs.tsx";
import type { HopSample } from "../components/trace/HopHistogram.tsx";
import { pick, sampleLookups } from "./lookups.ts";
import { tabTitles, useRingView } from "./use_ring_view.ts";
import { type FollowedRing, useFingers, useLastSeen, useNow, useRing } from "./use_ring.ts";

export interface RingPageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
}

/** One list for all who have none: another would be another picture. */
const noFingers: readonly Finger[] = [];
/** Lookups of one measurement. */
const samplesWanted = 20;

/** The whole ring: walked in the browser, node by node, and looked at in four ways. */
export default function RingPage({ cluster }: RingPageProps): JSX.Element {
  const ring = useRing(cluster);
  const { snapshot } = ring;
  const nowMs = useNow();
  const view = useRingView();
  const { fingers, problem: fingersProblem } = useFingers(ring, view.selectedId);
  const lastSeen = useLastSeen(snapshot, view.selectedId);
  const hops = useHopSamples(ring);
  const shared = { snapshot, selectedId: view.selectedId, onSelect: view.select };
  // What is the same element as before is not gone through again: zooming leaves the table of hundreds alone.
  const table = useMemo(
    () => <RingTable {...shared} nowMs={nowMs} />,
    [snapshot, view.selectedId, nowMs],
  );
  const diagram = useDiagram(ring, view, fingers);
  return (
    <div class="ring-page">
      <RingNotice snapshot={snapshot} nowMs={nowMs} onRetry={ring.refresh} />
      <Tabs name="ring" titles={tabTitles} selected={view.tab} onSelect={view.showTab} />
      <div class={view.tab === "table" ? "ring-columns is-wide" : "ring-columns"}>
        <div class="ring-main" id="ring-panel" role="tabpanel" aria-labelledby={`ring-tab-${view.tab}`}>
          {view.tab === "diagram" && (
            <>
              <p id="ring-hint" class="visually-hidden">
                Arrow keys go round the ring, S and B to the successor and the predecessor, P to the next
                problem, F through the fingers. Enter selects, T traces. Plus and minus zoom, less-than and
                greater-than go along a zoomed ring, 0 shows all of it. The Table tab says the same in words.
              </p>
              <RingToolbar {...view.toolbar} snapshot={snapshot} selectedId={view.selectedId} />
              {diagram}
            </>
          )}
          {view.tab === "diagram" && (
            <div class="ring-wide-table">
              {table}
            </div>
          )}
          {view.tab === "table" && table}
          {view.tab === "balance" && <Balance {...shared} />}
          {view.tab === "fleet" && <Fleet {...shared} />}
        </div>
        <div class="ring-side">
          {view.selectedId !== null && (
            <Inspector
              snapshot={snapshot}
              nodeId={view.selectedId}
              onSelect={view.select}
              fingers={fingers}
              fingersProblem={fingersProblem}
              lastSeen={lastSeen}
              nowMs={nowMs}
            />
          )}
          <Problems snapshot={snapshot} onSelect={view.select} nowMs={nowMs} />
          <RingStatistics snapshot={snapshot} nowMs={nowMs} {...hops} />
        </div>
      </div>
    </div>
  );
}

/** The picture, the same element for as long as nothing in it has changed: the clock ticks beside it. */
function useDiagram(
  { snapshot }: FollowedRing,
  { selectedId, select, toolbar: { view, heat, labels, window, onZoom } }: ReturnType<typeof useRingView>,
  fingers: readonly Finger[] | null,
): JSX.Element {
  return useMemo(
    () => (
      <RingDiagram
        {...{ snapshot, selectedId, view, heat, labels, window, onZoom }}
        onSelect={select}
        describedBy="ring-hint"
        fingers={fingers ?? noFingers}
        onTrace={(id) => location.assign(`/trace?from=${id}`)}
        onOpen={(id) => openPage(nodeOf(snapshot, id)?.url)}
      />
    ),
    [snapshot, selectedId, view, heat, labels, window, fingers],
  );
}

function openPage(url: string | undefined): void {
  if (url !== undefined) location.assign(url);
}

/** Hops of lookups of random keys, from every node that the browser reaches. */
function useHopSamples({ snapshot, reach }: FollowedRing) {
  const [samples, setSamples] = useState<readonly HopSample[]>([]);
  const [isMeasuring, setIsMeasuring] = useState(false);
  const isGone = useRef(false);
  useEffect(() => () => {
    isGone.current = true;
  }, []);
  const onMeasure = async () => {
    const starts = snapshot.nodes.filter((node) => node.reach === "own" || node.reach === "direct");
    if (reach === null || starts.length === 0) return;
    setIsMeasuring(true);
    const lookups = Array.from({ length: samplesWanted }, () => pick(starts)).filter((from) => from !== null)
      .map((from) => ({ from, key: `hops:${crypto.getRandomValues(new Uint32Array(2)).join(":")}` }));
    await sampleLookups(reach, { lookups, onSample: setSamples, isOver: () => isGone.current });
    setIsMeasuring(false);
  };
  return { samples, isMeasuring, onMeasure };
}
