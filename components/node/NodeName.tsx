import type { JSX } from "preact";
import type { RingItemState } from "../../core/live/topics.ts";
import { InlineGlyph } from "../ring/Glyph.tsx";
import { shortId } from "../ring/words.ts";
import { drawnStates, itemWords } from "../shell/ring_states.ts";

/** A node by its short id, and the way to it on the ring. */
export function NodeName({ id }: { id: string }): JSX.Element {
  return <a class="mono node-name" href={`/ring?sel=${id}`} title={id}>{shortId(id)}</a>;
}

/** How a node stands, as a shape and as a word. */
export function StateWord({ state }: { state: RingItemState }): JSX.Element {
  return (
    <span class={`node-state node-state-${drawnStates[state]}`}>
      <InlineGlyph state={drawnStates[state]} /> {itemWords[state]}
    </span>
  );
}
