import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readSettings } from "../client/operations.ts";
import type { NodeEvent } from "../components/node/events.ts";
import { Fingers } from "../components/node/Fingers.tsx";
import { Heading } from "../components/node/Heading.tsx";
import { healthOf } from "../components/node/health.ts";
import { HealthCard } from "../components/node/HealthCard.tsx";
import { miniRing } from "../components/node/mini_ring.ts";
import { Neighbours } from "../components/node/Neighbours.tsx";
import type { NodePageData } from "../components/node/node_page_data.ts";
import { membersIn } from "../components/node/peers.ts";
import { PeersTable } from "../components/node/PeersTable.tsx";
import { Position } from "../components/node/Position.tsx";
import { latestOf } from "../components/node/series.ts";
import { Tiles } from "../components/node/Tiles.tsx";
import { tilesOf } from "../components/node/tiles.ts";
import { Departed } from "../components/ops/Departed.tsx";
import { MaintenanceButtons, MaintenanceOutcome } from "../components/ops/MaintenanceButtons.tsx";
import { Tabs } from "../components/ring/Tabs.tsx";
import { lazily } from "../components/shell/lazily.tsx";
import { whyNot } from "../components/shell/permission.ts";
import type { Role } from "../core/role.ts";
import { ownClient } from "./own_client.ts";
import { choiceOf, readParameter, writeParameters } from "./url_state.ts";
import { useAnswer } from "./use_answer.ts";
import { type DepartureActs, useDeparture } from "./use_departure.ts";
import { useTopic } from "./use_live.ts";
import { useLocalData } from "./use_local_data.ts";
import { useMaintenance } from "./use_maintenance.ts";
import { type HeardNode, useNode } from "./use_node.ts";
import { useSeenChanges } from "./use_seen_changes.ts";
import { useSeries } from "./use_series.ts";

export interface NodePageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
  /** What the server saw; the first page shows it, and the browser goes on from there. */
  readonly initial: NodePageData;
  /** Of whoever looks. */
  readonly role: Role;
}

const tabs = ["fingers", "data", "peers", "charts", "events", "config"] as const;
type Tab = typeof tabs[number];
const tabTitles: Readonly<Record<Tab, string>> = {
  fingers: "Fingers",
  data: "Local data",
  peers: "Peers",
  charts: "Charts",
  events: "Events",
  config: "Configuration",
};

const Charts = lazily(async () => (await import("../components/node/Charts.tsx")).Charts);
const Config = lazily(async () => (await import("../components/node/Config.tsx")).Config);
const Events = lazily(async () => (await import("../components/node/Events.tsx")).Events);
const LocalData = lazily(async () => (await import("../components/node/LocalData.tsx")).LocalData);
const KillDialog = lazily(async () => (await import("../components/ops/DepartureDialogs.tsx")).KillDialog);
const LeaveDialog = lazily(async () => (await import("../components/ops/DepartureDialogs.tsx")).LeaveDialog);

