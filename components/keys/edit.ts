/** A value as the ring had it at a moment. */
export interface StoredValue {
  readonly value: Uint8Array;
  readonly version: string;
  readonly expiresAtMs: number | null;
}

/** One key being changed. `base` is what the change is based on; null: the key was not there. */
export type EditState =
  | { readonly kind: "editing"; readonly base: string | null; readonly problem: string | null }
  | { readonly kind: "saving"; readonly base: string | null }
  /** Somebody else was faster. `theirs` is null where they deleted the key. */
  | { readonly kind: "conflict"; readonly theirs: StoredValue | null }
  | { readonly kind: "done"; readonly outcome: "saved" | "tookTheirs" };

export type EditEvent =
  | { readonly kind: "save" }
  | { readonly kind: "saved" }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "overtaken"; readonly theirs: StoredValue | null }
  | { readonly kind: "overwrite" }
  | { readonly kind: "takeTheirs" };

export function beginEdit(base: string | null): EditState {
  return { kind: "editing", base, problem: null };
}

/** What follows. Events that make no sense where things stand change nothing. */
export function nextEdit(state: EditState, event: EditEvent): EditState {
  switch (state.kind) {
    case "editing":
      return event.kind === "save" ? { kind: "saving", base: state.base } : state;
    case "saving":
      return afterSaving(state.base, event) ?? state;
    case "conflict":
      // It replaces just what was shown: whoever writes in between makes another conflict.
      if (event.kind === "overwrite") return { kind: "saving", base: state.theirs?.version ?? null };
      return event.kind === "takeTheirs" ? { kind: "done", outcome: "tookTheirs" } : state;
    case "done":
      return state;
  }
}

function afterSaving(base: string | null, event: EditEvent): EditState | null {
  switch (event.kind) {
    case "saved":
      return { kind: "done", outcome: "saved" };
    case "failed":
      return { kind: "editing", base, problem: event.why };
    case "overtaken":
      return { kind: "conflict", theirs: event.theirs };
    default:
      return null;
  }
}

/** The condition under which the change may be written. */
export function conditionOf(base: string | null): { ifVersion: string } | { ifAbsent: true } {
  return base === null ? { ifAbsent: true } : { ifVersion: base };
}

/** Lines of each text that the other has not, by their place. */
export function loneLines(yours: string, theirs: string): { yours: Set<number>; theirs: Set<number> } {
  return { yours: notIn(yours, theirs), theirs: notIn(theirs, yours) };
}

function notIn(text: string, other: string): Set<number> {
  const known = new Set(other.split("\n"));
  return new Set(text.split("\n").flatMap((line, place) => known.has(line) ? [] : [place]));
}
