import type { NodeRef } from "../../core/node_ref.ts";

/** A key of a list, without its value. */
export interface ListedKey {
  readonly key: string;
  /** Bytes of the value. */
  readonly size: number;
  readonly version: string;
  readonly expiresAt: Date | null;
  /** Of the node that lists it. */
  readonly role: string;
  /** Where the whole ring was searched. */
  readonly owner?: NodeRef | undefined;
}

/** What has been found so far, and how it goes on. */
export interface KeyList {
  readonly keys: readonly ListedKey[];
  /** How much of the ring is searched; null where one node was asked. */
  readonly searched: number | null;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  /** What is shown belongs to an earlier question, until the first answer to the new one. */
  readonly isOld: boolean;
  readonly problem: Problem | null;
}

/** What failed, for people; under the request's id the node's log has it. */
export interface Problem {
  readonly message: string;
  readonly requestId: string | null;
}

export const emptyList: KeyList = {
  keys: [],
  searched: null,
  isLoading: false,
  hasMore: false,
  isOld: false,
  problem: null,
};

/** When a version was made, by the clock of who made it; null for a version of another form. */
export function madeAtMs(version: string): number | null {
  const ms = /^([0-9a-f]{12})\./.exec(version)?.[1];
  return ms === undefined ? null : Number.parseInt(ms, 16);
}
