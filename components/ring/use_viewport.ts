import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Viewport } from "./shapes.ts";

/** Until the page knows its size, and on the server. */
const assumed: Viewport = { width: 720, height: 620 };
const heightMax = 720;
const widthMin = 240;

/** The room there is for a ring as wide as its frame. */
export function useViewport(frame: RefObject<HTMLElement>): Viewport {
  const [viewport, setViewport] = useState(assumed);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null || typeof ResizeObserver === "undefined") return;
    const measure = () => setViewport((before) => viewportOf(element.clientWidth, before));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return viewport;
}

function viewportOf(clientWidth: number, before: Viewport): Viewport {
  const width = Math.max(widthMin, Math.round(clientWidth));
  if (width === before.width) return before;
  return { width, height: Math.min(heightMax, Math.max(Math.round(width * 0.86), Math.min(width, 360))) };
}
