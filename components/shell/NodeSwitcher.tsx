import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { RingItem } from "../../core/live/topics.ts";
import { InlineGlyph } from "../ring/Glyph.tsx";
import { address, plural, shortId } from "../ring/words.ts";
import { Icon } from "./Icon.tsx";
import { Menu } from "./Menu.tsx";
import { samePageOn } from "./node_link.ts";
import { byUsefulness, drawnStates, itemWords } from "./ring_states.ts";

interface NodeSwitcherProps {
  readonly ring: readonly RingItem[];
  /** Where we are; null while that is not known, on the server. */
  readonly place: { readonly pathname: string; readonly search: string } | null;
}

/** Nodes shown in the list; the ring page has all. */
const shownMax = 50;

/** The same page as another node has it. */
export function NodeSwitcher({ ring, place }: NodeSwitcherProps): JSX.Element {
  const known = useMemo(() => ring.filter(({ state }) => state !== "left").sort(byUsefulness), [ring]);
  const button = (
    <>
      {plural(known.length, "node")}
      <Icon name="menu" />
    </>
  );
  return (
    <Menu label="Switch node," button={button} class="node-switcher">
      <h2>Same page on another node</h2>
      <ul class="node-list">
        {known.slice(0, shownMax).map((item) => (
          <li key={item.id}>
            <a
              href={samePageOn(item.url, place ?? { pathname: "/", search: "" })}
              aria-current={item.isSelf ? "true" : undefined}
            >
              <InlineGlyph state={drawnStates[item.state]} />
              <span class="mono">{shortId(item.id)}</span>
              <span class="mono node-address">{address(item.url)}</span>
              <span>{item.isSelf ? "this node" : itemWords[item.state]}</span>
            </a>
          </li>
        ))}
      </ul>
      {known.length > shownMax && <p>{plural(known.length - shownMax, "more node")}: see the ring page.</p>}
    </Menu>
  );
}
