import type { ReadonlySignal } from "@preact/signals";
import type { Topic, TopicData } from "../core/live/topics.ts";

/** One topic of a node as it was last heard. */
export interface LiveTopic<T extends Topic> {
  /** Null until something is heard; kept, and growing old, while nothing is. */
  readonly data: TopicData<T> | null;
  /** When the node last said that this is so, by the page's own `Date.now()`; null: never. */
  readonly heardAtMs: number | null;
}

/** How a page hears of its node. */
export type LiveConnection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** The socket is lost and is tried again at this moment, by the page's own `Date.now()`. */
  | { readonly kind: "reconnecting"; readonly atMs: number }
  /** The socket was refused again and again, so the page asks instead, and goes on trying the socket. */
  | { readonly kind: "polling"; readonly everyMs: number }
  /** The node does not know any more who looks, so there is nothing to be tried again. */
  | { readonly kind: "signedOut" }
  /** Paused, or nobody watches anything. */
  | { readonly kind: "stopped" };

/** News of one node, shared by all that is on a page. */
export interface LiveStore {
  readonly connection: ReadonlySignal<LiveConnection>;
  /** What a topic says. It is watched for as long as something follows the signal. */
  topic<T extends Topic>(topic: T): ReadonlySignal<LiveTopic<T>>;
  /** Tries the socket now rather than when it is time. */
  retryNow(): void;
  /** Hears no more until `resume`; what was heard stays. */
  pause(): void;
  resume(): void;
}
