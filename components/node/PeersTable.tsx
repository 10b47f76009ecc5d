import type { JSX } from "preact";
import { plural } from "../ring/words.ts";
import { DataTable } from "./DataTable.tsx";
import { NodeName } from "./NodeName.tsx";
import { PeerCells, peerColumns, peerFigures } from "./PeerCells.tsx";
import { type PeerRow, placeWords } from "./peers.ts";

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
      <DataTable label="Known nodes" columns={["Node", ...peerColumns, "Place"]} figures={peerFigures}>
        {peers.map((peer) => (
          <tr key={peer.id}>
            <th scope="row">
              <NodeName id={peer.id} />
            </th>
            <PeerCells peer={peer} sinceMs={sinceMs} />
            <td>{placeWords(peer)}</td>
          </tr>
        ))}
      </DataTable>
    </>
  );
}
