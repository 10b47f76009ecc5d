import type { Replica, View } from "../../../core/data/view.ts";
import type { Id } from "../../../core/id.ts";
import type { Version } from "../../../core/data/version.ts";

/** The replica on the node "a", and so on; "a2" is the same node after it lost its disk. */
export function replica(name: string): Replica {
  const [letter = "a", disk = "1"] = name;
  return { id: letter.charCodeAt(0).toString(16) as Id, url: `http://${letter}`, disk };
}

/** `view(2, "abc", "ab")`: epoch, members, the members before. */
export function view(epoch: number, members: string, previous = ""): View {
  return { epoch, members: [...members].map(replica), previous: [...previous].map(replica) };
}

/** The n-th ballot. */
export function ballot(n: number): Version {
  return `${n.toString(16).padStart(12, "0")}.0000.aa` as Version;
}
