import { markEveryMs } from "../../core/live/frames.ts";
import { kindOf, type Topic, type TopicData, topicShapes } from "../../core/live/topics.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type { Clock, Log, Random } from "../../core/ports.ts";
import { softwareVersion } from "../../core/software_version.ts";
import { Channel } from "./channel.ts";
import { type LiveSocket, Session } from "./session.ts";
import type { Source } from "./source.ts";

export interface LiveHubOptions {
  readonly self: NodeRef;
  /** Which life of the node this is. */
  readonly incarnation: number;
  readonly sourceOf: (topic: Topic) => Source;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A client that answers no ping for so long is gone; Deno pings at half of it. */
  readonly idleTimeoutSeconds?: number;
}

/** Sockets at a time: pages of people, not a fan-out. */
export const sessionsMax = 64;
/**
 * Sockets that were given up because nobody reads them. Deno has no way to cut off a socket with something left to
 * send, so they stay until the other side lets go; beside those who read they take room, but no places.
 */
export const stuckMax = 64;
const idleTimeoutDefaultSeconds = 30;
/** An upgrade that takes longer has failed without a word. */
const openWithinMs = 10_000;
/** Clients of a node that ends come back spread over this time. */
const retryAfterMs = { least: 500, most: 5_000 };

/** A place for one socket, taken before it is open. */
export interface LivePlace {
  /** It was given up, though its socket is still there. */
  readonly isStuck: boolean;
  /** The socket is open. @param isKnown whether who watches may still do so; asked at every mark. */
  opened(socket: LiveSocket, isKnown?: () => boolean): Session;
  /** The socket is closed, or never came to be. */
  ended(): void;
}

/** A topic as it is now, for pages that are made here: they go on from the version. */
export interface LiveSnapshot<T extends Topic> {
  readonly version: number;
  readonly data: TopicData<T>;
}

/** All who watch this node, and all that they watch. */
export class LiveHub {
  readonly #channels = new Map<Topic, Channel>();
  readonly #places = new Set<LivePlace>();
  readonly #sessions = new Set<Session>();
  readonly #firstVersion: number;
  #cancelMarks: (() => void) | null = null;
  #isClosed = false;

  constructor(readonly options: LiveHubOptions) {
    // Grows faster than any topic does, so what a client has from a life before is older than all of this one.
    this.#firstVersion = Math.floor(options.clock.wallNow());
  }

  /** Sockets that are open, opening or not yet closed. */
  get size(): number {
    return this.#places.size;
  }

  /** Those of them that were given up. */
  get stuck(): number {
    return [...this.#places].filter(({ isStuck }) => isStuck).length;
  }

  get idleTimeoutSeconds(): number {
    return this.options.idleTimeoutSeconds ?? idleTimeoutDefaultSeconds;
  }

  /** A place for a socket; null: there is none left, or the node ends. */
  take(): LivePlace | null {
    if (this.#isClosed || !this.#hasRoom()) return null;
    let session: Session | null = null;
    const place: LivePlace = {
      get isStuck() {
        return session?.isOpen === false;
      },
      opened: (socket, isKnown) => {
        cancelPatience();
        session = this.#begin(socket, isKnown);
        return session;
      },
      ended: () => {
        cancelPatience();
        this.#places.delete(place);
        if (session !== null) this.#end(session);
      },
    };
    const cancelPatience = this.options.clock.after(openWithinMs, () => place.ended());
    this.#places.add(place);
    return place;
  }

  async snapshot<T extends Topic>(topic: T): Promise<LiveSnapshot<T>> {
    const channel = this.#channel(topic);
    await channel.wake();
    const { data, version } = channel.feed;
    return { version, data: topicShapes[kindOf(topic)].parse(data) as TopicData<T> };
  }

  /** Tells everybody that this node is going, and takes nobody any more. */
  close(reason: string): void {
    this.#isClosed = true;
    const { least, most } = retryAfterMs;
    for (const session of [...this.#sessions]) {
      session.dismiss(reason, Math.round(least + (most - least) * this.options.random.next()));
      this.#end(session);
    }
  }

  #hasRoom(): boolean {
    const { size, stuck } = this;
    return stuck < stuckMax && size - stuck < sessionsMax;
  }

  #begin(socket: LiveSocket, isKnown: (() => boolean) | undefined): Session {
    const { clock, incarnation, log, self } = this.options;
    const session = new Session(socket, {
      clock,
      log,
      channel: (topic) => this.#channel(topic),
      isKnown,
    });
    session.greet({
      type: "hello",
      node: { id: self.id, url: self.url },
      incarnation,
      serverTimeMs: Math.floor(clock.wallNow()),
      version: softwareVersion,
    });
    if (this.#isClosed) session.dismiss("the node ends", retryAfterMs.most);
    else this.#sessions.add(session);
    this.#cancelMarks ??= this.#planMarks();
    return session;
  }

  #end(session: Session): void {
    session.ended();
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    this.#cancelMarks?.();
    this.#cancelMarks = null;
  }

  #planMarks(): () => void {
    return this.options.clock.after(markEveryMs, () => {
      for (const session of [...this.#sessions]) session.check();
      for (const channel of this.#channels.values()) {
        channel.tell(channel.feed.mark(Math.floor(this.options.clock.wallNow())));
      }
      // The last session may just have been let go.
      if (this.#sessions.size > 0) this.#cancelMarks = this.#planMarks();
    });
  }

  #channel(topic: Topic): Channel {
    let channel = this.#channels.get(topic);
    if (channel === undefined) {
      const { clock, log, sourceOf } = this.options;
      channel = new Channel(topic, sourceOf(topic), this.#firstVersion, clock, log);
      this.#channels.set(topic, channel);
    }
    return channel;
  }
}
