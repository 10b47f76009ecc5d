import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { CopyButton } from "../ring/CopyButton.tsx";
import { address, milliseconds, percent } from "../ring/words.ts";
import { DataTable } from "./DataTable.tsx";
import {
  everyFinger,
  type FingerRun,
  fingersCsv,
  fingerStart,
  type FingerTarget,
  fingerTargets,
  indicesText,
} from "./fingers.ts";
import { NodeName, StateWord } from "./NodeName.tsx";
import { ageText, type PeerRow } from "./peers.ts";

interface FingersProps {
  readonly runs: readonly FingerRun[];
  readonly selfId: string;
  readonly bits: number;
  readonly peers: readonly PeerRow[];
  readonly sinceMs: number;
}

/** The whole finger table: by the nodes it leads to, or row by row. */
export function Fingers(props: FingersProps): JSX.Element {
  const { runs, selfId, bits } = props;
  const [isAll, setIsAll] = useState(false);
  const targets = fingerTargets(runs, bits);
  const others = targets.filter(({ node }) => node !== null && node.id !== selfId).length;
  return (
    <>
      <div class="panel-bar">
        <p>{bits} fingers lead to {others} {others === 1 ? "other node" : "other nodes"}.</p>
        <fieldset class="segments">
          <legend class="visually-hidden">Rows</legend>
          <label>
            <input type="radio" name="fingers" checked={!isAll} onChange={() => setIsAll(false)} /> by node
          </label>
          <label>
            <input type="radio" name="fingers" checked={isAll} onChange={() => setIsAll(true)} /> all {bits}
            {" "}
            rows
          </label>
        </fieldset>
        <CopyButton what="as CSV" text={fingersCsv(runs, selfId, bits)} />
      </div>
      {isAll ? <EveryFinger {...props} /> : <Targets {...props} targets={targets} />}
    </>
  );
}

function Targets(
  { targets, selfId, bits, peers, sinceMs }: FingersProps & { targets: readonly FingerTarget[] },
): JSX.Element {
  return (
    <DataTable
      label="Fingers by node"
      columns={["Fingers", "First start", "Node", "Address", "Covers", "RTT", "Heard", "State"]}
      figures={["Covers", "RTT", "Heard"]}
    >
      {targets.map(({ node, runs, share }) => {
        const peer = peers.find(({ id }) => id === node?.id);
        const first = runs[0]?.first ?? 0;
        return (
          <tr key={node?.id ?? ""}>
            <th scope="row">{indicesText(runs)}</th>
            <td>
              <code title={fingerStart(selfId, first, bits)}>
                {fingerStart(selfId, first, bits).slice(0, 8)}…
              </code>
            </td>
            <FingerNode node={node} selfId={selfId} />
            <td class="is-number">{percent(share)}</td>
            <td class="is-number">{rttText(peer)}</td>
            <td class="is-number">{peer === undefined ? "–" : ageText(peer.ageMs, sinceMs)}</td>
            <td>{peer === undefined ? stateless(node, selfId) : <StateWord state={peer.state} />}</td>
          </tr>
        );
      })}
    </DataTable>
  );
}

function EveryFinger({ runs, selfId, bits, peers }: FingersProps): JSX.Element {
  return (
    <DataTable
      label="All fingers"
      columns={["Finger", "Start", "Node", "Address", "State"]}
      figures={["Finger"]}
    >
      {everyFinger(runs).map(({ index, node }) => {
        const peer = peers.find(({ id }) => id === node?.id);
        return (
          <tr key={index}>
            <th scope="row" class="is-number">{index}</th>
            <td>
              <code>{fingerStart(selfId, index, bits)}</code>
            </td>
            <FingerNode node={node} selfId={selfId} />
            <td>{peer === undefined ? stateless(node, selfId) : <StateWord state={peer.state} />}</td>
          </tr>
        );
      })}
    </DataTable>
  );
}

function FingerNode({ node, selfId }: { node: FingerRun["node"]; selfId: string }): JSX.Element {
  if (node === null) return <td colSpan={2}>not looked up yet</td>;
  return (
    <>
      <td>
        <NodeName id={node.id} />
        {node.id === selfId && " (itself)"}
      </td>
      <td>
        <a class="mono" href={node.url}>{address(node.url)}</a>
      </td>
    </>
  );
}

function rttText(peer: PeerRow | undefined): string {
  return peer === undefined || peer.rttMs === null ? "–" : milliseconds(peer.rttMs);
}

function stateless(node: FingerRun["node"], selfId: string): string {
  if (node === null) return "–";
  return node.id === selfId ? "this node" : "never met";
}
