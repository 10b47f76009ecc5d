import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { CopyButton } from "../ring/CopyButton.tsx";
import { type Chart, chartCsv, charts, chartSentence, chartTop, ranges, rangeWords } from "./charts.ts";
import { extentOf, lastOf, type Series, sparkLine } from "./series.ts";

const [width, height] = [320, 96];

/** The node's figures over the last minutes. */
export function Charts({ series }: { series: Series }): JSX.Element {
  const [seconds, setSeconds] = useState<number>(300);
  return (
    <>
      <div class="panel-bar">
        <fieldset class="segments">
          <legend class="visually-hidden">Range</legend>
          {ranges.map((range) => (
            <label key={range}>
              <input
                type="radio"
                name="range"
                checked={range === seconds}
                onChange={() => setSeconds(range)}
              />{" "}
              {rangeWords[range]}
            </label>
          ))}
        </fieldset>
        <p>One sample a second. The node keeps 15 minutes; gaps are seconds of which nothing is known.</p>
      </div>
      <div class="node-charts">
        {charts.map((chart) => (
          <ChartFigure key={chart.title} chart={chart} series={series} seconds={seconds} />
        ))}
      </div>
    </>
  );
}

function ChartFigure(
  { chart, series, seconds }: { chart: Chart; series: Series; seconds: number },
): JSX.Element {
  const values = chart.lines.map(({ name }) => lastOf(series, name, seconds));
  const top = chartTop(values);
  return (
    <figure class="node-chart">
      <figcaption>
        <strong>{chart.title}</strong> {chart.unit}
      </figcaption>
      <div class="node-chart-plot">
        <span class="node-chart-top">
          {values.some((line) => extentOf(line) !== null) ? chart.write(top) : "not measured"}
        </span>
        <svg
          viewBox={`0 -1 ${width} ${height + 2}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={chartSentence(chart, series, seconds)}
        >
          <path class="node-chart-grid" d={`M0,0H${width}M0,${height / 2}H${width}M0,${height}H${width}`} />
          {values.map((line, index) => (
            <Line key={chart.lines[index]?.name} values={line} top={top} index={index} />
          ))}
        </svg>
        <span class="node-chart-bottom">{rangeWords[seconds]} ago – now</span>
      </div>
      <ul class="node-chart-legend">
        {chart.lines.map(({ name, label }, index) => {
          const now = values[index]?.at(-1) ?? null;
          return (
            <li key={name}>
              <svg width="24" height="8" viewBox="0 0 24 8" aria-hidden="true">
                <path class={`node-chart-line node-chart-line-${index}`} d="M0,4H24" />
              </svg>{" "}
              {label} {now === null ? "–" : chart.write(now)}
            </li>
          );
        })}
      </ul>
      <CopyButton what="as CSV" text={chartCsv(chart, series, seconds)} />
    </figure>
  );
}

function Line(
  { values, top, index }: { values: readonly (number | null)[]; top: number; index: number },
): JSX.Element {
  const { path, dots } = sparkLine(values, { width, height, most: top });
  const alone = dots.map(({ x, y }) => `M${x},${y}h0.1`).join("");
  return <path class={`node-chart-line node-chart-line-${index}`} d={path + alone} />;
}
