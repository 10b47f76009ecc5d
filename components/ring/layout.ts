import { binsOf } from "./bins.ts";
import { type CopyMark, placeCopies } from "./copies.ts";
import { band, Chord, Dial, fractionOf, outsideArrow, type Point } from "./geometry.ts";
import { type HeatScale, heatScale } from "./heat.ts";
import { boxAround, type LabelWish, type PlacedLabel, placeLabels, widthOf } from "./labels.ts";
import { type Marker, placeMarkers } from "./markers.ts";
import { type OwnArc, ownArcsOf } from "./own_arcs.ts";
import type {
  Detail,
  FingerCurve,
  LayoutOptions,
  NodeArrow,
  OwnedArc,
  RingLayout,
  Viewport,
} from "./shapes.ts";
import { isProblem, membersOf, type RingNode, type RingSnapshot } from "./snapshot.ts";
import { ticksOf } from "./ticks.ts";
import { address, shortDigits, shortId } from "./words.ts";

/** The tracks inside the ring, as distances from it. */
const ownership = { inner: 14, outer: 8 };
const heatTrack = { inner: 24, outer: 17 };
const markerRadii: Readonly<Record<Detail, number>> = { single: 11, few: 10, some: 7, many: 4, crowd: 5 };
/** Below this width labels are four digits and lines are short. */
const compactWidth = 520;
const margin = 8;

export function detailOf(nodes: number): Detail {
  if (nodes <= 1) return "single";
  if (nodes <= 12) return "few";
  if (nodes <= 60) return "some";
  return nodes <= 500 ? "many" : "crowd";
}

/** Turns what is known of the ring into shapes. Pure: the same input is the same picture. */
export function layoutRing(
  snapshot: RingSnapshot,
  viewport: Viewport,
  options: LayoutOptions = {},
): RingLayout {
  return new RingDrawing(snapshot, viewport, options).layout();
}

class RingDrawing {
  readonly #dial: Dial;
  readonly #shown: readonly RingNode[];
  readonly #members: readonly RingNode[];
  readonly #detail: Detail;
  readonly #radius: number;
  readonly #markers: readonly Marker[];
  readonly #points: ReadonlyMap<string, Point>;
  readonly #heat: HeatScale;
  /** Angles of all nodes: null outside the window. */
  readonly #angles: ReadonlyMap<string, number | null>;
  /** Leading digits that tell the shown nodes apart. */
  readonly #digits: number;
  readonly #ownArcs: readonly OwnArc[];

  constructor(
    readonly snapshot: RingSnapshot,
    readonly viewport: Viewport,
    readonly options: LayoutOptions,
  ) {
    this.#dial = new Dial(options.window ?? null);
    this.#members = membersOf(snapshot);
    this.#angles = new Map(
      snapshot.nodes.map(({ id }) => [id, this.#dial.angle(fractionOf(id, snapshot.bits))]),
    );
    this.#ownArcs = ownArcsOf(this.#members, snapshot.bits);
    this.#shown = snapshot.nodes.filter((node) => this.#angleOf(node) !== null);
    this.#digits = shortDigits(this.#shown.map(({ id }) => id), this.#isCompact ? 4 : 8);
    this.#detail = detailOf(this.#shown.length);
    this.#radius = this.#radiusFor();
    const spots = this.#shown.map((node) => ({ node, angle: this.#angleOf(node) ?? 0 }));
    const all = placeMarkers(spots, this.#radius, markerRadii[this.#detail]);
    this.#points = new Map(all.map(({ node, at }) => [node.id, at]));
    this.#markers = this.#detail === "crowd" ? all.filter(({ node }) => this.#isMarked(node)) : all;
    this.#heat = heatScale(this.#members, options.heat ?? "keys");
  }

  layout(): RingLayout {
    const { view = "all" } = this.options;
    return {
      viewport: this.viewport,
      detail: this.#detail,
      radius: this.#radius,
      points: this.#points,
      markers: this.#markers,
      arcs: this.#detail === "crowd"
        ? this.#arcs().filter(({ id }) => id === this.#selectedId)
        : this.#arcs(),
      heat: this.#detail === "crowd" ? [] : this.#heatBands(),
      heatScale: this.#heat,
      successors: this.#successors(),
      replicaArcs: view === "all" || view === "replicas" ? this.#replicaArcs() : [],
      copies: view === "all" || view === "replicas" ? this.#copies() : [],
      fingers: view === "all" || view === "fingers" ? this.#fingers() : [],
      bins: this.#detail === "crowd"
        ? binsOf({
          nodes: this.#shown,
          bits: this.snapshot.bits,
          dial: this.#dial,
          radius: this.#radius,
          heat: this.#heat,
        })
        : [],
      ticks: ticksOf(this.#dial, this.#radius),
      labels: this.#labels(),
    };
  }

  get #selectedId(): string | null {
    return this.options.selectedId ?? null;
  }

  get #isCompact(): boolean {
    return this.viewport.width < compactWidth;
  }

  #angleOf({ id }: RingNode): number | null {
    return this.#angles.get(id) ?? null;
  }

