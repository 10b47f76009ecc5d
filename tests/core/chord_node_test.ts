import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChordNode } from "../../core/chord_node.ts";
import { ChordError, errorCode, WrongRingError } from "../../core/errors.ts";
import type { SimHost } from "../../sim/world.ts";
import { SmallWorld } from "./small_world.ts";

Deno.test("ChordNode.start() founds a ring, joins one, or resumes, and says which", async () => {
  const small = new SmallWorld();
  const [first, second] = [small.world.addHost(), small.world.addHost()];
  small.launch(first);
  await small.advance(3_000);
  small.world.launch(second, [first.ref.url]);
  await small.advance(10_000);
  small.assertIdeal();
  small.world.crash(first);
  small.world.crash(second);
  for (const host of [second, first]) small.world.launch(host);
  await small.advance(20_000);
  assertEquals(
    small.ring.map(({ incarnation }) => incarnation),
    [2, 2],
    "without a bootstrap: one ring again",
  );
  small.assertIdeal();
  small.assertKept();
});

Deno.test("ChordNode: all of a ring killed and started again is the same ring with the same keys", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(40);
  const hosts = small.hostsOfRing();
  for (const host of hosts) small.world.crash(host);
  await small.advance(60_000);
  for (const host of hosts) small.world.launch(host);
  await small.advance(30_000);
  assertEquals(small.ring.length, 5);
  small.assertIdeal();
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.open() refuses the data of another node", async () => {
  const small = await SmallWorld.ideal(2);
  const [host] = small.hostsOfRing();
  const node = host?.life?.node ?? null;
  assert(host !== undefined && node !== null);
  const other = { ...host.ref, url: "http://other" };
  await assertRejects(() => ChordNode.open(other, node.config, node.ports), WrongRingError, "on the data of");
});

Deno.test("ChordNode.stop() ends all that it does, at once", async () => {
  const small = await SmallWorld.ideal(1);
  const [lone] = small.ring;
  lone?.stop();
  const { events } = small.world.scheduler;
  await small.advance(60_000);
  assert(small.world.scheduler.events - events < 10, "what was planned is cancelled");
});

Deno.test("ChordNode.stop() during a join ends that too", async () => {
  const small = new SmallWorld();
  const host = small.world.addHost();
  small.world.launch(host, ["http://nobody"]);
  await small.advance(1_000);
  host.life?.node?.stop();
  await small.advance(60_000);
  const { events } = small.world.scheduler;
  await small.advance(60_000);
  assertEquals(small.world.scheduler.events, events);
});

Deno.test("ChordNode.callPeer() and knownPeer() include the node itself", async () => {
  const small = await SmallWorld.ideal(2);
  const [node, other] = small.ring as [ChordNode, ChordNode];
  const context = { timeoutMs: 500 };
  for (const peer of [node.self, other.self]) {
    assertEquals(node.knownPeer(peer.id), peer);
    assertEquals((await small.run(node.callPeer(peer, "chord.ping", {}, context))).id, peer.id);
  }
  assertEquals(node.knownPeer(small.world.space.hashId("nobody")), null);
  const hops = node.lookup(other.self.id, context);
  assertEquals((await hops.next()).value, {
    owner: other.self,
    successors: [],
    namedBy: node.self,
    hops: 0,
  });
});

Deno.test("ChordNode: while one of three keepers is away, everything stays readable and writable", async () => {
  for (const count of [3, 5]) {
    const small = await SmallWorld.ideal(count);
    const keys = await small.fill(20);
    small.world.crash(small.host(1));
    for (let round = 0; round < 4; round++) {
      for (const key of keys) {
        await small.put(small.ring[round % (count - 1)] as ChordNode, key, key);
      }
      await small.assertAllReadable(keys);
      await small.advance(2_000);
    }
  }
});

Deno.test("ChordNode: while two of three keepers are away nobody can tell, and nobody says that a key is absent", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(40);
  const away = [small.host(1), small.host(2)];
  const ids = away.map(({ ref }) => ref.id);
  const theirs = keys.filter((key) =>
    small.keepersOf(key).filter(({ self }) => ids.includes(self.id)).length === 2
  );
  for (const host of away) small.world.crash(host);
  for (const waitMs of [0, 2_000, 4_000, 30_000]) {
    await small.advance(waitMs);
    for (const via of small.ring) {
      for (const key of theirs.slice(0, 2)) {
        const { data } = await assertRejects(
          () => small.get(via, key),
          ChordError,
          "Cannot tell",
          `${waitMs}`,
        );
        assertEquals(data.reason, "uncertain", "a 503");
        const put = await assertRejects(() => small.put(via, key, "new"), ChordError, "", `${waitMs}`);
        assertEquals([put.code, put.data.reason], [errorCode.unavailable, "quorum"]);
      }
    }
  }
  await small.assertAllReadable(keys.filter((key) => !theirs.includes(key)));
});

Deno.test("ChordNode: what two lost keepers had is back as soon as one of them is", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(30);
  const away = [small.host(1), small.host(2)];
  for (const host of away) small.world.crash(host);
  await small.advance(30_000);
  small.world.launch(away[0] as SimHost);
  await small.advance(20_000);
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode: a key rewritten while one of its keepers is away stays as it was rewritten", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(20);
  const away = small.host(2);
  small.world.crash(away);
  await small.advance(30_000);
  const via = small.ring[0] as ChordNode;
  for (const key of keys) await small.put(via, key, "new");
  small.world.launch(away);
  for (let round = 0; round < 3; round++) {
    for (const key of keys) {
      for (const node of small.ring) assertEquals(await small.valueOf(node, key), "new", key);
    }
    await small.advance(10_000);
  }
  small.assertKept();
});

Deno.test("ChordNode: a node that comes back with a slow clock makes no version below those that it made before", async () => {
  for (const waitMs of [0, 300, 700, 900, 1_000, 1_100, 5_000]) {
    const small = await SmallWorld.ideal(1);
    const host = small.host(0);
    await small.advance(waitMs);
    const { version } = await small.put(small.ring[0] as ChordNode, "k", "v");
    small.world.crash(host);
    small.world.skew(host, -30_000);
    small.world.launch(host);
    await small.advance(100);
    const later = await small.put(small.ring[0] as ChordNode, "other", "v");
    assert(later.version > version, `${later.version} after ${version}, ${waitMs} ms on`);
  }
});
