import { type ClientFrame, errorFrame, readClientFrame, type ServerFrame } from "../../core/live/frames.ts";
import type { Topic } from "../../core/live/topics.ts";
import type { Clock, Log } from "../../core/ports.ts";
import type { Channel, Watcher } from "./channel.ts";
import type { Feed } from "./feed.ts";

/** What a session needs of its socket. */
export interface LiveSocket {
  /** Bytes that the other side has not taken yet. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What a session needs of its surroundings. */
export interface SessionSurroundings {
  readonly clock: Pick<Clock, "now" | "wallNow">;
  readonly log: Log;
  channel(topic: Topic): Channel;
  /** Whether the client may still watch: its token may be revoked, its session over. */
  readonly isKnown?: (() => boolean) | undefined;
}

/** A reader that is so far behind gets no more deltas: it may begin again when it has caught up. */
export const slowBytes = 512 * 1024;
/** A reader that is so far behind, or is still slow when the next mark is due, is let go. */
export const stuckBytes = 1024 * 1024;
/** Far beyond any frame of ours. */
export const messageCharsMax = 64 * 1024;
/** Frames that a client may send in a second. */
export const messagesPerSecond = 20;

/** Codes of RFC 6455, 7.4.1. */
const closeCode = { goingAway: 1001, policy: 1008, tooBig: 1009, tryAgainLater: 1013 } as const;

/** One client at its socket: what it watches, and what it is told of that. */
export class Session implements Watcher {
  readonly #channels = new Map<Topic, Channel>();
  /** What the client asked for is done in its order, one thing at a time. */
  #turn: Promise<void> = Promise.resolve();
  #isOpen = true;
  /** Was told that it missed something, and has not shown since that it reads. */
  #isBehind = false;
  #secondBeganMs = -Infinity;
  #messages = 0;

  constructor(readonly socket: LiveSocket, readonly surroundings: SessionSurroundings) {}

  /** False once it is told nothing more, though the socket may still be there. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  greet(hello: ServerFrame): void {
    this.#say(hello);
  }

  /** Takes a message of the client. What is none of ours is answered, and changes nothing. */
  received(message: unknown): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    if (typeof message === "string" && message.length > messageCharsMax) {
      this.#close(closeCode.tooBig, "message too long");
      return Promise.resolve();
    }
    if (!this.#isInTime()) return Promise.resolve();
    const frame = readClientFrame(message);
    if (frame.type === "err") this.#say(frame);
    else this.#turn = this.#turn.then(() => this.#obey(frame));
    return this.#turn;
  }

  deliver(feed: Feed, text: string): boolean {
    if (!this.#isOpen) return false;
    if (this.socket.bufferedAmount <= slowBytes) {
      this.#send(text);
      return true;
    }
    this.#channels.delete(feed.topic);
    this.#leaveBehind(feed.topic);
    return false;
  }

  /** Lets the client go if it may not watch any more, or was too slow at the last mark, and is still. */
  check(): void {
    if (!this.#isOpen) return;
    if (this.surroundings.isKnown?.() === false) {
      return this.#close(closeCode.policy, "not signed in any more");
    }
    if (!this.#isBehind) return;
    if (this.socket.bufferedAmount > slowBytes) this.#giveUp();
    this.#isBehind = false;
  }

  /** The node ends: says when to come back, to it or to another. */
  dismiss(reason: string, retryAfterMs: number): void {
    this.#say({ type: "bye", reason, retryAfterMs });
    this.#close(closeCode.goingAway, reason);
  }

  /** The socket is closed. */
  ended(): void {
    this.#isOpen = false;
    for (const channel of this.#channels.values()) channel.leave(this);
    this.#channels.clear();
  }

  async #obey(frame: ClientFrame): Promise<void> {
    const { topic } = frame;
    if (frame.type === "sub") return await this.#subscribe(topic, frame.since);
    this.#channels.get(topic)?.leave(this);
    this.#channels.delete(topic);
  }

  async #subscribe(topic: Topic, since: number | undefined): Promise<void> {
    const channel = this.surroundings.channel(topic);
    try {
      await channel.wake();
    } catch (error) {
      this.surroundings.log("error", "live.readFailed", { topic, error });
      return this.#say(errorFrame("UNAVAILABLE", `Cannot show ${topic}: it cannot be read now`));
    }
    if (!this.#isOpen) return;
    if (this.socket.bufferedAmount > slowBytes) return this.#leaveBehind(topic);
    this.#bringUpToDate(channel.feed, since);
    this.#channels.set(topic, channel);
    channel.watch(this);
  }

  #bringUpToDate(feed: Feed, since: number | undefined): void {
    const deltas = since === undefined ? null : feed.since(since);
    if (deltas === null) return this.#send(feed.snapshot());
    for (const delta of deltas) this.#send(delta);
    this.#send(feed.mark(Math.floor(this.surroundings.clock.wallNow())));
  }

  /** A client that talks too much is told so once a second, and else not listened to. */
  #isInTime(): boolean {
    const nowMs = this.surroundings.clock.now();
    if (nowMs - this.#secondBeganMs >= 1_000) {
      this.#secondBeganMs = nowMs;
      this.#messages = 0;
    }
    this.#messages++;
    if (this.#messages === messagesPerSecond + 1) {
      this.#say(errorFrame("TOO_FAST", `Cannot take more than ${messagesPerSecond} messages a second`));
    }
    return this.#messages <= messagesPerSecond;
  }

  #leaveBehind(topic: Topic): void {
    this.#isBehind = true;
    this.#say({ type: "gone", topic });
  }

  #giveUp(): void {
    this.#close(closeCode.tryAgainLater, "reader too slow");
  }

  #say(frame: ServerFrame): void {
    this.#send(JSON.stringify(frame));
  }

  #send(text: string): void {
    if (!this.#isOpen) return;
    if (this.socket.bufferedAmount > stuckBytes) return this.#giveUp();
    try {
      this.socket.send(text);
    } catch {
      // It is closing; that it is closed will be heard of.
      this.ended();
    }
  }

  #close(code: number, reason: string): void {
    this.ended();
    this.socket.close(code, reason);
  }
}
