import type { JSX } from "preact";
import { DataTable } from "../node/DataTable.tsx";
import { NodeName, StateWord } from "../node/NodeName.tsx";
import { ageText } from "../node/peers.ts";
import { address, count, percent, plural } from "../ring/words.ts";
import type { Departure } from "./departure.ts";
import type { ForgettableNode } from "./forgetting.ts";

interface LeavePlanProps {
  /** Null while too little is known. */
  readonly departure: Departure | null;
  /** Why nothing can be asked of the node now; null when it can. */
  readonly blocked: string | null;
  /** The same of killing it, which takes more. */
  readonly killBlocked: string | null;
  readonly allowKill: boolean;
  readonly onLeave: () => void;
  readonly onKill: () => void;
}

/** This node's way out, and what moves where. */
export function LeavePlan(props: LeavePlanProps): JSX.Element {
  const { departure, blocked, killBlocked, allowKill, onLeave, onKill } = props;
  return (
    <section class="card">
      <h2>Take this node out of the ring</h2>
      {departure === null ? <p role="status">Asking the node…</p> : <Plan departure={departure} />}
      <p>
        It hands over all that it keeps, then ends. Nothing is deleted before others have it; its log says
        whether all of it found a taker.
      </p>
      {blocked !== null && <p class="is-warn">{blocked}.</p>}
      <div class="ops-buttons">
        <button
          type="button"
          class="danger"
          disabled={departure === null || blocked !== null}
          title={blocked ?? undefined}
          onClick={onLeave}
        >
          Leave ring…
        </button>
        {allowKill && (
          <button
            type="button"
            class="danger"
            disabled={departure === null || killBlocked !== null}
            title={killBlocked ?? undefined}
            onClick={onKill}
          >
            Kill…
          </button>
        )}
      </div>
    </section>
  );
}

function Plan(
  { departure: { heir, heirShare, info, members, share } }: { departure: Departure },
): JSX.Element {
  return (
    <DataTable label="Before and after" columns={["Node", "Now", "After"]}>
      <tr>
        <th scope="row">
          <NodeName id={info.id} /> (this node)
        </th>
        <td>
          owns {percent(share)}, {plural(info.keyCount, "record")}; keeps {plural(info.recordCount, "record")}
        </td>
        <td>gone</td>
      </tr>
      {heir === null
        ? (
          <tr>
            <th scope="row">nobody else</th>
            <td>–</td>
            <td>no key can be read until this node starts again</td>
          </tr>
        )
        : (
          <tr>
            <th scope="row">
              <NodeName id={heir.id} /> <span class="mono">{address(heir.url)}</span>
            </th>
            <td>owns {percent(heirShare)}</td>
            <td>
              owns {percent(Math.min(1, share + heirShare))}, and answers for{" "}
              {plural(info.keyCount, "record")} more
            </td>
          </tr>
        )}
      <tr>
        <th scope="row">Ring</th>
        <td>
          {plural(members, "node")}, {copies(info.replicas, members)} of each key
        </td>
        <td>
          {plural(members - 1, "node")}, {copies(info.replicas, members - 1)} of each key
        </td>
      </tr>
    </DataTable>
  );
}

function copies(wanted: number, members: number): string {
  const there = Math.min(wanted, members);
  return there === wanted ? plural(there, "copy", "copies") : `only ${there} of ${wanted} copies`;
}

interface ForgettableProps {
  readonly nodes: readonly ForgettableNode[];
  readonly sinceMs: number;
  readonly problem: string | null;
  readonly outcome: string | null;
  readonly blocked: string | null;
  readonly onForget: (node: ForgettableNode) => void;
}

/** Nodes that are gone, and what still waits for them. */
export function Forgettable(props: ForgettableProps): JSX.Element {
  const { nodes, sinceMs, problem, outcome, blocked, onForget } = props;
  return (
    <section class="card">
      <h2>Give up a node that is gone for good</h2>
      <p>
        A dead node may come back with copies that nobody else has, so the ring waits for it where it has to.
        Give it up only when its disk is lost. A node that still answers is never given up here: let it leave,
        or, when it came back with an empty disk, use <code>rondo forget URL --lost-disk</code>.
      </p>
      <p class="ops-outcome" role="status">{outcome}</p>
      {problem !== null && <p class="problem" role="alert">{problem}</p>}
      {nodes.length === 0 ? <p class="empty">Every node that this one knows answers.</p> : (
        <DataTable
          label="Nodes that do not answer"
          columns={["Node", "Address", "State", "Heard", "Partitions", "Act"]}
          figures={["Heard", "Partitions"]}
        >
          {nodes.map((node) => (
            <tr key={node.id}>
              <th scope="row">
                <NodeName id={node.id} />
              </th>
              <td class="mono">{address(node.url)}</td>
              <td>
                <StateWord state={node.state} />
              </td>
              <td class="is-number">{ageText(node.ageMs, sinceMs)}</td>
              <td class="is-number">{node.partitions === null ? "–" : count(node.partitions)}</td>
              <td>
                <button
                  type="button"
                  class="danger"
                  disabled={blocked !== null}
                  title={blocked ?? undefined}
                  aria-label={`Give up ${address(node.url)}`}
                  onClick={() => onForget(node)}
                >
                  Give up…
                </button>
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      {nodes.length > 0 && (
        <p>Partitions: those whose keepers include the node, as far as this node has heard.</p>
      )}
    </section>
  );
}
