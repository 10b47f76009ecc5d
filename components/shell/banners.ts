import type { LiveConnection } from "../../client/live_types.ts";
import type { RingItem } from "../../core/live/topics.ts";
import type { NodeInfo } from "../../core/protocol.ts";
import { byUsefulness } from "./ring_states.ts";

export interface Banner {
  readonly id: "gone" | "leaving" | "disconnected" | "readOnly" | "signedOut";
  readonly tone: "danger" | "warn" | "info";
  readonly text: string;
  /** Whether there is something to be tried again. */
  readonly canRetry: boolean;
  /** Nodes where one can go on, the likeliest first. */
  readonly elsewhere: readonly RingItem[];
}

export interface BannerFacts {
  readonly connection: LiveConnection;
  readonly info: Pick<NodeInfo, "phase" | "ready" | "reason"> | null;
  readonly ring: readonly RingItem[];
}

const elsewhereMax = 3;

/** What everybody on any page has to know at once. */
export function bannersOf({ connection, info, ring }: BannerFacts): Banner[] {
  const elsewhere = ring.filter(({ isSelf, state }) => !isSelf && state === "alive").sort(byUsefulness)
    .slice(0, elsewhereMax);
  const isLost = connection.kind === "reconnecting";
  const isOnItsWay = info !== null && (info.phase === "leaving" || info.phase === "left");
  if (isLost && isOnItsWay) {
    const text = "This node has left the ring and stopped. What is shown is as it was last.";
    return [{ id: "gone", tone: "danger", text, canRetry: true, elsewhere }];
  }
  const banners: Banner[] = [];
  if (connection.kind === "signedOut") {
    const text =
      "You are not signed in any more. What is shown is as it was last, and nothing can be changed.";
    banners.push({ id: "signedOut", tone: "warn", text, canRetry: false, elsewhere: [] });
  }
  if (isLost) {
    const text = "No connection to this node. What is shown may be out of date, and nothing can be changed.";
    banners.push({ id: "disconnected", tone: "danger", text, canRetry: true, elsewhere });
  }
  if (isOnItsWay) {
    const text = "This node is leaving the ring: it hands its keys over and then stops.";
    banners.push({ id: "leaving", tone: "warn", text, canRetry: false, elsewhere });
  }
  if (info !== null && !info.ready && /clock is far/.test(info.reason ?? "")) {
    const text = "Read only: this node's clock is far from those of its peers, so it takes no writes. " +
      "Set the clock right.";
    banners.push({ id: "readOnly", tone: "warn", text, canRetry: false, elsewhere });
  }
  return banners;
}