/** One node: whether it is well, what it does, whom it knows, what it keeps. */
export default function NodePage({ selfUrl, initial, role }: NodePageProps): JSX.Element {
  const node = useNode(initial);
  const series = useSeries(initial.series);
  const seen = useSeenChanges(node.items);
  const acts = useDeparture(node);
  const { info, predecessor, items, peers } = node;
  const [tab, showTab] = useTab();
  if (acts.progress !== null) {
    return (
      <div class="node-page">
        <Departed progress={acts.progress} />
      </div>
    );
  }
  const ring = info === null
    ? null
    : miniRing({ self: info.id, predecessorId: predecessor?.id ?? null, items, bits: info.bits });
  const health = healthOf({
    info,
    problem: initial.problem,
    peers,
    members: membersIn(items),
    share: ring?.share ?? null,
    loopLagMs: latestOf(series, "loopLag"),
    silentMs: node.silentMs,
  });
  return (
    <div class="node-page">
      <Heading info={info} url={selfUrl} />
      <HealthCard health={health} />
      <Tiles tiles={tilesOf(series)} />
      <div class="node-columns">
        <Neighbours peers={peers} sinceMs={node.sinceMs} />
        {info !== null && ring !== null && (
          <Position ring={ring} info={info} predecessorId={predecessor?.id ?? null} />
        )}
      </div>
      <section class="card">
        <Tabs name="node" titles={tabTitles} selected={tab} onSelect={showTab} />
        <div class="node-panel" id="node-panel" role="tabpanel" aria-labelledby={`node-tab-${tab}`}>
          {tab === "fingers" && info !== null && (
            <Fingers
              runs={node.fingers}
              selfId={info.id}
              bits={info.bits}
              peers={peers}
              sinceMs={node.sinceMs}
            />
          )}
          {tab === "data" && <LocalDataTab nowMs={node.nowMs} />}
          {tab === "peers" && <PeersTable peers={peers} sinceMs={node.sinceMs} />}
          {tab === "charts" && <Charts series={series} />}
          {tab === "events" && <EventsTab seen={seen} />}
          {tab === "config" && <ConfigTab />}
        </div>
      </section>
      <NodeActs node={node} acts={acts} allowKill={initial.allowKill} role={role} />
    </div>
  );
}

/** The tab that is shown stands in the URL. */
function useTab(): [Tab, (tab: Tab) => void] {
  const [tab, setTab] = useState<Tab>("fingers");
  // After the first rendering: the server's page knows no parameters, and both must begin the same.
  useEffect(() => setTab(choiceOf(readParameter("tab"), tabs)), []);
  return [tab, (next) => {
    setTab(next);
    writeParameters({ tab: next === "fingers" ? null : next });
  }];
}

function LocalDataTab({ nowMs }: { nowMs: number }): JSX.Element {
  return <LocalData {...useLocalData()} nowMs={nowMs} />;
}

function EventsTab({ seen }: { seen: readonly NodeEvent[] }): JSX.Element {
  const logs = useTopic("logs");
  return <Events lines={Object.values(logs.data ?? {})} seen={seen} />;
}

function ConfigTab(): JSX.Element {
  const { value, problem } = useAnswer(() => readSettings(ownClient()), "config");
  return <Config settings={value} problem={problem} />;
}

interface NodeActsProps {
  readonly node: HeardNode;
  readonly acts: DepartureActs;
  readonly allowKill: boolean;
  readonly role: Role;
}

/** What can be done to the node: what does no harm, and apart from it what does. */
function NodeActs({ node, acts, allowKill, role }: NodeActsProps): JSX.Element {
  const maintenance = useMaintenance(node, role);
  const [asked, setAsked] = useState<"leave" | "kill" | null>(null);
  const { departure } = acts;
  const killBlocked = maintenance.blocked ?? whyNot(role, "admin");
  const close = () => setAsked(null);
  return (
    <section class="node-acts" aria-label="Maintenance">
      <div class="node-buttons">
        <MaintenanceButtons {...maintenance} />
        <span class="node-danger">
          <button
            type="button"
            class="danger"
            disabled={departure === null || maintenance.blocked !== null}
            title={maintenance.blocked ?? undefined}
            onClick={() => setAsked("leave")}
          >
            Leave ring…
          </button>
          {allowKill && (
            <button
              type="button"
              class="danger"
              disabled={departure === null || killBlocked !== null}
              title={killBlocked ?? undefined}
              onClick={() => setAsked("kill")}
            >
              Kill…
            </button>
          )}
        </span>
      </div>
      <MaintenanceOutcome {...maintenance} />
      {asked === "leave" && departure !== null && (
        <LeaveDialog departure={departure} onConfirm={acts.leave} onClose={close} />
      )}
      {asked === "kill" && departure !== null && (
        <KillDialog departure={departure} onConfirm={acts.kill} onClose={close} />
      )}
    </section>
  );
}
