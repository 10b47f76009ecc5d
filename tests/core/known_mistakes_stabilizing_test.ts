import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { at, idsOf, node, nodes } from "./circle.ts";
import { MemberFixture } from "./ring/scripted_peers.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): how pointers are kept true. */

Deno.test("mistake 17: the successor's predecessor is asked before it is adopted", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80 c0").up("20", "e0", "40").down("50");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 60 80 c0", "a dead pointer does not spread");
});

Deno.test("mistake 18: a dead predecessor is found out and replaced, but never just forgotten", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  await fixture.bury("20");
  fixture.peers.up("60", "40", "10 20").up("10", "60", "40 60");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.member.state.predecessor, node("20"), "or its arc would be the whole ring");
  await fixture.maintenance.notified(node("10"), "predecessor");
  assertEquals(
    fixture.member.state.predecessor,
    node("10"),
    "a candidate behind the dead one is not turned away",
  );
});

Deno.test("mistake 19: of several notifies that wait the closest is judged, not the last", async () => {
  for (const order of ["30 38 28", "38 30 28", "28 30 38"]) {
    const fixture = MemberFixture.member("20", "40", "60");
    for (const hex of ["28", "30", "38"]) fixture.peers.up(hex, "20", "40");
    let letGo = () => {};
    const busy = fixture.member.turn.take(() => new Promise<void>((resolve) => void (letGo = resolve)));
    const notifies = nodes(order).map((candidate) => fixture.maintenance.notified(candidate, "predecessor"));
    await fixture.settle();
    letGo();
    await Promise.all([busy, ...notifies]);
    assertEquals(fixture.pointers, "38 > 40 > 60", order);
    assertEquals(fixture.peers.callsOf("chord.neighbors"), ["38"], "nobody else was asked");
  }
});

Deno.test("mistake 20: two neighbours die together, and the lists are whole again", async () => {
  const small = await SmallWorld.ideal(8, { successors: 3 });
  for (const host of [small.host(3), small.host(4)]) small.world.crash(host);
  await small.advance(30_000);
  small.assertIdeal();
  for (const host of [small.host(1), small.host(2)]) small.world.crash(host);
  await small.advance(30_000);
  assertEquals(small.ring.length, 4);
  small.assertIdeal();
});

Deno.test("mistake 21: in a ring smaller than its lists nobody is listed twice, nor its own successor", async () => {
  for (const count of [1, 2, 3, 5]) {
    const small = new SmallWorld({ successors: 8 });
    for (let i = 0; i < count; i++) {
      small.launch(small.world.addHost());
      await small.advance(4_000);
    }
    await small.advance(15_000);
    for (const [i, { member: { state } }] of small.ring.entries()) {
      const others = Array.from({ length: count - 1 }, (_, n) => small.ring[(i + 1 + n) % count]?.self.id);
      assertEquals(state.successors.map(({ id }) => id), others, `${count} nodes`);
    }
  }
});

Deno.test("mistake 23: what a node answers during its own stabilize is a state, never half of one", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80 c0").up("50", "20", "60 80").up("20", "e0", "40");
  const before = fixture.pointers;
  fixture.peers.hold();
  const round = fixture.maintenance.stabilize();
  const seen = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await fixture.settle();
    const { predecessor, successors } = fixture.member.neighbors();
    seen.add(`${predecessor?.id} > 40 > ${idsOf(successors)}`);
    fixture.peers.letGo();
    fixture.peers.hold();
  }
  fixture.peers.letGo();
  await round;
  assertEquals([...seen], [before, "20 > 40 > 60 80 c0", "20 > 40 > 50 60 80"]);
});

Deno.test("mistake 23: one ring operation at a time; a notify during stabilize is judged after it", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "40", "80").up("20", "e0", "40").up("30", "20", "40");
  fixture.peers.hold();
  const round = fixture.maintenance.stabilize();
  const notify = fixture.maintenance.notified(node("30"), "predecessor");
  await fixture.settle();
  assertEquals(fixture.peers.calls, ["chord.neighbors 60"], "30 waits for its turn");
  fixture.peers.letGo();
  await Promise.all([round, notify]);
  assertEquals(fixture.pointers, "30 > 40 > 60 80");
});

Deno.test("mistake 24: a peer that hangs for ever holds up no round for longer than an attempt", async () => {
  const small = await SmallWorld.ideal(4);
  const { network, scheduler } = small.world;
  const watched = small.ring[0] as ChordNode;
  network.options = { ...network.options, loss: 1 };
  let rounds = 0;
  const { call } = watched.member.peers;
  watched.member.peers.call = (peer, method, ...rest) => {
    if (method === "chord.neighbors" || method === "chord.ping") rounds++;
    return call.call(watched.member.peers, peer, method, ...rest) as never;
  };
  const beganMs = scheduler.nowMs;
  await small.advance(4_000);
  assert(rounds >= 4, `${rounds} questions in ${scheduler.nowMs - beganMs} ms`);
  network.options = { ...network.options, loss: 0 };
  await small.advance(30_000);
  small.assertIdeal();
});

Deno.test("mistake 25: one lost message is no suspicion, and slow is not refused", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  const { peers } = fixture.member;
  await peers.isMember(node("60"));
  assertEquals(peers.isUsable(at("60")), true, "one miss");
  fixture.peers.down("80");
  await peers.isMember(node("80"));
  assertEquals(
    [peers.health(at("80")), peers.isGone(at("80"))],
    ["suspect", false],
    "refused, and it may be restarting",
  );
});
