import { assert, assertEquals, assertRejects } from "@std/assert";
import { DeadlineError, PeerUnreachableError } from "../../core/errors.ts";
import type { MethodName } from "../../core/protocol.ts";
import { SimLife } from "../../sim/sim_life.ts";
import type { NetworkOptions } from "../../sim/sim_network.ts";
import { type SimHost, World } from "../../sim/world.ts";

const clear: NetworkOptions = { latencyMsMin: 1, latencyMsMax: 1, loss: 0 };

/** Three members, and a caller whom nobody knows. */
class Stage {
  readonly world = new World(1, { partitions: 4, successors: 2, bits: 32 }, clear);
  readonly caller = new SimLife({ ...this.world.addHost().ref, url: "http://caller" });

  static async set(): Promise<Stage> {
    const stage = new Stage();
    const [spare] = stage.world.hosts as [SimHost];
    stage.world.removeHost(spare);
    await stage.world.startIdeal(3);
    await stage.pass(3_000);
    return stage;
  }

  get host(): SimHost {
    return this.world.hosts[0] as SimHost;
  }

  async pass(ms: number): Promise<void> {
    await this.world.scheduler.runUntil(this.world.scheduler.nowMs + ms);
  }

  /** Calls the first host and gives a promise of how it ends. */
  ping(timeoutMs = 500): Promise<unknown> {
    const call = this.world.network.transportOf(this.caller).call(this.host.ref, "chord.ping", {}, timeoutMs);
    call.catch(() => undefined);
    return call;
  }

  /** Counts what the first host is asked from now on. */
  countHandled(method: MethodName): { count: number } {
    const handled = { count: 0 };
    const life = this.host.life as SimLife;
    const { handle } = life;
    life.handle = async (name, params, context) => {
      if (name === method) handled.count++;
      return await handle(name, params, context);
    };
    return handled;
  }
}

Deno.test("a paused node does nothing at all, and everything at once when it goes on", async () => {
  const stage = await Stage.set();
  const { host, world } = stage;
  const handled = stage.countHandled("chord.ping");
  world.pause(host);
  const [early, late] = [stage.ping(), stage.ping(60_000)];
  await stage.pass(10_000);
  assertEquals(handled.count, 0);
  await assertRejects(() => early, DeadlineError);
  world.resume(host);
  await stage.pass(10);
  assert(handled.count >= 2, `${handled.count} requests were waiting`);
  await late;
});

Deno.test("a node that is killed in its pause never wakes up", async () => {
  const stage = await Stage.set();
  const handled = stage.countHandled("chord.ping");
  stage.world.pause(stage.host);
  void stage.ping();
  await stage.pass(100);
  stage.world.crash(stage.host);
  stage.world.resume(stage.host);
  await stage.pass(100);
  assertEquals(handled.count, 0);
});

Deno.test("a timer that was cancelled by what ran before it does not fire after the pause", async () => {
  const { host, world } = await Stage.set();
  const clock = host.life?.node?.ports.clock;
  assert(clock !== undefined);
  const fired: string[] = [];
  clock.after(10, () => {
    fired.push("first");
    cancel();
  });
  const cancel = clock.after(20, () => fired.push("second"));
  world.pause(host);
  await world.scheduler.runUntil(world.scheduler.nowMs + 100);
  world.resume(host);
  await world.scheduler.runUntil(world.scheduler.nowMs + 1);
  assertEquals(fired, ["first"]);
});

Deno.test("calls across a partition time out, whether the node there lives or not; a dead one near by refuses", async () => {
  const stage = await Stage.set();
  const { host, world } = stage;
  const caller = { ...host, ref: stage.caller.ref };
  const heal = world.partition([caller], [host]);
  await Promise.all([assertRejects(() => stage.ping(), DeadlineError), stage.pass(600)]);
  world.crash(host);
  await Promise.all([assertRejects(() => stage.ping(), DeadlineError), stage.pass(600)]);
  heal();
  await Promise.all([assertRejects(() => stage.ping(), PeerUnreachableError), stage.pass(600)]);
});

