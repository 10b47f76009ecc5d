import { isFound, type Operation } from "../../../sim/history/history.ts";

/** Which version goes with which write of unknown outcome, as guessed so far. */
type Guesses = ReadonlyMap<string, Operation>;

/**
 * An order of one key's operations that respects time and in which every read sees the write before it; null if
 * there is none. Writes of unknown outcome may be left out.
 *
 * By trying all (Wing and Gong 1993) with memory of where that led nowhere (Lowe 2017): slow, and plain enough to
 * be believed.
 */
export function linearize(operations: readonly Operation[]): Operation[] | null {
  const all = operations.filter(({ kind, outcome }) =>
    outcome === "ok" || (outcome === "info" && kind !== "get")
  );
  const known = new Set(all.filter(({ kind }) => kind !== "get").map(({ version }) => version));
  const hopeless = new Set<string>();

  function search(left: readonly Operation[], state: Operation | null, guesses: Guesses): Operation[] | null {
    if (left.every(({ outcome }) => outcome === "info")) return [];
    const memo = [left, [state], guesses.keys(), guesses.values()]
      .map((items) => [...items].map((item) => typeof item === "string" ? item : item?.id ?? "-").join());
    if (hopeless.has(memo.join("|"))) return null;
    const firstReturnMs = Math.min(...left.map(({ returnMs }) => returnMs));
    for (const next of left.filter(({ callMs }) => callMs <= firstReturnMs)) {
      const after = next.kind === "get" ? seeing(next, state, guesses) : guesses;
      const others = left.filter((operation) => operation !== next);
      const rest = after === null ? null : search(others, next.kind === "get" ? state : next, after);
      if (rest !== null) return [next, ...rest];
    }
    hopeless.add(memo.join("|"));
    return null;
  }

  /** The guesses with which the read can have seen the state; null if it cannot. */
  function seeing(read: Operation, state: Operation | null, guesses: Guesses): Guesses | null {
    const { version } = read;
    if (state === null) return !isFound(read) && version === null ? guesses : null;
    if (version === null) return null;
    const mayVanish = state.kind === "delete" || state.expiresAtMs !== null;
    if (isFound(read) ? read.value !== state.value : !mayVanish) return null;
    if (state.version !== null || known.has(version)) return state.version === version ? guesses : null;
    const isOtherVersion = [...guesses].some(([guess, write]) => (guess === version) !== (write === state));
    return isOtherVersion ? null : new Map(guesses).set(version, state);
  }

  return search(all, null, new Map());
}

/** The same history with versions that grow in the given order of it. */
export function withVersionsInOrder(
  operations: readonly Operation[],
  order: readonly Operation[],
): Operation[] {
  const versions = new Map<Operation, string | null>();
  let current: string | null = null;
  for (const [i, operation] of order.entries()) {
    if (operation.kind !== "get") current = `v${String(i).padStart(3, "0")}`;
    versions.set(operation, operation.outcome === "info" ? null : current);
  }
  return operations.map((operation) => ({ ...operation, version: versions.get(operation) ?? null }));
}
