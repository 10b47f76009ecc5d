import type { JSX } from "preact";
import { address, milliseconds } from "../ring/words.ts";
import { StateWord } from "./NodeName.tsx";
import { ageText, type PeerRow } from "./peers.ts";

/** What the cells of `PeerCells` are. */
export const peerColumns: readonly string[] = ["Address", "State", "RTT", "Heard"];
/** Those among them that are numbers. */
export const peerFigures: readonly string[] = ["RTT", "Heard"];

/** The part of a row that is the same wherever the node speaks of a peer. */
export function PeerCells({ peer, sinceMs }: { peer: PeerRow; sinceMs: number }): JSX.Element {
  return (
    <>
      <td>
        <a class="mono" href={peer.url}>{address(peer.url)}</a>
      </td>
      <td>
        <StateWord state={peer.state} />
      </td>
      <td class="is-number">{peer.rttMs === null ? "–" : milliseconds(peer.rttMs)}</td>
      <td class="is-number">{ageText(peer.ageMs, sinceMs)}</td>
    </>
  );
}
