import type { JSX } from "preact";
import { Chord, fractionOf, number, type Point, pointAt } from "../ring/geometry.ts";
import type { RingLayout } from "../ring/shapes.ts";
import type { Timeline, TraceStep } from "./timeline.ts";

export interface TracePathProps {
  readonly layout: RingLayout;
  readonly timeline: Timeline;
  /** As of the player: 2.5 is half of the third step. */
  readonly position: number;
  /** The step that stands out. */
  readonly current: number;
}

/** Between a line and the nodes at its ends; the owner has a ring around it. */
const gap = 13;
const ownerGap = 18;
/** Where on its line the number of a hop stands. */
const badgeAt = 0.45;

/** The way of a lookup over the ring, as far as it has got. */
export function TracePath({ layout, timeline, position, current }: TracePathProps): JSX.Element {
  const place = placer(layout, timeline.bits);
  const key = place(timeline.answer.position, layout.radius - 11);
  return (
    <g class="trace-path" aria-hidden="true">
      <g class="trace-key" transform={`translate(${number(key.x)},${number(key.y)})`}>
        <path d="M0,-7L7,0L0,7L-7,0Z" />
        <title>The place of the key</title>
      </g>
      <Origin at={place(timeline.asker.id)} />
      {timeline.steps.map((step, index) => {
        const progress = Math.min(1, Math.max(0, position - (index - 1)));
        if (index === 0 || progress === 0) return null;
        return (
          <Segment
            key={index}
            step={step}
            ordinal={index}
            progress={progress}
            isCurrent={current === index}
            from={place(step.from.id)}
            to={place(step.node.id)}
          />
        );
      })}
    </g>
  );
}

/** Nodes are where the ring draws them; others where their id says. */
function placer(layout: RingLayout, bits: number): (id: string, radius?: number) => Point {
  return (id, radius) => {
    const drawn = radius === undefined ? layout.points.get(id) : undefined;
    return drawn ?? pointAt(fractionOf(id, bits) * 2 * Math.PI, radius ?? layout.radius);
  };
}

function Origin({ at }: { at: Point }): JSX.Element {
  return <circle class="trace-origin" cx={number(at.x)} cy={number(at.y)} r="14" />;
}

interface SegmentProps {
  readonly step: TraceStep;
  readonly ordinal: number;
  readonly progress: number;
  readonly isCurrent: boolean;
  readonly from: Point;
  readonly to: Point;
}

function Segment({ step, ordinal, progress, isCurrent, from, to }: SegmentProps): JSX.Element {
  const isMoving = progress < 1;
  const hasLine = step.from.id !== step.node.id;
  const whole = new Chord(from, to).trimmed(gap, step.kind === "owner" ? ownerGap : gap);
  const shown = isMoving ? whole.until(progress) : whole;
  const { line, head } = shown.arrow(9);
  const [badge, tip] = [whole.at(badgeAt), whole.at(progress)];
  return (
    <g class={`trace-step trace-${step.kind}${isCurrent ? " is-current" : ""}`}>
      {hasLine && <path class="trace-line" d={line} />}
      {hasLine && !isMoving && step.kind !== "failed" && <path class="trace-tip" d={head} />}
      {hasLine && isMoving && <circle class="trace-dot" cx={number(tip.x)} cy={number(tip.y)} r="5" />}
      {!isMoving && step.kind === "owner" && (
        <circle class="trace-end" cx={number(to.x)} cy={number(to.y)} r="15" />
      )}
      {!isMoving && step.kind === "failed" && (
        <path
          class="trace-cross"
          transform={`translate(${number(tip.x)},${number(tip.y)})`}
          d="M-6,-6L6,6M-6,6L6,-6"
        />
      )}
      {hasLine && progress > badgeAt && (
        <g class="trace-badge" transform={`translate(${number(badge.x)},${number(badge.y)})`}>
          <circle r="10" />
          <text text-anchor="middle" dominant-baseline="central">{ordinal}</text>
        </g>
      )}
    </g>
  );
}
