import { assertEquals } from "@std/assert";
import { DeadlineError } from "../../core/errors.ts";
import { Ticker } from "../../core/ticker.ts";
import { LogLines, VirtualTime } from "./virtual_time.ts";

/** A ticker every 1,000 ms whose task notes the time it began; the dice always show `dice`. */
function fixture(task: () => Promise<void> = () => Promise.resolve(), dice = 0.5) {
  const time = new VirtualTime();
  const log = new LogLines();
  const beganAtMs: number[] = [];
  const run = async () => {
    beganAtMs.push(time.clock.now());
    await task();
  };
  const ports = { clock: time.clock, random: { next: () => dice }, log: log.log };
  const lateMs: number[] = [];
  const ticker = new Ticker("ring", 1_000, run, ports, (ms) => lateMs.push(ms));
  return { time, log, beganAtMs, lateMs, ticker };
}

Deno.test("Ticker: does nothing before it is started and nothing after it was stopped", async () => {
  const { time, beganAtMs, ticker } = fixture();
  ticker.wake();
  await time.advance(5_000);
  assertEquals(beganAtMs, []);
  ticker.start();
  await time.advance(2_000);
  ticker.stop();
  ticker.wake();
  await time.advance(5_000);
  assertEquals(beganAtMs, [5_500, 6_500]);
});

Deno.test("Ticker: pauses vary by a fifth either way, the first one over the whole interval", async () => {
  for (
    const [dice, want] of [[0, [0, 800, 1_600]], [0.5, [500, 1_500, 2_500]], [1, [1_000, 2_200]]] as const
  ) {
    const { time, beganAtMs, ticker } = fixture(undefined, dice);
    ticker.start();
    await time.advance(2_500);
    assertEquals(beganAtMs.slice(0, 3), [...want].slice(0, 3), `dice ${dice}`);
    ticker.stop();
  }
});

Deno.test("Ticker: never runs twice at a time, the pause begins when a run has ended", async () => {
  let running = 0;
  const { time, beganAtMs, ticker } = fixture(async () => {
    running++;
    assertEquals(running, 1);
    await time.clock.sleep(3_000);
    running--;
  });
  ticker.start();
  await time.advance(9_000);
  assertEquals(beganAtMs, [500, 4_500, 8_500]);
  ticker.stop();
});

Deno.test("Ticker.wake() runs the task at once, and the next pause begins there", async () => {
  const { time, beganAtMs, ticker } = fixture();
  ticker.start();
  await time.advance(600);
  ticker.wake();
  await time.advance(1_500);
  assertEquals(beganAtMs, [500, 600, 1_600]);
  ticker.stop();
});

Deno.test("Ticker.wake() during a run gives one more run 20 ms after it, however often it is called", async () => {
  const { time, beganAtMs, ticker } = fixture(() => time.clock.sleep(100));
  ticker.start();
  await time.advance(550);
  for (let i = 0; i < 5; i++) ticker.wake();
  await time.advance(500);
  assertEquals(beganAtMs, [500, 620]);
  ticker.stop();
});

Deno.test("Ticker: a task that keeps waking itself lets others run in between", async () => {
  const { time, beganAtMs, ticker } = fixture(() => {
    ticker.wake();
    return Promise.resolve();
  });
  ticker.start();
  await time.advance(600);
  assertEquals(beganAtMs, [500, 520, 540, 560, 580, 600]);
  ticker.stop();
});

Deno.test("Ticker.stop() during a run lets it end and plans no other", async () => {
  let ended = 0;
  const { time, beganAtMs, ticker } = fixture(async () => {
    await time.clock.sleep(100);
    ended++;
  });
  ticker.start();
  await time.advance(550);
  ticker.stop();
  await time.advance(5_000);
  assertEquals([beganAtMs, ended], [[500], 1]);
});

Deno.test("Ticker: goes on after a task that throws, and tells bugs from bad weather", async () => {
  for (
    const [error, line] of [
      [new DeadlineError("stabilize"), "debug tickFailed"],
      [new TypeError("undefined is not a function"), "error tickFailed"],
    ] as const
  ) {
    const { time, log, beganAtMs, ticker } = fixture(() => Promise.reject(error));
    ticker.start();
    await time.advance(2_600);
    assertEquals(beganAtMs.length, 3);
    assertEquals(log.lines, [line, line, line]);
    ticker.stop();
  }
});

Deno.test("Ticker tells before each run how late its timer was", async () => {
  const { time, lateMs, ticker } = fixture();
  const after = time.clock.after.bind(time.clock);
  let lagMs = 0;
  Object.assign(time.clock, { after: (ms: number, run: () => void) => after(ms + lagMs, run) });
  ticker.start();
  await time.advance(600);
  assertEquals(lateMs, [0]);
  lagMs = 250;
  ticker.wake();
  await time.advance(2_500);
  assertEquals(lateMs, [0, 250, 250], "also when it was woken");
  ticker.stop();
});

Deno.test("Ticker keeps how its last run ended: how long it took, and why it failed", async () => {
  let failure: Error | null = null;
  const { time, ticker } = fixture(async () => {
    await time.clock.sleep(50);
    if (failure !== null) throw failure;
  });
  assertEquals([ticker.runs, ticker.lastRun], [0, null]);
  ticker.start();
  await time.advance(520);
  assertEquals([ticker.runs, ticker.isRunning], [0, true]);
  await time.advance(100);
  assertEquals(ticker.lastRun, { endedAtMs: 550, tookMs: 50, problem: null });
  failure = new DeadlineError("ask");
  ticker.wake();
  await time.advance(100);
  assertEquals([ticker.runs, ticker.isRunning], [2, false]);
  assertEquals(ticker.lastRun, { endedAtMs: 670, tookMs: 50, problem: failure.message });
  failure = new TypeError("a mistake of ours");
  ticker.wake();
  await time.advance(100);
  assertEquals(ticker.lastRun?.problem, "Internal error", "its words are for the log");
  ticker.stop();
});
