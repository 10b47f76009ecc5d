import type { JSX } from "preact";
import { address, milliseconds, plural } from "../ring/words.ts";
import { DataTable } from "./DataTable.tsx";
import { NodeName, StateWord } from "./NodeName.tsx";
import { ageText, type PeerRow, placeWords } from "./peers.ts";

/** Everybody whom the node has met, troubles first. */
export function PeersTable(
  { peers, sinceMs }: { peers: readonly PeerRow[]; sinceMs: number },
): JSX.Element {
  if (peers.length === 0) return <p class="empty">This node has met nobody yet.</p>;
  return (
    <>
      <div class="panel-bar">
        <p>{plural(peers.length, "node")} known, as this node sees them.</p>
      </div>
      <DataTable
        label="Known nodes"
        columns={["Node", "Address", "State", "RTT", "Heard", "Place"]}
        figures={["RTT", "Heard"]}
      >
        {peers.map((peer) => (
          <tr key={peer.id}>
            <th scope="row">
              <NodeName id={peer.id} />
            </th>
            <td>
              <a class="mono" href={peer.url}>{address(peer.url)}</a>
            </td>
            <td>
              <StateWord state={peer.state} />
            </td>
            <td class="is-number">{peer.rttMs === null ? "–" : milliseconds(peer.rttMs)}</td>
            <td class="is-number">{ageText(peer.ageMs, sinceMs)}</td>
            <td>{placeWords(peer)}</td>
          </tr>
        ))}
      </DataTable>
    </>
  );
}
