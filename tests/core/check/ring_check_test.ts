import { assertEquals, assertRejects } from "@std/assert";
import { checkRing, type Flaw, type RingCheck } from "../../../core/check/ring_check.ts";
import { surveyedMax } from "../../../core/check/ring_survey.ts";
import { PeerUnreachableError } from "../../../core/errors.ts";
import type { Id } from "../../../core/id.ts";
import { idsOf } from "../circle.ts";
import { ScriptedRing } from "./scripted_ring.ts";

function textOf(flaw: Flaw): string {
  const what = flaw.kind === "notReady" ? flaw.reason : `${flaw.is} for ${flaw.shouldBe}`;
  return `${flaw.node.id} ${flaw.kind}: ${what}`;
}

function flawsOf({ broken, flaws }: RingCheck): string {
  return [...broken, ...flaws.map(textOf)].join("; ");
}

Deno.test("checkRing() finds a healthy ring healthy, of any size", async () => {
  for (const hexes of ["20", "20 60", "20 60 a0", "00 20 60 a0 e0 ff"]) {
    const script = new ScriptedRing(hexes.split(" "));
    const ring = await checkRing(script.ask, script.start);
    assertEquals(flawsOf(ring), "", hexes);
    assertEquals(idsOf(ring.members), hexes);
    assertEquals(ring.members[0]?.disk, script.at(hexes.slice(0, 2)).disk);
    assertEquals([ring.isHealthy, ring.isWhole, ring.strangers], [true, true, []], hexes);
  }
});

Deno.test("checkRing() says what is wrong with a ring", async (t) => {
  const rows: [why: string, spoil: (script: ScriptedRing) => void, flaws: string][] = [
    ["a short list", (script) => script.at("20").successors.pop(), "20 successors: 60,a0 for 60,a0,e0"],
    ["a wrong predecessor", (script) => script.at("60").predecessor = "e0", "60 predecessor: e0 for 20"],
    ["an unknown predecessor", (script) => script.at("60").predecessor = null, "60 predecessor: null for 20"],
    [
      "a dead node that is still pointed at",
      (script) => script.at("a0").isSilent = true,
      "20 successors: 60,a0,e0 for 60,e0; 60 successors: a0,e0,20 for e0,20; " +
      "e0 successors: 20,60,a0 for 20,60; e0 predecessor: a0 for 60",
    ],
    [
      "a member that the ring skips",
      (script) => {
        script.at("20").successors = ["60", "e0"];
        script.at("60").successors = ["e0", "20"];
        script.at("e0").successors = ["20", "60"];
        script.at("e0").predecessor = "60";
      },
      "A8; 20 successors: 60,e0 for 60,a0,e0; 60 successors: e0,20 for a0,e0,20; " +
      "e0 successors: 20,60 for 20,60,a0; e0 predecessor: 60 for a0",
    ],
    [
      "two rings",
      (script) => {
        for (const [a, b] of [["20", "60"], ["a0", "e0"]] as const) {
          for (const [self, other] of [[a, b], [b, a]] as const) {
            Object.assign(script.at(self), { successors: [other], predecessor: other });
          }
        }
      },
      "A3; A4; A8; 20 successors: 60 for 60,a0,e0; 20 predecessor: 60 for e0; 60 successors: 20 for a0,e0,20; " +
      "a0 successors: e0 for e0,20,60; a0 predecessor: e0 for 60; e0 successors: a0 for 20,60,a0",
    ],
    ["other partitions", (script) => script.at("a0").info = { partitions: 8 }, "a0 parameter: 8 for 16"],
    [
      "a node that is not ready",
      (script) => script.at("e0").info = { ready: false, reason: "no room" },
      "e0 notReady: no room",
    ],
  ];
  for (const [why, spoil, flaws] of rows) {
    await t.step(why, async () => {
      const script = new ScriptedRing();
      spoil(script);
      const ring = await checkRing(script.ask, script.start, { successorsMax: 3 });
      assertEquals(flawsOf(ring), flaws);
      assertEquals(ring.isHealthy, false);
    });
  }
});

