/** How long a deletion can be taken back at a click. */
export const undoMs = 6_000;

/** A key as it was before it was deleted. */
export interface DeletedKey {
  readonly key: string;
  readonly value: Uint8Array;
  readonly expiresAtMs: number | null;
}

export type UndoState =
  | { readonly kind: "nothing" }
  | { readonly kind: "offered"; readonly deleted: DeletedKey }
  | { readonly kind: "restoring"; readonly deleted: DeletedKey }
  | { readonly kind: "restored"; readonly key: string }
  /** It stays until it is read: a failure is no news to miss. */
  | { readonly kind: "refused"; readonly deleted: DeletedKey; readonly why: string };

export type UndoEvent =
  | { readonly kind: "deleted"; readonly deleted: DeletedKey }
  | { readonly kind: "undo" }
  | { readonly kind: "restored" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "timeIsUp" }
  | { readonly kind: "dismissed" };

export const nothingToUndo: UndoState = { kind: "nothing" };

/** Only the last deletion can be taken back; a later one takes its place. */
export function nextUndo(state: UndoState, event: UndoEvent): UndoState {
  if (event.kind === "deleted") return { kind: "offered", deleted: event.deleted };
  if (event.kind === "dismissed") return state.kind === "restoring" ? state : nothingToUndo;
  switch (state.kind) {
    case "offered":
    case "refused":
      if (event.kind === "undo") return { kind: "restoring", deleted: state.deleted };
      return event.kind === "timeIsUp" && state.kind === "offered" ? nothingToUndo : state;
    case "restoring":
      if (event.kind === "restored") return { kind: "restored", key: state.deleted.key };
      return event.kind === "refused" ? { kind: "refused", deleted: state.deleted, why: event.why } : state;
    case "restored":
      return event.kind === "timeIsUp" ? nothingToUndo : state;
    case "nothing":
      return state;
  }
}

/** Whether the toast goes by itself. */
export function isPassing({ kind }: UndoState): boolean {
  return kind === "offered" || kind === "restored";
}
