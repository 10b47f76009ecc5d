import { type Dial, pointAt } from "./circle.ts";
import type { Tick } from "./shapes.ts";

const tickCount = 8;

/** Marks all round, with as many leading digits as tell them apart. */
export function ticksOf(dial: Dial, radius: number): Tick[] {
  const digits = dial.window === null ? 1 : 4;
  return Array.from({ length: tickCount }, (_, i) => {
    const fraction = dial.fractionAt(i / tickCount);
    const angle = dial.angle(fraction) ?? 0;
    const value = Math.floor(fraction * 16 ** digits + 1e-6);
    const label = value.toString(16).padStart(digits, "0");
    const [from, to] = [pointAt(angle, radius - 28), pointAt(angle, radius - 33)];
    return { label, from, to, at: pointAt(angle, radius - 43) };
  });
}