Deno.test("a cut one way lets the request have its effect and swallows the answer, or the other way round", async () => {
  for (const isAnswerCut of [true, false]) {
    const stage = await Stage.set();
    const { host, world } = stage;
    const handled = stage.countHandled("chord.ping");
    const caller = { ...host, ref: stage.caller.ref };
    const sides: [SimHost[], SimHost[]] = isAnswerCut ? [[host], [caller]] : [[caller], [host]];
    world.partition(...sides, { oneWay: true });
    const before = handled.count;
    const ping = stage.ping(100);
    await Promise.all([assertRejects(() => ping, DeadlineError), stage.pass(110)]);
    assertEquals(handled.count > before, isAnswerCut);
    assertEquals(world.faults.hits[isAnswerCut ? "cutReply" : "cutRequest"] > 0, true);
  }
});

Deno.test("lost requests do nothing, lost answers have happened, repeats happen again", async () => {
  const rows: [options: Partial<NetworkOptions>, handled: number, isAnswered: boolean][] = [
    [{ loss: 1 }, 0, false],
    [{ replyLoss: 1 }, 1, false],
    [{ repeats: 1, repeatMsMax: 50 }, 2, true],
    [{ delays: 1, delayMsMax: 5 }, 1, true],
  ];
  for (const [options, times, isAnswered] of rows) {
    const stage = await Stage.set();
    for (const other of stage.world.hosts.slice(1)) stage.world.pause(other);
    await stage.pass(5_000);
    const handled = stage.countHandled("chord.ping");
    stage.world.network.options = { ...clear, ...options };
    const ping = stage.ping(100).then(() => true, () => false);
    await stage.pass(110);
    assertEquals([handled.count, await ping], [times, isAnswered], JSON.stringify(options));
  }
});

Deno.test("what was refused is not repeated: its sender counts on it", async () => {
  const stage = await Stage.set();
  for (const other of stage.world.hosts.slice(1)) stage.world.pause(other);
  await stage.pass(5_000);
  const handled = stage.countHandled("kv.get");
  stage.world.network.options = { ...clear, repeats: 1, repeatMsMax: 1_000 };
  const { network: { random } } = stage.world;
  random.next = () => 0.999;
  const call = stage.world.network.transportOf(stage.caller)
    .call(stage.host.ref, "kv.get", { key: "", forwarded: true }, 500);
  await Promise.all([assertRejects(() => call), stage.pass(2_000)]);
  assertEquals(handled.count, 1);
});

Deno.test("a slow host answers ten times as late", async () => {
  const stage = await Stage.set();
  stage.world.network.links.slow(stage.host.ref.url, 10);
  let isAnswered = false;
  stage.ping().then(() => void (isAnswered = true));
  await stage.pass(19);
  assertEquals(isAnswered, false);
  await stage.pass(2);
  assertEquals(isAnswered, true);
});

Deno.test("a wall clock that is off changes the time of day, not the passing of time", async () => {
  const { host, world } = await Stage.set();
  const clock = host.life?.node?.ports.clock;
  const nowMs = clock?.now();
  world.skew(host, 250);
  assertEquals([clock?.now(), clock?.wallNow()], [nowMs, world.wallNow() + 250]);
});

Deno.test("a host that lost its disk comes back as another replica, and is filled again", async () => {
  const { host, world } = await Stage.set();
  const before = host.life?.node?.disk;
  world.loseDisk(host);
  world.launch(host, world.hosts.slice(1).map(({ ref }) => ref.url));
  await world.scheduler.runUntil(world.scheduler.nowMs + 30_000);
  const node = host.life?.node;
  assert(node !== null && node !== undefined && node.disk !== before);
  assertEquals(node.notReadyReason(), null);
});

Deno.test("a node that cannot start on a full disk is started again until it can", async () => {
  const { host, world } = await Stage.set();
  world.crash(host);
  host.disk.store.isFull = true;
  world.launch(host);
  await world.scheduler.runUntil(world.scheduler.nowMs + 10_000);
  assertEquals([world.members.length, world.crashes], [2, []]);
  host.disk.store.isFull = false;
  await world.scheduler.runUntil(world.scheduler.nowMs + 10_000);
  assertEquals([world.members.length, world.crashes], [3, []]);
});
