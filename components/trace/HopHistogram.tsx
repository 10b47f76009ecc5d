import type { JSX } from "preact";
import { expectedHops, mean, percentile } from "../ring/figures.ts";
import { plural } from "../ring/words.ts";

/** One measured lookup. */
export interface HopSample {
  readonly fromId: string;
  readonly hops: number;
  readonly ms: number;
  readonly failures: number;
}

interface HopHistogramProps {
  readonly samples: readonly HopSample[];
  readonly members: number;
  /** Shows the worst of them. */
  readonly onWorst?: ((sample: HopSample) => void) | undefined;
}

const barWidth = 180;

/** How many hops lookups took, counted, beside what Chord promises. */
export function HopHistogram({ samples, members, onWorst }: HopHistogramProps): JSX.Element | null {
  if (samples.length === 0) return null;
  const hops = samples.map((sample) => sample.hops);
  const most = Math.max(...hops);
  const counts = Array.from({ length: most + 1 }, (_, n) => hops.filter((value) => value === n).length);
  const longest = Math.max(...counts);
  const worst = samples.find((sample) => sample.hops === most);
  return (
    <figure class="trace-histogram">
      <figcaption>{summaryOf(samples, members)}</figcaption>
      <table>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Hops</th>
            <th scope="col">Lookups</th>
          </tr>
        </thead>
        <tbody>
          {counts.map((number, n) => (
            <tr key={n}>
              <th scope="row">{plural(n, "hop")}</th>
              <td>
                <svg width={barWidth} height="14" viewBox={`0 0 ${barWidth} 14`} aria-hidden="true">
                  <rect
                    class="trace-bar"
                    height="12"
                    y="1"
                    width={Math.round((number / longest) * barWidth)}
                  />
                </svg>
                {number}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {onWorst !== undefined && worst !== undefined && (
        <button type="button" onClick={() => onWorst(worst)}>
          Show the longest: {plural(worst.hops, "hop")}
        </button>
      )}
    </figure>
  );
}

/** Measured beside expected: a route cache makes it less, dead nodes make it more. */
export function summaryOf(samples: readonly HopSample[], members: number): string {
  const hops = samples.map((sample) => sample.hops);
  const failures = samples.reduce((sum, sample) => sum + sample.failures, 0);
  return [
    `${plural(samples.length, "lookup")} measured`,
    `${(mean(hops) ?? 0).toFixed(2)} hops on average`,
    `p50 ${percentile(hops, 0.5) ?? 0}`,
    `p95 ${percentile(hops, 0.95) ?? 0}`,
    `½·log₂ ${members} is ${expectedHops(members).toFixed(2)}`,
    ...(failures > 0 ? [plural(failures, "request without answer", "requests without answer")] : []),
  ].join(" · ");
}
