import { useRef, useState } from "preact/hooks";
import { angleAt, Dial, type Window } from "./circle.ts";
import { turned, zoomedAt } from "./zoom.ts";

interface Hand {
  readonly window: Window | null;
  readonly onZoom: ((window: Window | null) => void) | undefined;
}

/** Since a button was pressed on the ring. */
interface Drag {
  readonly window: Window;
  angle: number;
  turnedBy: number;
}

/** Pixels of a wheel that halve what is shown, or double it. */
const pixelsPerHalf = 400;
const pixelsPerLine = 16;
/** Radians: what turns less is a click. */
const turnMin = 0.01;

/** The wheel zooms where it points, and dragging turns a zoomed ring. Fingers scroll the page, as everywhere. */
export function useRingPointer({ window, onZoom }: Hand) {
  const drag = useRef<Drag | null>(null);
  const [isTurning, setIsTurning] = useState(false);
  const dial = new Dial(window);
  const release = () => {
    drag.current = null;
    setIsTurning(false);
  };
  return {
    isTurning,
    handlers: {
      onWheel(event: WheelEvent) {
        const ring = event.currentTarget as Element;
        const isMeant = event.ctrlKey || ring.contains(document.activeElement);
        if (onZoom === undefined || !isMeant) return;
        event.preventDefault();
        const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? pixelsPerLine : 1);
        onZoom(zoomedAt(window, 2 ** (pixels / pixelsPerHalf), dial.partAt(angleOf(event))));
      },
      onPointerDown(event: PointerEvent) {
        if (window === null || event.button !== 0 || event.pointerType === "touch") return;
        drag.current = { window, angle: angleOf(event), turnedBy: 0 };
      },
      onPointerMove(event: PointerEvent) {
        // It may have been let go of elsewhere.
        if ((event.buttons & 1) === 0) release();
        const { current } = drag;
        if (current === null) return;
        const angle = angleOf(event);
        current.turnedBy += shortWay(angle - current.angle);
        current.angle = angle;
        if (!isTurning && Math.abs(current.turnedBy) < turnMin) return;
        // From here on it is no click on what lies under the pointer.
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        setIsTurning(true);
        onZoom?.(turned(current.window, -dial.partOf(current.turnedBy)));
      },
      onPointerUp: release,
      onPointerCancel: release,
    },
  };
}

/** Where on the ring the pointer is. */
function angleOf(event: MouseEvent): number {
  const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
  return angleAt({ x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 });
}

/** The same turn by half a circle at most. */
function shortWay(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
