import type { JSX } from "preact";
import { DataTable } from "./DataTable.tsx";
import { NodeName } from "./NodeName.tsx";
import { PeerCells, peerColumns, peerFigures } from "./PeerCells.tsx";
import { neighboursOf, type PeerRow } from "./peers.ts";

interface NeighboursProps {
  readonly peers: readonly PeerRow[];
  /** Since the node said how old its news are. */
  readonly sinceMs: number;
}

/** Those next to the node: the one before it, and all whom it would turn to if the next one died. */
export function Neighbours({ peers, sinceMs }: NeighboursProps): JSX.Element {
  const { predecessor, successors } = neighboursOf(peers);
  return (
    <section class="card">
      <h2>Neighbours</h2>
      {predecessor === null && successors.length === 0
        ? <p class="empty">None: this ring has one node.</p>
        : (
          <DataTable label="Neighbours" columns={["Place", "Node", ...peerColumns]} figures={peerFigures}>
            {predecessor === null
              ? (
                <tr>
                  <th scope="row">predecessor</th>
                  <td colSpan={5}>not yet known</td>
                </tr>
              )
              : <NeighbourRow place="predecessor" peer={predecessor} sinceMs={sinceMs} />}
            {successors.map((peer, index) => (
              <NeighbourRow key={peer.id} place={`successor ${index + 1}`} peer={peer} sinceMs={sinceMs} />
            ))}
          </DataTable>
        )}
    </section>
  );
}

function NeighbourRow(
  { place, peer, sinceMs }: { place: string; peer: PeerRow; sinceMs: number },
): JSX.Element {
  return (
    <tr>
      <th scope="row">{place}</th>
      <td>
        <NodeName id={peer.id} />
      </td>
      <PeerCells peer={peer} sinceMs={sinceMs} />
    </tr>
  );
}
