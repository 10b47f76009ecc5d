import type { Topic } from "../../core/live/topics.ts";
import type { Clock, Log } from "../../core/ports.ts";
import { Feed } from "./feed.ts";
import type { Source } from "./source.ts";

/** Somebody who watches a topic. */
export interface Watcher {
  /** False: it takes no more of this topic. */
  deliver(feed: Feed, text: string): boolean;
}

/** One topic and those who watch it. While nobody does, nothing is read. */
export class Channel {
  readonly #watchers = new Set<Watcher>();
  readonly feed: Feed;
  #cancel: (() => void) | null = null;

  constructor(
    topic: Topic,
    source: Source,
    firstVersion: number,
    readonly clock: Pick<Clock, "after">,
    readonly log: Log,
  ) {
    this.feed = new Feed(topic, source, firstVersion, (delta) => this.tell(delta));
  }

  get watchers(): ReadonlySet<Watcher> {
    return this.#watchers;
  }

  /** Brings the data up to date, unless it is being watched and so is as new as it may be. */
  async wake(): Promise<void> {
    if (this.#watchers.size === 0) await this.feed.refresh(true);
  }

  /** From now on the watcher gets every delta. It must have just been told where the feed stands. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (this.#cancel === null) this.#plan();
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Sends to all who watch. */
  tell(text: string): void {
    for (const watcher of [...this.#watchers]) {
      if (!watcher.deliver(this.feed, text)) this.leave(watcher);
    }
  }

  #plan(): void {
    this.#cancel = this.clock.after(this.feed.source.everyMs, () => this.#turn());
  }

  async #turn(): Promise<void> {
    try {
      await this.feed.refresh();
    } catch (error) {
      this.log("error", "live.readFailed", { topic: this.feed.topic, error });
    }
    // Whoever left last has stopped the clock; somebody new may have started another.
    if (this.#watchers.size > 0) {
      this.#cancel?.();
      this.#plan();
    }
  }
}
