import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readUpkeep } from "../client/operations.ts";
import { auditOf } from "../components/ops/audit.ts";
import { Audit } from "../components/ops/Audit.tsx";
import { Departed } from "../components/ops/Departed.tsx";
import { KillDialog, LeaveDialog } from "../components/ops/DepartureDialogs.tsx";
import { ForgetDialog } from "../components/ops/ForgetDialog.tsx";
import { type ForgettableNode, forgettableNodes } from "../components/ops/forgetting.ts";
import { MaintenanceTable } from "../components/ops/MaintenanceTable.tsx";
import { Forgettable, LeavePlan } from "../components/ops/Membership.tsx";
import { Tabs } from "../components/ring/Tabs.tsx";
import { address, plural } from "../components/ring/words.ts";
import type { Role } from "../core/role.ts";
import { ownClient } from "./own_client.ts";
import { choiceOf, readParameter, writeParameters } from "./url_state.ts";
import { useAnswer } from "./use_answer.ts";
import { type DepartureActs, useDeparture } from "./use_departure.ts";
import { useTopic } from "./use_live.ts";
import { useBlocked, useMaintenance } from "./use_maintenance.ts";
import { type HeardNode, useNode } from "./use_node.ts";

export interface OpsPageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
  /** Whether the node lets itself be killed. */
  readonly allowKill: boolean;
  /** Of whoever looks. */
  readonly role: Role;
}

const tabs = ["membership", "maintenance", "audit"] as const;
type Tab = typeof tabs[number];
const tabTitles: Readonly<Record<Tab, string>> = {
  membership: "Membership",
  maintenance: "Maintenance",
  audit: "Audit",
};

const upkeepEveryMs = 2_000;
const viewsEveryMs = 10_000;

/** What an operator does to a node and its ring. */
export default function OpsPage({ allowKill, role }: OpsPageProps): JSX.Element {
  const node = useNode();
  const acts = useDeparture(node);
  const [tab, setTab] = useState<Tab>("membership");
  useEffect(() => setTab(choiceOf(readParameter("tab"), tabs)), []);
  const showTab = (next: Tab) => {
    setTab(next);
    writeParameters({ tab: next === "membership" ? null : next });
  };
  if (acts.progress !== null) {
    return (
      <div class="ops-page">
        <Departed progress={acts.progress} />
      </div>
    );
  }
  return (
    <div class="ops-page">
      <Tabs name="ops" titles={tabTitles} selected={tab} onSelect={showTab} />
      <div class="ops-panel" id="ops-panel" role="tabpanel" aria-labelledby={`ops-tab-${tab}`}>
        {tab === "membership" && <MembershipTab node={node} acts={acts} allowKill={allowKill} role={role} />}
        {tab === "maintenance" && <MaintenanceTab node={node} role={role} />}
        {tab === "audit" && <AuditTab />}
      </div>
    </div>
  );
}

interface MembershipTabProps {
  readonly node: HeardNode;
  readonly acts: DepartureActs;
  readonly allowKill: boolean;
  readonly role: Role;
}

function MembershipTab({ node, acts, allowKill, role }: MembershipTabProps): JSX.Element {
  const { departure } = acts;
  const phase = node.info?.phase ?? null;
  const blocked = useBlocked(phase, role, "operator");
  const killBlocked = useBlocked(phase, role, "admin");
  const [asked, setAsked] = useState<"leave" | "kill" | ForgettableNode | null>(null);
  const forgetting = useForgetting(node);
  const close = () => setAsked(null);
  return (
    <>
      <LeavePlan
        departure={departure}
        blocked={blocked}
        killBlocked={killBlocked}
        allowKill={allowKill}
        onLeave={() => setAsked("leave")}
        onKill={() => setAsked("kill")}
      />
      <Forgettable {...forgetting} sinceMs={node.sinceMs} blocked={blocked} onForget={setAsked} />
      {asked === "leave" && departure !== null && (
        <LeaveDialog departure={departure} onConfirm={acts.leave} onClose={close} />
      )}
      {asked === "kill" && departure !== null && (
        <KillDialog departure={departure} onConfirm={acts.kill} onClose={close} />
      )}
      {asked !== null && typeof asked === "object" && (
        <ForgetDialog
          node={asked}
          onConfirm={() => forgetting.forget(asked)}
          onClose={close}
        />
      )}
    </>
  );
}

/** Nodes that could be given up, with what this node has heard of who keeps what. */
function useForgetting({ info, peers }: HeardNode) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const partitions = info?.partitions ?? null;
  const { value, problem, ask } = useAnswer(
    async () => {
      if (partitions === null) return null;
      return (await ownClient().rpc("partition.views", { ranges: [{ first: 0, last: partitions - 1 }] }))
        .views;
    },
    String(partitions),
    viewsEveryMs,
  );
  const forget = async ({ id, url }: ForgettableNode) => {
    const answer = await ownClient().rpc("node.forget", { id });
    setOutcome(
      `${address(url)} is given up: ${plural(answer.partitions, "partition")} no longer count on it.`,
    );
    ask();
  };
  return { nodes: forgettableNodes(peers, value), problem, outcome, forget };
}

function MaintenanceTab({ node, role }: { node: HeardNode; role: Role }): JSX.Element {
  const maintenance = useMaintenance(node, role);
  const { value, problem } = useAnswer(() => readUpkeep(ownClient()), "upkeep", upkeepEveryMs);
  return <MaintenanceTable {...maintenance} states={value} statesProblem={problem} />;
}

function AuditTab(): JSX.Element {
  const { data } = useTopic("logs");
  return <Audit entries={auditOf(Object.values(data ?? {}))} />;
}
