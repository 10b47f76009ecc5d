import type { ServerFrameOf } from "../core/live/frames.ts";
import { kindOf, type Topic, type TopicData, topicShapes } from "../core/live/topics.ts";

/** What a page has of a topic. */
export interface Hearing<T extends Topic> {
  /** Null: of no version that a delta could lead on from. */
  readonly version: number | null;
  readonly data: TopicData<T> | null;
  /** When the node last said so, by the page's wall clock. */
  readonly heardAtMs: number | null;
}

export type TopicFrame = ServerFrameOf<"snap" | "delta" | "mark">;

/** `isLost`: something was missed, so the topic has to be asked for again. */
export interface Heard<T extends Topic> {
  readonly hearing: Hearing<T>;
  readonly isLost: boolean;
}

/** A topic of which nothing was heard yet. */
export const unheard = { version: null, data: null, heardAtMs: null } as const;

/** Takes a frame of the topic. What does not fit together is not used: the page shows what was, until it knows. */
export function hear<T extends Topic>(
  topic: T,
  before: Hearing<T>,
  frame: TopicFrame,
  nowMs: number,
): Heard<T> {
  switch (frame.type) {
    case "snap":
      return take(topic, before, frame.data, frame.version, (data) => data, nowMs);
    case "delta":
      return hearDelta(topic, before, frame, nowMs);
    case "mark":
      if (before.version !== frame.version) return { hearing: before, isLost: true };
      return { hearing: { ...before, heardAtMs: nowMs }, isLost: false };
  }
}

function hearDelta<T extends Topic>(
  topic: T,
  before: Hearing<T>,
  { from, to, set, del }: ServerFrameOf<"delta">,
  nowMs: number,
): Heard<T> {
  if (before.version !== null && to <= before.version) return { hearing: before, isLost: false };
  if (before.version !== from || before.data === null) return { hearing: before, isLost: true };
  const old = before.data;
  return take(topic, before, set, to, (changed) => without({ ...old, ...changed }, del), nowMs);
}

/** Items that are not what they have to be make the frame useless: page and node are of two kinds. */
function take<T extends Topic>(
  topic: T,
  before: Hearing<T>,
  items: unknown,
  version: number,
  join: (items: TopicData<T>) => TopicData<T>,
  nowMs: number,
): Heard<T> {
  const parsed = topicShapes[kindOf(topic)].safeParse(items);
  if (!parsed.success) return { hearing: before, isLost: false };
  return { hearing: { version, data: join(parsed.data as TopicData<T>), heardAtMs: nowMs }, isLost: false };
}

function without<D extends object>(data: D, ids: readonly string[]): D {
  if (ids.length === 0) return data;
  const gone = new Set(ids);
  return Object.fromEntries(Object.entries(data).filter(([id]) => !gone.has(id))) as D;
}
