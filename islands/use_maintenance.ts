import { useState } from "preact/hooks";
import { RondoError } from "../client/mod.ts";
import { type Chore, type ChoreState, maintain, readUpkeep } from "../client/operations.ts";
import { choreWords, outcomeText } from "../components/ops/chores.ts";
import type { MaintenanceProps } from "../components/ops/MaintenanceButtons.tsx";
import { whyNot } from "../components/shell/permission.ts";
import type { Role } from "../core/role.ts";
import { ownClient } from "./own_client.ts";
import { useConnection } from "./use_live.ts";
import type { HeardNode } from "./use_node.ts";

/** How long the end of a chore is waited for, and how often it is asked after. */
const waitMs = 5_000;
const everyMs = 200;

/** The node's chores, done at a word. */
export function useMaintenance({ info }: HeardNode, role: Role): MaintenanceProps {
  const [state, setState] = useState<Pick<MaintenanceProps, "busy" | "outcome" | "problem">>({
    busy: null,
    outcome: null,
    problem: null,
  });
  const blocked = useBlocked(info?.phase ?? null, role, "operator");
  const onRun = async (chore: Chore) => {
    setState({ busy: chore, outcome: null, problem: null });
    setState({ busy: null, ...await run(chore) });
  };
  return { ...state, blocked, onRun: (chore) => void onRun(chore) };
}

/** Why this visitor can ask nothing of the node now that takes the role; null when he can. */
export function useBlocked(phase: string | null, role: Role, needed: Role): string | null {
  const { kind } = useConnection();
  if (kind === "signedOut") return "You are not signed in any more";
  if (kind === "reconnecting") return "There is no connection to the node";
  if (phase !== null && phase !== "member") return `The node is ${phase}`;
  return whyNot(role, needed);
}

async function run(chore: Chore): Promise<{ outcome: string | null; problem: string | null }> {
  const words = choreWords.find((known) => known.chore === chore);
  if (words === undefined) return { outcome: null, problem: `Cannot do ${chore}: no such chore` };
  try {
    const before = (await stateOf(chore))?.runs ?? 0;
    await maintain(ownClient(), chore);
    return { outcome: outcomeText(words, before, await ended(chore, before)), problem: null };
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    return { outcome: null, problem: error.message };
  }
}

/** How the chore stands once a run has ended, or when that takes too long. */
async function ended(chore: Chore, runsBefore: number): Promise<ChoreState | undefined> {
  const untilMs = Date.now() + waitMs;
  for (;;) {
    const state = await stateOf(chore);
    if ((state?.runs ?? 0) > runsBefore || Date.now() > untilMs) return state;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function stateOf(chore: Chore): Promise<ChoreState | undefined> {
  return (await readUpkeep(ownClient())).find((state) => state.chore === chore);
}
