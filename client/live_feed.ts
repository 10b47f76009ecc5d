import {
  type ClientFrame,
  type LiveErrorCode,
  readServerFrame,
  type ServerFrame,
} from "../core/live/frames.ts";
import type { Topic, TopicData } from "../core/live/topics.ts";
import { hear, type Hearing, type TopicFrame, unheard } from "./live_hearing.ts";
import { dueAtMs, hasToPoll, idle, type Link, type LinkEvent, nextLink } from "./live_link.ts";
import { Poller } from "./live_poller.ts";
import type { LiveConnection, LiveTopic } from "./live_types.ts";
import type { Timing } from "./timing.ts";

/** A socket as it was opened. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireListener {
  received(message: unknown): void;
  /** It failed, or was closed by the other side. */
  ended(): void;
}

export interface LiveFeedPorts {
  readonly timing: Timing;
  readonly wallNow: () => number;
  /** Never calls back before it has returned, and never throws. */
  readonly open: (listener: WireListener) => Wire;
  /** Asks for a topic over REST; rejects when there is no answer. */
  readonly ask: <T extends Topic>(topic: T) => Promise<TopicData<T>>;
  /** After a socket was lost: whether that is because the node does not know any more who asks. */
  readonly isSignedOut: () => Promise<boolean>;
  readonly onTopic: <T extends Topic>(topic: T, live: LiveTopic<T>) => void;
  readonly onConnection: (connection: LiveConnection) => void;
}

/** Between the rounds of asking, while the socket does not come about. */
export const pollEveryMs = 5_000;
/** A part of a page that is made anew lets go of its topic for a moment only. */
export const lingerMs = 1_000;
/** After the node said that it cannot. */
const askAgainMs = 2_000;

/** A topic while it is watched, and for a moment after. */
interface Subscription {
  watchers: number;
  hearing: Hearing<Topic>;
  /** The node has not said yet where the topic stands. */
  isPending: boolean;
  stopLingering: () => void;
}

/** What a page watches, over one socket. It says what there is to say, and leaves showing it to others. */
export class LiveFeed {
  readonly #subscriptions = new Map<Topic, Subscription>();
  /** What was heard of topics that nobody watches now: old, but better than nothing for who comes back. */
  readonly #kept = new Map<Topic, Hearing<Topic>>();
  readonly #poller: Poller;
  #link: Link = idle;
  #wire: Wire | null = null;
  #hasBeenLive = false;
  #isPaused = false;
  #cancelDue = () => {};
  #cancelAskAgain = () => {};

  constructor(readonly ports: LiveFeedPorts) {
    this.#poller = new Poller(ports.timing, pollEveryMs, () => this.#askRound());
  }

