import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { clientFrame, type ServerFrame } from "../../../core/live/frames.ts";
import { topics } from "../../../core/live/topics.ts";
import { FakeSocket, TestHub } from "../../transport/live/fake_socket.ts";
import { brokenJson, hostileBytes, hostileJson, hostileText } from "../hostile.ts";
import { type FuzzProperty, trialsOf } from "../property.ts";
import { fitting, nearlyFitting } from "../schema_arbitrary.ts";

const frame = fc.oneof(
  { weight: 3, arbitrary: fitting(clientFrame) },
  nearlyFitting(clientFrame),
  hostileJson,
);
const text = frame.map((json) => JSON.stringify(json));
const message: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  brokenJson(frame),
  hostileText,
  hostileBytes.map((bytes) => bytes.buffer),
  fc.constant("x".repeat(64 * 1024 + 1)),
);

/** What a client does at its socket: says something, stops reading, lets time pass. */
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ say: message }) },
  fc.record({ unread: fc.constantFrom(0, 600 * 1024, 2 * 1024 * 1024) }),
  fc.record({ waitMs: fc.constantFrom(250, 1_000, 10_000) }),
);

/** Codes under which a node ends a session: too long a message, and a reader too slow. */
const closings = ["1009 message too long", "1013 reader too slow"];
/** What one message, or one turn, can bring: what is new of each topic, and a word. */
const framesMax = 2 * (topics.length + 1) * 41;

export const live: FuzzProperty = {
  name: "live",
  summary: "any message at the WebSocket gets frames of ours, few of them, and disturbs nobody else",
  share: 8,
  roundMax: 500,
  isStateful: true,
  open: () => {
    const target = new TestHub();
    const witness = target.connect();
    return Promise.resolve(trialsOf(fc.array(act, { maxLength: 12 }), async (acts) => {
      const client = target.connect();
      for (const { say, unread, waitMs } of acts as Partial<Act>[]) {
        if (say !== undefined) await client.session.received(say);
        if (unread !== undefined) client.socket.bufferedAmount = unread;
        if (waitMs !== undefined) await target.time.advance(waitMs);
      }
      assertWellServed(client.socket);
      client.leave();
      await assertServed(target, witness);
    }));
  },
};

interface Act {
  readonly say: unknown;
  readonly unread: number;
  readonly waitMs: number;
}

function assertWellServed({ closings: codes, frames }: FakeSocket): void {
  assert(codes.length <= 1 && codes.every((code) => closings.includes(code)), codes.join());
  assert(frames.length <= framesMax, `${frames.length} frames`);
  assertEquals(frames[0]?.type, "hello");
}

/** Somebody who behaves is still answered: this is the same hub, and it holds nothing of those who have gone. */
async function assertServed(target: TestHub, witness: ReturnType<TestHub["connect"]>): Promise<void> {
  await target.time.advance(1_000);
  witness.socket.taken();
  await witness.say({ type: "sub", topic: topics[0] });
  const answered = witness.socket.taken().map(({ type }: ServerFrame) => type);
  assertEquals([answered.includes("snap"), target.hub.size], [true, 1]);
  await witness.say({ type: "unsub", topic: topics[0] });
}
