/** What people put between the parts of a key. */
const delimiter = /[:/.]/;

/** What follows a prefix: a key, or a longer prefix with keys behind it. */
export interface Branch {
  readonly kind: "prefix" | "key";
  /** The whole prefix, or the whole key. */
  readonly path: string;
  /** The part of it that is new, its delimiter included. */
  readonly label: string;
  /** Keys behind it. */
  readonly count: number;
}

/** One level of the tree of keys: what comes next after `prefix`, prefixes first, each in the order of letters. */
export function branchesOf(keys: Iterable<string>, prefix: string): Branch[] {
  const counts = new Map<string, number>();
  const leaves: Branch[] = [];
  for (const key of keys) {
    if (!key.startsWith(prefix) || key.length === prefix.length) continue;
    const rest = key.slice(prefix.length);
    const at = rest.search(delimiter);
    if (at === -1 || at === rest.length - 1) leaves.push({ kind: "key", path: key, label: rest, count: 1 });
    else counts.set(rest.slice(0, at + 1), (counts.get(rest.slice(0, at + 1)) ?? 0) + 1);
  }
  const prefixes = [...counts].map(([label, count]): Branch => ({
    kind: "prefix",
    path: prefix + label,
    label,
    count,
  }));
  return [...prefixes.sort(byLabel), ...leaves.sort(byLabel)];
}

function byLabel(a: Branch, b: Branch): number {
  return collator.compare(a.label, b.label);
}

/** `user:9` before `user:10`. */
const collator = new Intl.Collator("en", { numeric: true });
