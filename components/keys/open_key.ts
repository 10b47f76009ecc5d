import type { NodeRef } from "../../core/node_ref.ts";
import type { StoredValue } from "./edit.ts";
import type { Problem } from "./listed_key.ts";

/** Where a key belongs on the ring. */
export interface KeyPlace {
  readonly key: string;
  readonly keyHash: string;
  readonly partition: number;
  readonly owner: NodeRef;
  /** Who keeps copies, the owner first. */
  readonly keepers: readonly NodeRef[];
}

/** The place of a key that is not stored yet. */
export type PlaceSearch =
  | { readonly kind: "none" }
  | { readonly kind: "asking" }
  | { readonly kind: "known"; readonly place: KeyPlace }
  | { readonly kind: "failed"; readonly problem: Problem };

/** The key that is looked at. */
export type OpenKey =
  | { readonly kind: "none" }
  | { readonly kind: "loading"; readonly key: string }
  | {
    readonly kind: "found";
    readonly key: string;
    readonly stored: StoredValue;
    /** Null when nobody could say. */
    readonly place: KeyPlace | null;
  }
  /** `version` is that of the deletion, where there was one. */
  | {
    readonly kind: "absent";
    readonly key: string;
    readonly version: string | null;
    readonly place: KeyPlace | null;
  }
  | { readonly kind: "failed"; readonly key: string; readonly problem: Problem };

/** What became of a write. */
export type SaveOutcome =
  | {
    readonly kind: "saved";
    readonly version: string;
    readonly expiresAtMs: number | null;
    /** Null of a deletion, which does not say. */
    readonly owner: NodeRef | null;
    /** Who had it durably by the time of the answer. */
    readonly replicas: readonly NodeRef[];
  }
  /** The key was not as the condition had it. */
  | { readonly kind: "overtaken"; readonly theirs: StoredValue | null }
  | { readonly kind: "failed"; readonly problem: Problem };

export function problemText({ message, requestId }: Problem): string {
  return requestId === null ? message : `${message} (request ${requestId})`;
}
