import { LiveFeed, type Wire, type WireListener } from "../../client/live_feed.ts";
import type { LiveConnection } from "../../client/live_types.ts";
import type { ServerFrame } from "../../core/live/frames.ts";
import type { Topic, TopicData } from "../../core/live/topics.ts";
import { nodeAt } from "../transport/fake_node.ts";
import { VirtualTime } from "../core/virtual_time.ts";

/** A socket whose other side is the test. */
export class FakeWire implements Wire {
  /** What the page said, without the quotes that JSON has. */
  readonly said: string[] = [];
  isClosed = false;

  constructor(readonly listener: WireListener) {}

  send(text: string): void {
    if (this.isClosed) throw new Error("Nobody writes to a socket that he closed");
    this.said.push(text.replaceAll('"', ""));
  }

  close(): void {
    this.isClosed = true;
  }

  say(frame: ServerFrame): void {
    this.listener.received(JSON.stringify(frame));
  }

  greet(): void {
    this.say({ type: "hello", node: nodeAt(8440), incarnation: 1, serverTimeMs: 1, version: "0.1.0" });
  }
}

/** A feed in virtual time, with all that it dials, asks and shows. */
export class FedPage {
  readonly time = new VirtualTime();
  readonly wires: FakeWire[] = [];
  readonly connections: LiveConnection[] = [];
  readonly shown: { topic: Topic; data: unknown; heardAtMs: number | null }[] = [];
  readonly asked: Topic[] = [];
  /** Whether the node does not know any more who asks. */
  isSignedOut = false;
  /** What REST says, now or later; null: nothing. */
  answer: TopicData<Topic> | Promise<TopicData<Topic>> | null = null;
  readonly feed: LiveFeed;

  /** @param earlyMs by how much timers fire too early, as those of browsers may. */
  constructor(earlyMs = 0) {
    const { clock } = this.time;
    const after = (ms: number, callback: () => void) =>
      clock.after(ms > earlyMs ? ms - earlyMs : ms, callback);
    this.feed = new LiveFeed({
      isSignedOut: () => Promise.resolve(this.isSignedOut),
      timing: { now: clock.now, sleep: clock.sleep, after, random: () => 0 },
      wallNow: clock.wallNow,
      open: (listener) => {
        const wire = new FakeWire(listener);
        this.wires.push(wire);
        return wire;
      },
      ask: <T extends Topic>(topic: T) => {
        this.asked.push(topic);
        const { answer } = this;
        return answer === null
          ? Promise.reject(new Error("no answer"))
          : Promise.resolve(answer as TopicData<T>);
      },
      onTopic: (topic, { data, heardAtMs }) => void this.shown.push({ topic, data, heardAtMs }),
      onConnection: (connection) => void this.connections.push(connection),
    });
  }

  /** The socket dialled last. */
  get wire(): FakeWire {
    const wire = this.wires.at(-1);
    if (wire === undefined) throw new Error("No socket was dialled");
    return wire;
  }

  get connection(): LiveConnection | undefined {
    return this.connections.at(-1);
  }

  /** Refuses the dial that is under way, or the next one, so many times. */
  async refuse(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      while (this.wire.isClosed) await this.time.advance(50);
      this.wire.listener.ended();
    }
    await this.time.advance(0);
  }
}
