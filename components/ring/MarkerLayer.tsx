import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { number, shareBetween } from "./geometry.ts";
import { Glyph } from "./Glyph.tsx";
import type { Marker } from "./markers.ts";
import type { RingLayout } from "./shapes.ts";
import { membersOf, type RingSnapshot } from "./snapshot.ts";
import { shortDigits, spokenNode } from "./words.ts";

interface MarkerLayerProps {
  readonly layout: RingLayout;
  readonly snapshot: RingSnapshot;
  readonly selectedId: string | null;
  readonly focusId: string | null;
  readonly onFocus: (id: string) => void;
  /** Null when the selected one was chosen again. */
  readonly onSelect: (id: string | null) => void;
}

/** A finger needs this much to hit a marker. */
const targetRadius = 12;

/** The nodes themselves: what is clicked, focused and read out. */
export function MarkerLayer(props: MarkerLayerProps): JSX.Element {
  const { layout: { markers, detail }, snapshot } = props;
  const names = useMemo(() => spokenNames(snapshot), [snapshot]);
  // Somebody must be reachable by Tab, also before anybody was.
  const stop = markers.find(({ node }) => node.id === props.focusId) ??
    markers.find(({ node }) => node.id === props.selectedId) ?? markers[0];
  return (
    <g>
      <g class="ring-stems" aria-hidden="true">
        {markers.filter(({ lift }) => lift > 0).map(({ node, foot, at }) => (
          <path
            key={node.id}
            class="ring-stem"
            d={`M${number(foot.x)},${number(foot.y)}L${number(at.x)},${number(at.y)}`}
          />
        ))}
      </g>
      {markers.map((marker) => (
        <MarkerGlyph
          key={marker.node.id}
          marker={marker}
          name={names.get(marker.node.id) ?? ""}
          isStop={detail !== "crowd" && marker === stop}
          isSelected={marker.node.id === props.selectedId}
          isSelf={marker.node.id === snapshot.selfId}
          isFocused={marker.node.id === props.focusId}
          onFocus={props.onFocus}
          onSelect={props.onSelect}
        />
      ))}
    </g>
  );
}

interface MarkerGlyphProps extends Pick<MarkerLayerProps, "onFocus" | "onSelect"> {
  readonly marker: Marker;
  readonly name: string;
  readonly isStop: boolean;
  readonly isSelected: boolean;
  readonly isSelf: boolean;
  readonly isFocused: boolean;
}

/** Made anew only when it looks different: of hundreds, most stay as they are when one is chosen. */
function MarkerGlyph(props: MarkerGlyphProps): JSX.Element {
  const { marker: { node, at, radius }, name, isStop, isSelected, isSelf, isFocused } = props;
  const shown = [node, at.x, at.y, radius, name, isStop, isSelected, isSelf, isFocused];
  return useMemo(() => drawMarker(props), [...shown, props.onFocus, props.onSelect]);
}

function drawMarker(props: MarkerGlyphProps): JSX.Element {
  const { marker: { node, at, radius }, isSelected, isSelf } = props;
  return (
    <g
      class={isSelected ? "ring-marker is-selected" : "ring-marker"}
      transform={`translate(${number(at.x)},${number(at.y)})`}
      role="button"
      aria-pressed={isSelected}
      aria-label={isSelf ? `${props.name}, this node` : props.name}
      tabindex={props.isStop ? 0 : -1}
      data-ring-focus={node.id}
      onClick={() => props.onSelect(isSelected ? null : node.id)}
      onFocus={() => props.onFocus(node.id)}
    >
      <circle class="ring-target" r={Math.max(targetRadius, radius)} />
      {props.isFocused && <circle class="ring-focus" r={radius + 4} />}
      {isSelected && <circle class="ring-selection" r={radius + 4} />}
      {isSelf && <circle class="ring-self" r={radius + 2.5} />}
      <Glyph state={node.state} radius={radius} />
      <title>{hoverText(props)}</title>
    </g>
  );
}

function hoverText({ marker: { node }, name }: MarkerGlyphProps): string {
  return [name, node.why, node.id].filter((part) => part !== null).join("\n");
}

function spokenNames(snapshot: RingSnapshot): Map<string, string> {
  const { nodes, bits } = snapshot;
  const digits = shortDigits(nodes.map(({ id }) => id), 4);
  const members = membersOf(snapshot);
  const shares = new Map(members.map((node, index) => {
    const after = members.at(index - 1) ?? node;
    return [node.id, shareBetween(after.id, node.id, bits)];
  }));
  return new Map(nodes.map((node, index) => [
    node.id,
    spokenNode(node, { share: shares.get(node.id) ?? null, place: index + 1, total: nodes.length, digits }),
  ]));
}
