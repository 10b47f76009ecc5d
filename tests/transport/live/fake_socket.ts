import { readServerFrame, type ServerFrame } from "../../../core/live/frames.ts";
import type { Topic } from "../../../core/live/topics.ts";
import { LiveHub, type LiveHubOptions } from "../../../transport/live/live_hub.ts";
import type { LiveSocket, Session } from "../../../transport/live/session.ts";
import type { Items, Source } from "../../../transport/live/source.ts";
import { VirtualTime } from "../../core/virtual_time.ts";
import { logbook, nodeAt } from "../fake_node.ts";

/** The node's side of a socket, whose client reads as the test wants. */
export class FakeSocket implements LiveSocket {
  readonly frames: ServerFrame[] = [];
  readonly closings: string[] = [];
  bufferedAmount = 0;

  send(text: string): void {
    const frame = readServerFrame(text);
    if (frame === null) throw new Error(`This is no frame: ${text}`);
    this.frames.push(frame);
  }

  close(code: number, reason: string): void {
    this.closings.push(`${code} ${reason}`);
  }

  /** What was said since the last call, without the greeting. */
  taken(): ServerFrame[] {
    return this.frames.splice(0).filter(({ type }) => type !== "hello");
  }
}

/** A source that the test writes. */
export class FakeSource implements Source {
  readonly everyMs = 250;
  items: Items = new Map();
  reads = 0;
  failure: Error | null = null;

  // deno-lint-ignore require-await -- so that a failure rejects
  async read(): Promise<Items> {
    this.reads++;
    if (this.failure !== null) throw this.failure;
    return new Map(this.items);
  }

  set(items: Readonly<Record<string, unknown>>): void {
    this.items = new Map(Object.entries(items));
  }
}

/** A hub over sources of the test, in virtual time. */
export class TestHub {
  readonly time = new VirtualTime();
  readonly book = logbook();
  readonly #sources = new Map<Topic, FakeSource>();
  readonly hub: LiveHub;

  constructor(over: Partial<LiveHubOptions> = {}) {
    this.hub = new LiveHub({
      self: nodeAt(8440),
      incarnation: 3,
      sourceOf: (topic) => this.source(topic),
      clock: this.time.clock,
      random: { next: () => 0.5 },
      log: this.book.log,
      ...over,
    });
  }

  source(topic: Topic): FakeSource {
    let source = this.#sources.get(topic);
    if (source === undefined) this.#sources.set(topic, source = new FakeSource());
    return source;
  }

  connect(): {
    socket: FakeSocket;
    session: Session;
    say: (frame: object) => Promise<void>;
    leave: () => void;
  } {
    const place = this.hub.take();
    if (place === null) throw new Error("There is no place left");
    const socket = new FakeSocket();
    const session = place.opened(socket);
    return {
      socket,
      session,
      say: (frame) => session.received(JSON.stringify(frame)),
      leave: () => place.ended(),
    };
  }

  /** Until the sources have been read once more. */
  async turn(): Promise<void> {
    await this.time.advance(250);
  }
}
