import type { ChordNode } from "../core/chord_node.ts";
import { ringAssertionNames, Snapshot } from "../core/ring/assertions.ts";

export { isIdeal, type MemberView, type Moment, ringAssertions, Snapshot } from "../core/ring/assertions.ts";

/** Names of the assertions, in the order of the report's columns. V1 is about all time; see view_registry.ts. */
export const assertionNames = [
  ...ringAssertionNames,
  "V1", // no two views of a partition have the same epoch
] as const;

export type AssertionName = typeof assertionNames[number];

export function snapshotOf(members: readonly ChordNode[]): Snapshot {
  return new Snapshot(members.map(({ self, member: { state } }) => ({
    id: self.id,
    successors: state.successors.map(({ id }) => id),
    predecessor: state.predecessor?.id ?? null,
  })));
}
