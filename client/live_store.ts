import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Topic } from "../core/live/topics.ts";
import type { Fetch } from "./exchange.ts";
import { LiveFeed, type LiveFeedPorts } from "./live_feed.ts";
import { LiveQuestions } from "./live_questions.ts";
import type { LiveConnection, LiveStore, LiveTopic } from "./live_types.ts";
import { openWire } from "./live_wire.ts";
import { isSignedOut, ownFetch } from "./page_session.ts";
import { realTiming, type Timing } from "./timing.ts";

export interface LiveStoreOptions {
  /** Origin of the node. */
  readonly url: string;
  readonly timing?: Timing;
  readonly wallNow?: () => number;
  readonly fetch?: Fetch;
  readonly open?: (
    url: string,
    listener: Parameters<LiveFeedPorts["open"]>[0],
  ) => ReturnType<LiveFeedPorts["open"]>;
}

const stores = new Map<string, LiveStore>();

/**
 * The news of the node that serves this page; one socket, however many ask for it.
 *
 * On the server, where a page is made once and watches nothing, it is a store that stays empty.
 */
export function liveStore(url?: string): LiveStore {
  if (!("document" in globalThis)) return emptyStore();
  const origin = new URL(url ?? location.origin).origin;
  let store = stores.get(origin);
  if (store === undefined) {
    const made = new SignalStore({ url: origin });
    wakeWithPage(() => made.retryNow());
    stores.set(origin, store = made);
  }
  return store;
}

/** A store of its own, to be closed by who opened it: for programs and tests. */
export function openLiveStore(options: LiveStoreOptions): LiveStore & { close(): void } {
  return new SignalStore(options);
}

class SignalStore implements LiveStore {
  readonly #topics = new Map<Topic, Signal<LiveTopic<Topic>>>();
  readonly #connection = signal<LiveConnection>({ kind: "stopped" });
  readonly #feed: LiveFeed;

  constructor(options: LiveStoreOptions) {
    const { url, open = openWire, timing = realTiming, wallNow = () => Date.now() } = options;
    const fetch = options.fetch ?? ownFetch;
    const questions = new LiveQuestions({ url, timing, wallNow, fetch });
    this.#feed = new LiveFeed({
      timing,
      wallNow,
      open: (listener) => open(url, listener),
      ask: (topic) => questions.ask(topic),
      isSignedOut: () => isSignedOut(url, fetch),
      onTopic: (topic, live) => {
        this.#signalOf(topic).value = live;
      },
      onConnection: (connection) => {
        this.#connection.value = connection;
      },
    });
  }

  get connection(): ReadonlySignal<LiveConnection> {
    return this.#connection;
  }

  topic<T extends Topic>(topic: T): ReadonlySignal<LiveTopic<T>> {
    return this.#signalOf(topic) as ReadonlySignal<LiveTopic<Topic>> as ReadonlySignal<LiveTopic<T>>;
  }

  retryNow(): void {
    this.#feed.wake();
  }

  pause(): void {
    this.#feed.pause();
  }

  resume(): void {
    this.#feed.resume();
  }

  close(): void {
    this.#feed.close();
  }

  #signalOf(topic: Topic): Signal<LiveTopic<Topic>> {
    let known = this.#topics.get(topic);
    if (known === undefined) {
      const watch = new Watch(() => this.#feed.watch(topic));
      known = signal<LiveTopic<Topic>>(unheardTopic, {
        watched: () => watch.set(true),
        unwatched: () => watch.set(false),
      });
      this.#topics.set(topic, known);
    }
    return known;
  }
}

const unheardTopic = { data: null, heardAtMs: null } as const;

/** Begins and ends after the page has been rendered: a signal must not change while one is being read. */
class Watch {
  #isWanted = false;
  #end: (() => void) | null = null;

  constructor(readonly begin: () => () => void) {}

  set(isWanted: boolean): void {
    this.#isWanted = isWanted;
    queueMicrotask(() => this.#settle());
  }

  #settle(): void {
    if (this.#isWanted === (this.#end !== null)) return;
    if (this.#end === null) {
      this.#end = this.begin();
    } else {
      this.#end();
      this.#end = null;
    }
  }
}

/** A page that comes back, from behind another or from a dead network, does not wait for its turn. */
function wakeWithPage(wake: () => void): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
}

function emptyStore(): LiveStore {
  return {
    connection: signal<LiveConnection>({ kind: "connecting" }),
    topic: <T extends Topic>() => signal<LiveTopic<T>>(unheardTopic),
    retryNow() {},
    pause() {},
    resume() {},
  };
}