Deno.test("checkRing() finds a second ring through known peers, also those taken for dead", async () => {
  const script = new ScriptedRing();
  for (const [self, other] of [["20", "60"], ["60", "20"], ["a0", "e0"], ["e0", "a0"]] as const) {
    Object.assign(script.at(self), { successors: [other], predecessor: other, peers: {} });
  }
  assertEquals(idsOf((await checkRing(script.ask, script.start)).members), "20 60");
  script.at("60").peers = { a0: "left" };
  assertEquals(idsOf((await checkRing(script.ask, script.start)).members), "20 60", "who left is gone");
  script.at("60").peers = { a0: "dead" };
  assertEquals(idsOf((await checkRing(script.ask, script.start)).members), "20 60 a0 e0");
});

Deno.test("checkRing() names those who are counted on and are no members, and no others", async () => {
  const script = new ScriptedRing();
  script.at("20").peers = { "80": "alive", "90": "dead" };
  script.at("a0").info = { phase: "leaving" };
  script.at("e0").info = { id: script.at("60").ref.id };
  const { strangers, members } = await checkRing(script.ask, script.start);
  assertEquals(
    strangers.map(({ node, why }) => `${node.id}: ${why}`).sort(),
    ["80: Cannot reach http://n80", "a0: It is leaving", "e0: Another node answers there: 60"],
  );
  assertEquals(idsOf(members), "20 60");
});

Deno.test("checkRing() takes the longest list for a full one when nobody says how long they are", async () => {
  const script = new ScriptedRing(["20", "60", "a0", "e0", "f0"]);
  script.at("60").successors = ["a0", "e0"];
  const ring = await checkRing(script.ask, script.start);
  assertEquals([ring.successorsMax, flawsOf(ring)], [3, "60 successors: a0,e0 for a0,e0,f0"]);
});

Deno.test("checkRing() judges the pointers of the end, when all members are known", async () => {
  const script = new ScriptedRing();
  script.at("20").successors = ["60", "a0"];
  const ask: typeof script.ask = (node, method, params) => {
    if (script.asked.at(-1) === "e0 node.peers") script.at("20").successors = ["60", "a0", "e0"];
    return script.ask(node, method, params);
  };
  assertEquals(flawsOf(await checkRing(ask, script.start)), "");
});

Deno.test("checkRing() asks eight at a time and tells how far it is", async () => {
  const script = new ScriptedRing();
  for (let i = 0; i < 32; i++) script.at("60").peers[(i + 128).toString(16)] = "alive";
  let running = 0;
  let most = 0;
  let last = "";
  const ask: typeof script.ask = async (node, method, params) => {
    if (method === "node.info") most = Math.max(most, ++running);
    await Promise.resolve();
    if (method === "node.info") running--;
    return await script.ask(node, method, params);
  };
  const ring = await checkRing(ask, script.start, {
    onProgress: (done, total) => last = `${done} of ${total}`,
  });
  assertEquals([ring.isHealthy, most, last], [true, 8, "36 of 36"]);
});

Deno.test("checkRing() ends, also where every node names another", async () => {
  const script = new ScriptedRing(["20"]);
  const scripted = script.at("20");
  const ask: typeof script.ask = (node, method, params) => {
    const next = (parseInt(node.id, 16) + 1).toString(16).padStart(4, "0") as Id;
    scripted.info = { ...node };
    const answer = script.ask(script.start, method, params);
    const known = { peers: [{ node: { id: next, url: "http://next" }, health: "alive", lastSeenMs: null }] };
    return method === "node.peers" ? Promise.resolve(known as Awaited<typeof answer>) : answer;
  };
  const ring = await checkRing(ask, { id: "0000" as Id, url: "http://first" });
  assertEquals([ring.members.length, ring.isWhole, ring.isHealthy], [surveyedMax, false, false]);
});

Deno.test("checkRing() fails when the start node does not answer", async () => {
  const script = new ScriptedRing();
  script.at("20").isSilent = true;
  await assertRejects(() => checkRing(script.ask, script.start), PeerUnreachableError);
});

Deno.test("checkRing() finds the ring through a start node that is no member", async () => {
  const script = new ScriptedRing();
  script.at("20").info = { phase: "joining" };
  const ring = await checkRing(script.ask, script.start);
  assertEquals([idsOf(ring.members), ring.isHealthy], ["60 a0 e0", false]);
});
