import type { JSX } from "preact";
import type { NodeInfo } from "../../core/protocol.ts";
import { Glyph } from "../ring/Glyph.tsx";
import { count, percent, shortId } from "../ring/words.ts";
import { drawnStates } from "../shell/ring_states.ts";
import { miniRadius, type MiniRing } from "./mini_ring.ts";

interface PositionProps {
  readonly ring: MiniRing;
  readonly info: NodeInfo;
  readonly predecessorId: string | null;
}

const size = 220;

/** Where on the circle the node stands, and which part of it is its own. */
export function Position({ ring, info, predecessorId }: PositionProps): JSX.Element {
  const { arc, markers, share } = ring;
  const owns = share === null ? "not known yet" : percent(share);
  return (
    <section class="card node-position">
      <h2>Position</h2>
      <svg
        class="node-mini-ring"
        viewBox={`${-size / 2} ${-size / 2} ${size} ${size}`}
        width={size}
        height={size}
        role="img"
        aria-label={`This node owns ${owns} of the circle; ${markers.length - 1} others are known.`}
      >
        <circle class="node-mini-circle" r={miniRadius} />
        {arc !== null && <path class="node-mini-arc" d={arc} />}
        {markers.map(({ item, at }) => (
          <g
            key={item.id}
            transform={`translate(${at.x.toFixed(2)},${at.y.toFixed(2)})`}
            class={item.isSelf ? "node-mini-self" : undefined}
          >
            <title>{`${shortId(item.id)} ${item.url}`}</title>
            <Glyph state={drawnStates[item.state]} radius={item.isSelf ? 8 : 5} />
          </g>
        ))}
        <text class="node-mini-share" y="-2">{share === null ? "?" : percent(share)}</text>
        <text class="node-mini-words" y="16">of the circle</text>
      </svg>
      <p>
        Owns{" "}
        <span class="mono">
          ({predecessorId === null ? "?" : shortId(predecessorId, 4)}…, {shortId(info.id, 4)}…]
        </span>, {count(info.partitionsOwned)} of {count(info.partitions)} partitions.
      </p>
      <p>
        <a href={`/ring?sel=${info.id}`}>Open in the ring</a>
      </p>
    </section>
  );
}
