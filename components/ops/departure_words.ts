import { address, count, percent, plural } from "../ring/words.ts";
import type { Departure } from "./departure.ts";

/** What a graceful leave does, sentence by sentence. */
export function leaveSentences(departure: Departure): string[] {
  const { heir, info, share, heirShare, members } = departure;
  if (heir === null) {
    return [
      `Nobody is there to take ${
        plural(info.recordCount, "record")
      } over: this is the only node of its ring.`,
      "The node stops. What it has on a disk stays there for its next start; until then no key can be read.",
    ];
  }
  return [
    `${plural(info.keyCount, "record")} in ${plural(info.partitionsOwned, "partition")} pass to ${
      address(heir.url)
    }, which then owns ${percent(Math.min(1, share + heirShare))} of the circle instead of ${
      percent(heirShare)
    }.`,
    `${
      plural(info.recordCount, "record")
    } in all, copies for others included, are handed over before the node stops.`,
    copiesSentence(departure),
    `The ring shrinks from ${count(members)} to ${plural(members - 1, "node")}.`,
  ];
}

/** What a crash does: nothing is handed over. */
export function killSentences(departure: Departure): string[] {
  const { heir, info, members } = departure;
  if (heir === null) {
    return [
      `No other node has copies of its ${
        plural(info.recordCount, "record")
      }. What is on a disk stays there for its next start.`,
    ];
  }
  const left = Math.min(info.replicas, members) - 1;
  return [
    "The process ends at once. Nothing is handed over.",
    `${plural(info.recordCount, "record")} lose one copy: ${plural(left, "copy", "copies")} of each ${
      left === 1 ? "is" : "are"
    } left until the others have made a new one.`,
    left < info.writeQuorum
      ? `Writes to them fail until then: they need ${plural(info.writeQuorum, "copy", "copies")}.`
      : `${address(heir.url)} takes over its part of the circle once its silence is noticed.`,
  ];
}

function copiesSentence({ info, members }: Departure): string {
  const before = Math.min(info.replicas, members);
  const after = Math.min(info.replicas, members - 1);
  if (after === before) return `Each key has ${plural(after, "copy", "copies")} again by then.`;
  return `Each key has ${
    plural(after, "copy", "copies")
  } afterwards instead of ${before}: too few nodes are left for ${info.replicas}.`;
}
