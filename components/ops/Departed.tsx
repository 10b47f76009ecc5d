import type { JSX } from "preact";
import { address, plural, shortId } from "../ring/words.ts";
import type { Departure } from "./departure.ts";

/** How far a node is on its way out. */
export interface DepartureProgress {
  readonly kind: "leaving" | "gone";
  readonly act: "leave" | "kill";
  /** As it was when it was asked to go. */
  readonly departure: Departure;
  /** Partitions that others still counted on it for when it was last heard. */
  readonly partitionsHeld: number;
}

/** Instead of the page of a node that goes, or is gone. */
export function Departed({ progress }: { progress: DepartureProgress }): JSX.Element {
  const { act, departure: { heir, info }, kind, partitionsHeld } = progress;
  const name = shortId(info.id, 4);
  if (kind === "leaving") {
    return (
      <section class="card ops-departed" role="status">
        <h2>Node {name} is {act === "leave" ? "handing over" : "ending"}</h2>
        {act === "leave" && (
          <>
            <progress max={Math.max(1, info.partitionsHeld)} value={info.partitionsHeld - partitionsHeld} />
            <p>{plural(partitionsHeld, "partition")} of {info.partitionsHeld} still count on it.</p>
          </>
        )}
      </section>
    );
  }
  return (
    <section class="card ops-departed" role="status">
      <h2>Node {name} has {act === "leave" ? "left" : "been killed"}</h2>
      <p>{lastWords(progress)}</p>
      {heir !== null && (
        <p>
          Continue on <a href={heir.url}>{address(heir.url)}</a>.
        </p>
      )}
    </section>
  );
}

function lastWords({ act, departure: { heir, info }, partitionsHeld }: DepartureProgress): string {
  if (act === "kill") {
    return "What it had on a disk is still there. The ring goes on without it once its silence is noticed.";
  }
  if (heir === null) return "It was the only node. What it had on a disk is still there, for its next start.";
  if (partitionsHeld > 0) {
    return `When it was last heard, ${
      plural(partitionsHeld, "partition")
    } still counted on it. It may have handed ` +
      "them over since; its log says.";
  }
  return `It has shut down after handing over ${plural(info.recordCount, "record")}.`;
}