  /** Hears of the topic until the returned function is called. */
  watch(topic: Topic): () => void {
    const subscription = this.#subscriptions.get(topic) ?? this.#begin(topic);
    subscription.stopLingering();
    subscription.watchers++;
    if (!this.#isPaused) this.#step({ kind: "wanted" });
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      if (--subscription.watchers > 0 || this.#subscriptions.get(topic) !== subscription) return;
      subscription.stopLingering = this.ports.timing.after(lingerMs, () => this.#end(topic));
    };
  }

  /** Somebody looks, or the network is back: now is the time to try. */
  wake(): void {
    this.#step({ kind: "woken" });
  }

  pause(): void {
    this.#isPaused = true;
    this.#step({ kind: "unwanted" });
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#subscriptions.size > 0) this.#step({ kind: "wanted" });
  }

  /** Lets everything go, at once. */
  close(): void {
    for (const { stopLingering } of this.#subscriptions.values()) stopLingering();
    this.#subscriptions.clear();
    this.#step({ kind: "unwanted" });
  }

  #begin(topic: Topic): Subscription {
    const hearing = this.#kept.get(topic) ?? unheard;
    const subscription = { watchers: 0, hearing, isPending: true, stopLingering: () => {} };
    this.#subscriptions.set(topic, subscription);
    this.#kept.delete(topic);
    if (this.#link.kind === "open") this.#subscribe(topic, subscription);
    return subscription;
  }

  #end(topic: Topic): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription === undefined) return;
    this.#subscriptions.delete(topic);
    this.#kept.set(topic, subscription.hearing);
    this.#send({ type: "unsub", topic });
    if (this.#subscriptions.size === 0) this.#step({ kind: "unwanted" });
  }

  /** All that happens to the socket goes through here. */
  #step(event: LinkEvent): void {
    const { timing } = this.ports;
    const before = this.#link;
    this.#link = nextLink(before, event, { nowMs: timing.now(), chance: timing.random() });
    // Timers of browsers may fire a little early: then there is nothing to do yet, but there will be.
    if (this.#link !== before || event.kind === "time") this.#plan();
    if (this.#link === before) return;
    if (this.#link.kind === "open") {
      if (before.kind === "open") return;
      this.#hasBeenLive = true;
      for (const [topic, subscription] of this.#subscriptions) this.#subscribe(topic, subscription);
    } else {
      this.#hangUp();
      if (this.#link.kind === "opening") this.#dial();
    }
    if (hasToPoll(this.#link)) this.#poller.start();
    else this.#poller.stop();
    this.ports.onConnection(this.#connection());
  }

  #plan(): void {
    this.#cancelDue();
    const atMs = dueAtMs(this.#link);
    if (atMs === null) return;
    this.#cancelDue = this.ports.timing.after(
      Math.max(0, Math.ceil(atMs - this.ports.timing.now())),
      () => this.#step({ kind: "time" }),
    );
  }

  #dial(): void {
    const isCurrent = () => this.#wire === wire;
    const wire: Wire = this.ports.open({
      received: (message) => {
        if (isCurrent()) this.#received(message);
      },
      ended: () => {
        if (isCurrent()) this.#lost({ kind: "lost" });
      },
    });
    this.#wire = wire;
  }

  #lost(event: Extract<LinkEvent, { kind: "lost" }>): void {
    this.#step(event);
    const link = this.#link;
    void this.ports.isSignedOut().then((isSo) => {
      if (isSo && this.#link === link) this.#step({ kind: "refused" });
    });
  }

  #hangUp(): void {
    this.#cancelAskAgain();
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
  }

  #received(message: unknown): void {
    const frame = readServerFrame(message);
    if (frame === null) return;
    if (frame.type === "bye") return this.#lost({ kind: "lost", retryAfterMs: frame.retryAfterMs });
    this.#step({ kind: "heard" });
    this.#take(frame);
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "hello" || frame.type === "bye") return;
    if (frame.type === "err") return this.#askAgainLater(frame.code);
    const subscription = this.#subscriptions.get(frame.topic);
    if (subscription === undefined) return;
    if (frame.type !== "gone") return this.#hear(frame, subscription);
    subscription.hearing = { ...subscription.hearing, version: null };
    this.#subscribe(frame.topic, subscription);
  }

  #hear(frame: TopicFrame, subscription: Subscription): void {
    const { topic } = frame;
    const { hearing, isLost } = hear(topic, subscription.hearing, frame, this.ports.wallNow());
    // One question is enough: what was on its way before the answer does not fit either.
    if (isLost && !subscription.isPending) return this.#subscribe(topic, subscription);
    if (hearing === subscription.hearing) return;
    subscription.hearing = hearing;
    subscription.isPending = false;
    this.#show(topic, hearing);
  }

  #subscribe(topic: Topic, subscription: Subscription): void {
    subscription.isPending = true;
    const { version } = subscription.hearing;
    this.#send({ type: "sub", topic, ...(version === null ? {} : { since: version }) });
  }

  #askAgainLater(code: LiveErrorCode): void {
    if (code !== "UNAVAILABLE" && code !== "TOO_FAST") return;
    this.#cancelAskAgain();
    this.#cancelAskAgain = this.ports.timing.after(askAgainMs, () => {
      for (const [topic, subscription] of this.#subscriptions) {
        if (subscription.isPending) this.#subscribe(topic, subscription);
      }
    });
  }

  #send(frame: ClientFrame): void {
    if (this.#link.kind === "open") this.#wire?.send(JSON.stringify(frame));
  }

  #show(topic: Topic, { data, heardAtMs }: Hearing<Topic>): void {
    this.ports.onTopic(topic, { data, heardAtMs });
  }

  async #askRound(): Promise<void> {
    await Promise.all([...this.#subscriptions.keys()].map((topic) => this.#askFor(topic)));
  }

  async #askFor(topic: Topic): Promise<void> {
    const data = await this.ports.ask(topic).catch(() => null);
    const subscription = this.#subscriptions.get(topic);
    if (data === null || subscription === undefined || !this.#poller.isRunning) return;
    subscription.hearing = { version: null, data, heardAtMs: this.ports.wallNow() };
    this.#show(topic, subscription.hearing);
  }

  #connection(): LiveConnection {
    const link = this.#link;
    if (link.kind === "idle") return { kind: "stopped" };
    if (link.kind === "refused") return { kind: "signedOut" };
    if (link.kind === "open") return { kind: "live" };
    if (hasToPoll(link)) return { kind: "polling", everyMs: pollEveryMs };
    if (link.kind === "opening" && link.failures === 0 && !this.#hasBeenLive) return { kind: "connecting" };
    const inMs = link.kind === "waiting" ? link.atMs - this.ports.timing.now() : 0;
    return { kind: "reconnecting", atMs: Math.round(this.ports.wallNow() + inMs) };
  }
}
