/** Keys that are ticked in a list. */
export type Selection = ReadonlySet<string>;

export const noSelection: Selection = new Set();

export function toggled(selection: Selection, key: string): Selection {
  const next = new Set(selection);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** All keys from the one ticked last to this one, with Shift as in every list. */
export function extended(
  selection: Selection,
  { keys, from, to }: { readonly keys: readonly string[]; readonly from: string | null; readonly to: string },
): Selection {
  const begin = from === null ? -1 : keys.indexOf(from);
  const end = keys.indexOf(to);
  if (begin === -1 || end === -1) return toggled(selection, to);
  const [first, last] = begin < end ? [begin, end] : [end, begin];
  return new Set([...selection, ...keys.slice(first, last + 1)]);
}

/** All of the list, or none if all were ticked. */
export function allOrNone(selection: Selection, keys: readonly string[]): Selection {
  return keys.every((key) => selection.has(key)) ? noSelection : new Set(keys);
}

/** What is ticked and still there. */
export function within(selection: Selection, keys: readonly string[]): string[] {
  return keys.filter((key) => selection.has(key));
}