  #isMarked({ id }: RingNode): boolean {
    return id === this.#selectedId || id === this.snapshot.selfId;
  }

  /** As large as the labels on both sides leave it. */
  #radiusFor(): number {
    const { width, height } = this.viewport;
    const widest = Math.max(0, ...this.#shown.slice(0, 60).map((node) => widthOf(this.#labelLines(node))));
    const outside = this.#labelGap() + margin;
    const lines = this.#isCompact ? 22 : 40;
    return Math.max(40, Math.min(width / 2 - outside - widest, height / 2 - outside - lines));
  }

  /** Between the ring and its labels: room for markers that were lifted, or for the arrows. */
  #labelGap(): number {
    const byDetail: Readonly<Record<Detail, number>> = { single: 34, few: 34, some: 14, many: 12, crowd: 48 };
    return this.#isCompact && this.#detail === "crowd" ? 34 : byDetail[this.#detail];
  }

  #bandOf(after: RingNode, share: number, inner: number, outer: number): string | null {
    const span = this.#dial.span(fractionOf(after.id, this.snapshot.bits), share);
    return span === null ? null : band(span.start, span.end, this.#radius - inner, this.#radius - outer);
  }

  #arcs(): OwnedArc[] {
    const isWide = this.options.view === "ownership";
    return this.#ownArcs.flatMap(({ node, after, share, index }) => {
      const isDouble = isWide || node.id === this.#selectedId;
      const path = this.#bandOf(after, share, ownership.inner, isDouble ? 2 : ownership.outer);
      // With an odd number of arcs the last would look like the first, its neighbour.
      const isLastOdd = index === this.#members.length - 1 && index % 2 === 0 && index > 0;
      const tone = index % 2 === 0 && !isLastOdd ? "a" : "b";
      return path === null ? [] : [{ id: node.id, path, tone, share }];
    });
  }

  #heatBands(): { id: string; path: string; step: number }[] {
    return this.#ownArcs.flatMap(({ node, after, share }) => {
      const step = this.#heat.stepOf(node);
      const path = this.#bandOf(after, share, heatTrack.inner, heatTrack.outer);
      return step === null || path === null ? [] : [{ id: node.id, path, step }];
    });
  }

  /** All of them in a small ring; in a larger one those that say something now. */
  #successors(): NodeArrow[] {
    const isSmall = this.#detail === "single" || this.#detail === "few";
    const bulge = isSmall ? 12 : 8;
    return this.#members.flatMap((node, index) => {
      const next = this.#members[(index + 1) % this.#members.length] ?? node;
      const [from, to] = [this.#angleOf(node), this.#angleOf(next)];
      if (from === null || to === null || !(isSmall || node.id === this.#selectedId)) return [];
      const arrow = outsideArrow(from, to, this.#radius + 6, bulge);
      return [{ id: node.id, to: next.id, ...arrow }];
    });
  }

  /** By place in the ring: a node keeps its own arc and those of the nodes before it, as many as there are copies. */
  #replicaArcs(): { id: string; path: string }[] {
    const at = this.#members.findIndex(({ id }) => id === this.#selectedId);
    const others = Math.min(this.snapshot.replicas, this.#members.length) - 1;
    if (at === -1 || others < 1) return [];
    const arcs = this.#ownArcs;
    return Array.from({ length: others }, (_, i) => arcs.at(at - 1 - i)).flatMap((arc) => {
      const path = arc === undefined
        ? null
        : this.#bandOf(arc.after, arc.share, ownership.inner, ownership.outer);
      return arc === undefined || path === null ? [] : [{ id: arc.node.id, path }];
    });
  }

  #copies(): CopyMark[] {
    const at = this.#members.findIndex(({ id }) => id === this.#selectedId);
    const others = Math.min(this.snapshot.replicas, this.#members.length) - 1;
    if (at === -1 || others < 1) return [];
    const holders = Array.from(
      { length: others },
      (_, i) => this.#members[(at + 1 + i) % this.#members.length],
    )
      .filter((holder) => holder !== undefined);
    return placeCopies(holders.map((node) => ({ id: node.id, angle: this.#angleOf(node) })), this.#radius);
  }

  #fingers(): FingerCurve[] {
    const from = this.#points.get(this.#selectedId ?? "");
    if (from === undefined || this.#detail === "single") return [];
    const gap = markerRadii[this.#detail] + 3;
    return (this.options.fingers ?? []).flatMap(({ nodeId, indices }) => {
      const to = this.#points.get(nodeId);
      const target = this.#shown.find(({ id }) => id === nodeId);
      if (to === undefined || target === undefined) return [];
      const arrow = new Chord(from, to).trimmed(gap, gap).arrow();
      const width = Math.min(4, 1 + Math.log2(indices.length) / 2);
      return [{
        id: this.#selectedId ?? "",
        to: nodeId,
        ...arrow,
        width,
        indices,
        isStale: isProblem(target),
      }];
    });
  }

  #labelLines(node: RingNode): string[] {
    const { labels = "auto" } = this.options;
    if (labels === "none") return [];
    const id = shortId(node.id, this.#digits);
    if (labels === "ids" || this.#isCompact) return [id];
    if (labels === "addresses") return [address(node.url)];
    return this.#detail === "few" || this.#detail === "single" ? [id, address(node.url)] : [id];
  }

  #labels(): PlacedLabel[] {
    if (this.options.labels === "none") return [];
    const { width, height } = this.viewport;
    const edges = { left: -width / 2, right: width / 2, top: -height / 2, bottom: height / 2 };
    const obstacles = this.#markers.map(({ at, radius }) => boxAround(at, radius));
    return placeLabels(this.#labelWishes(), { obstacles, edges, ringRadius: this.#radius });
  }

  #labelWishes(): LabelWish[] {
    const isWorthIt = this.#detail === "many" || this.#detail === "crowd"
      ? ({ node }: Marker) => this.#importance(node) < 3
      : () => true;
    const marked = this.#markers.filter(isWorthIt).map((marker, index) => ({ marker, index }));
    return marked.toSorted((a, b) =>
      this.#importance(a.marker.node) - this.#importance(b.marker.node) ||
      scattered(a.index) - scattered(b.index)
    ).map(({ marker: { node, at, angle, radius, lift } }) => ({
      id: node.id,
      lines: this.#labelLines(node),
      angle,
      anchor: at,
      markerRadius: radius,
      radius: this.#radius + Math.max(lift + radius + 8, this.#labelGap()),
    }));
  }

  #importance(node: RingNode): number {
    if (node.id === this.#selectedId) return 0;
    if (node.id === this.options.focusId || node.id === this.snapshot.selfId) return 1;
    return isProblem(node) ? 2 : 3;
  }
}

/** An order in which the first few are spread over all of them: steps of the golden ratio. */
function scattered(index: number): number {
  return (index * 0.618033988749895) % 1;
}
