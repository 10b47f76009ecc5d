/** What a topic is made of at one moment: plain JSON by id. */
export type Items = ReadonlyMap<string, unknown>;

/** Where the data of a topic comes from. */
export interface Source {
  /** Shortest time between two readings, and so between two deltas. */
  readonly everyMs: number;
  /**
   * The data as it is now. What has not changed, item or whole, may be the same object: that saves comparing.
   *
   * @param wasIdle nobody has watched for a while, so there is no pace to be kept.
   */
  read(wasIdle: boolean): Items | Promise<Items>;
}

/** What leads from one version of a topic to the next. */
export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly del: readonly string[];
}

/** The way from one reading to another; null when there is none to go. */
export function changeBetween(before: Items, after: Items): Change | null {
  if (before === after) return null;
  const set = [...after].filter(([id, item]) => !isSame(before.get(id), item));
  const del = [...before.keys()].filter((id) => !after.has(id));
  if (set.length === 0 && del.length === 0) return null;
  return { set: Object.fromEntries(set), del };
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && JSON.stringify(a) === JSON.stringify(b));
}
