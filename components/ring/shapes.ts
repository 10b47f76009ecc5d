import type { Bin } from "./bins.ts";
import type { CopyMark } from "./copies.ts";
import type { Arrow, Point, Window } from "./geometry.ts";
import type { HeatFigure, HeatScale } from "./heat.ts";
import type { PlacedLabel } from "./labels.ts";
import type { Marker } from "./markers.ts";
import type { Finger } from "./snapshot.ts";

/** How much is drawn of each node: the more there are, the less. */
export type Detail = "single" | "few" | "some" | "many" | "crowd";

/** What of the selected node is shown. */
export const ringViews = ["all", "ownership", "replicas", "fingers"] as const;
export type RingView = typeof ringViews[number];
export const labelChoices = ["auto", "ids", "addresses", "none"] as const;
export type LabelChoice = typeof labelChoices[number];

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export interface LayoutOptions {
  readonly selectedId?: string | null;
  readonly focusId?: string | null;
  readonly view?: RingView | undefined;
  readonly heat?: HeatFigure | undefined;
  readonly labels?: LabelChoice | undefined;
  readonly window?: Window | null;
  /** Of the selected node. */
  readonly fingers?: readonly Finger[] | undefined;
}

export interface OwnedArc {
  readonly id: string;
  readonly path: string;
  /** Neighbours alternate, so that their arcs can be told apart. */
  readonly tone: "a" | "b";
  readonly share: number;
}

export interface NodeArrow extends Arrow {
  readonly id: string;
  readonly to: string;
}

export interface FingerCurve extends NodeArrow {
  readonly width: number;
  readonly indices: readonly number[];
  /** It leads to a node that does not answer. */
  readonly isStale: boolean;
}

export interface Tick {
  readonly label: string;
  readonly at: Point;
  readonly from: Point;
  readonly to: Point;
}

/** Everything that is drawn, as plain shapes around the origin. */
export interface RingLayout {
  readonly viewport: Viewport;
  readonly detail: Detail;
  readonly radius: number;
  /** Where every shown node stands, also those that are drawn only as part of a bin. */
  readonly points: ReadonlyMap<string, Point>;
  readonly markers: readonly Marker[];
  readonly arcs: readonly OwnedArc[];
  readonly heat: readonly { readonly id: string; readonly path: string; readonly step: number }[];
  readonly heatScale: HeatScale;
  readonly successors: readonly NodeArrow[];
  /** Arcs of others whose keys the selected node keeps copies of. */
  readonly replicaArcs: readonly { readonly id: string; readonly path: string }[];
  readonly copies: readonly CopyMark[];
  readonly fingers: readonly FingerCurve[];
  readonly bins: readonly Bin[];
  readonly ticks: readonly Tick[];
  readonly labels: readonly PlacedLabel[];
}
