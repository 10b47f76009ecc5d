import type { JSX } from "preact";
import { extentOf, sparkLine } from "./series.ts";
import type { Tile } from "./tiles.ts";

const [width, height] = [120, 28];

/** The figures of the node at a glance, each with its last two minutes. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }): JSX.Element {
  return (
    <ul class="node-tiles" aria-label="Figures">
      {tiles.map((tile) => (
        <li key={tile.label} class="card node-tile">
          <h2>{tile.label}</h2>
          <p class="node-tile-value">{tile.value}</p>
          <Spark values={tile.values} spoken={tile.spoken} />
          <p class="node-tile-note">{tile.note}</p>
        </li>
      ))}
    </ul>
  );
}

function Spark({ values, spoken }: { values: Tile["values"]; spoken: string }): JSX.Element {
  const most = extentOf(values)?.most ?? 0;
  // A little room above, so that the highest point is not cut.
  const { path, dots } = sparkLine(values, { width, height: height - 2, most });
  return (
    <svg
      class="node-spark"
      viewBox={`0 -1 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={spoken}
    >
      <path class="node-spark-base" d={`M0,${height - 2}H${width}`} />
      <path class="node-spark-line" d={path} />
      {dots.map(({ x, y }) => <path key={x} class="node-spark-line" d={`M${x},${y}h0.1`} />)}
    </svg>
  );
}
