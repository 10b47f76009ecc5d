import type { JSX } from "preact";
import { membersOf, type RingSnapshot } from "./snapshot.ts";
import { count, plural } from "./words.ts";

/** The state of the ring in the hole of the ring. */
export function RingSummary(
  { snapshot, isSmall }: { snapshot: RingSnapshot; isSmall: boolean },
): JSX.Element {
  const { nodes } = snapshot;
  if (nodes.length === 0) {
    return (
      <p class="ring-summary-main">{snapshot.problem === null ? "Walking the ring…" : "No ring seen"}</p>
    );
  }
  const live = nodes.filter(({ state }) => state === "live").length;
  const keys = membersOf(snapshot).reduce((sum, { info }) => sum + (info?.keyCount ?? 0), 0);
  return (
    <>
      <p class="ring-summary-main">
        {live}/{nodes.length} live
      </p>
      <p>{plural(keys, "key")}</p>
      {!isSmall && <p>{closure(snapshot)}</p>}
      {nodes.length === 1 && !isSmall && (
        <p class="ring-summary-hint">One node owns everything. No copies: a crash loses data.</p>
      )}
    </>
  );
}

function closure({ isClosed, isWalking, nodes }: RingSnapshot): string {
  if (isClosed === null) return isWalking ? `walking, ${count(nodes.length)} found` : "not walked";
  return isClosed ? "ring closed" : "ring not closed";
}
