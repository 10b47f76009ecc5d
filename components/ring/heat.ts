// @ts-types="@types/d3-scale"
import { scaleQuantize } from "d3-scale";
import type { RingNode } from "./snapshot.ts";
import { bytes, count, milliseconds, percent } from "./words.ts";

/** What the inner track of the ring shows of each node. */
export const heatFigures = ["keys", "cpu", "memory", "latency"] as const;
export type HeatFigure = typeof heatFigures[number];

/** Colours from the least to the most; `heat-0` to `heat-5` in static/ring.css. */
const steps = [0, 1, 2, 3, 4, 5] as const;

export interface HeatScale {
  readonly figure: HeatFigure;
  /** Null for a node that does not say. */
  readonly stepOf: (node: RingNode) => number | null;
  /** What each colour means, from the least to the most; empty when nobody says anything. */
  readonly legend: readonly { readonly step: number; readonly text: string }[];
}

export const heatWords: Readonly<Record<HeatFigure, string>> = {
  keys: "keys owned",
  cpu: "CPU",
  memory: "memory",
  latency: "answer time",
};

export function figureOf(node: RingNode, figure: HeatFigure): number | null {
  if (figure === "latency") return node.rttMs;
  if (node.info === null) return null;
  return figure === "keys" ? node.info.keyCount : node.info[figure];
}

export function figureText(value: number, figure: HeatFigure): string {
  if (figure === "cpu") return percent(value);
  if (figure === "memory") return bytes(value);
  return figure === "latency" ? milliseconds(value) : count(Math.round(value));
}

/** Six steps from nothing to the most that a node has: half as bright is half as much. */
export function heatScale(nodes: readonly RingNode[], figure: HeatFigure): HeatScale {
  const values = nodes.map((node) => figureOf(node, figure)).filter((value) => value !== null);
  const most = Math.max(0, ...values);
  const scale = scaleQuantize<number>().domain([0, most || 1]).range(steps);
  return {
    figure,
    stepOf: (node) => {
      const value = figureOf(node, figure);
      return value === null ? null : scale(value);
    },
    legend: most === 0
      ? []
      : steps.map((step) => ({ step, text: figureText(scale.invertExtent(step)[1], figure) })),
  };
}
