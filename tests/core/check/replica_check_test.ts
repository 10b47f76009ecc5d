import { assertEquals } from "@std/assert";
import { emptyDigest } from "../../../core/data/digest.ts";
import { checkReplicas, type ReplicaCheck } from "../../../core/check/replica_check.ts";
import { checkRing } from "../../../core/check/ring_check.ts";
import { complete, nothing, ScriptedRing } from "./scripted_ring.ts";

async function check(script: ScriptedRing): Promise<ReplicaCheck> {
  const { members, parameters } = await checkRing(script.ask, script.start);
  return await checkReplicas(script.ask, { members, parameters }, { pause: script.pause });
}

/** `kind at node: ranges`, the gravest first. */
function textOf({ affected, nodes }: ReplicaCheck): string {
  assertEquals(
    new Set(affected.map(({ shortfall }) => shortfall)),
    new Set(nodes.map(({ shortfall }) => shortfall)),
  );
  return nodes.map(({ node, ranges, shortfall }) => {
    const which = ranges.map(({ first, last }) => first === last ? `${first}` : `${first}-${last}`);
    return `${shortfall} at ${node.id}: ${which.join(" ")}`;
  }).join("; ");
}

Deno.test("checkReplicas() finds a healthy ring healthy, of more members than copies and of fewer", async () => {
  for (const hexes of ["20", "20 60", "20 60 a0 e0", "00 20 60 a0 e0 ff"]) {
    const script = new ScriptedRing(hexes.split(" "));
    const result = await check(script);
    assertEquals([textOf(result), result.isHealthy, script.pauses], ["", true, 0], hexes);
    assertEquals(result.counts.partitions, 16);
  }
});

// Of the ring 20, 60, a0, e0: 20 is first for partitions 14, 15, 0 and 1, 60 for 2-5, a0 for 6-9, e0 for 10-13. Each
// keeps its own and those of the two before it.
Deno.test("checkReplicas() says what falls short, where and with whom", async (t) => {
  const rows: [why: string, spoil: (script: ScriptedRing) => void, text: string][] = [
    [
      "nobody knows a view",
      (script) => {
        for (const { copies, views } of script.nodes.values()) {
          views[3] = null;
          copies[3] = nothing;
        }
      },
      "unknown at 60: 3",
    ],
    [
      "two views of one epoch",
      (script) => script.at("e0").views[3] = script.view("60 a0 20"),
      // Both kinds of trouble: whose view counts is open.
      "conflicting at e0: 3",
    ],
    [
      "a member of the view is gone",
      (script) => {
        script.at("e0").isSilent = true;
        script.at("a0").successors = ["20", "60"];
        script.at("20").peers = script.at("60").peers = script.at("a0").peers = {};
      },
      // Where 20 would follow instead, it does not keep anything yet: that is one shortfall, not two.
      "underReplicated at e0: 2-13",
    ],
    [
      "a member of the view lost its disk",
      (script) => {
        script.at("e0").disk = "new";
        script.at("e0").copies.fill({ ...nothing, epoch: 2 });
      },
      "underReplicated at e0: 2-13",
    ],
    [
      "a view of too few",
      (script) => {
        script.setView(3, script.view("60 a0"));
        script.at("e0").copies[3] = nothing;
      },
      "underReplicated at e0: 3",
    ],
    [
      "a view that names a node twice",
      (script) => script.setView(3, script.view("60 a0 60")),
      "underReplicated at 60: 3; orphans at e0: 3",
    ],
    [
      "kept by a member that is too far away",
      (script) => {
        script.setView(3, script.view("60 a0 20"));
        script.at("20").copies[3] = complete;
        script.at("e0").copies[3] = { ...nothing, epoch: 2 };
      },
      "misplaced at e0: 3",
    ],
    [
      "kept by one more than wanted",
      (script) => {
        script.setView(3, script.view("60 a0 e0 20"));
        script.at("20").copies[3] = complete;
      },
      "misplaced at 20: 3",
    ],
    [
      "kept in another order, by another owner",
      (script) => script.setView(3, script.view("a0 60 e0")),
      "misplaced at 60: 3",
    ],
    [
      "a node that takes itself for a member of an older view",
      (script) => {
        script.at("20").views[3] = script.view("20 60 a0", 1);
        script.at("20").copies[3] = { ...nothing, epoch: 1, isSynced: true };
      },
      "outdated at 20: 3",
    ],
    [
      "a copy that is not complete",
      (script) => script.at("a0").copies[3] = { ...nothing, epoch: 2 },
      "unsynced at a0: 3",
    ],
    [
      "a copy of an older view",
      (script) => script.at("a0").copies[3] = { ...complete, epoch: 1 },
      "unsynced at a0: 3",
    ],
    [
      "one copy that differs",
      (script) => script.at("a0").copies[3] = { ...complete, digest: emptyDigest },
      "divergent at a0: 3",
    ],
    [
      "copies of which each is different",
      (script) => {
        for (const hex of ["60", "a0", "e0"]) {
          script.at(hex).copies[3] = { ...complete, digest: hex.repeat(8) };
        }
      },
      "divergent at 60: 3; divergent at a0: 3; divergent at e0: 3",
    ],
  ];
  for (const [why, spoil, text] of rows) {
    await t.step(why, async () => {
      const script = new ScriptedRing();
      spoil(script);
      const result = await check(script);
      assertEquals(textOf(result), text);
      assertEquals([result.isHealthy, script.pauses], [false, 1]);
    });
  }
});

Deno.test("checkReplicas() does not mind what non-members have heard, nor what they still hold", async () => {
  const script = new ScriptedRing();
  script.at("20").views[3] = script.view("60 a0", 1);
  const heard = await check(script);
  assertEquals([textOf(heard), heard.isHealthy], ["", true]);
  script.at("20").copies[3] = { ...nothing, digest: "1".repeat(16) };
  const held = await check(script);
  assertEquals([textOf(held), held.isHealthy, script.pauses], ["orphans at 20: 3", true, 0]);
  assertEquals(held.counts.orphans, 1);
});

Deno.test("checkReplicas() looks a second time before it counts, and only where it has to", async () => {
  const script = new ScriptedRing();
  script.at("a0").copies[3] = { ...complete, digest: "1".repeat(16) };
  script.at("e0").copies[5] = { ...complete, digest: "1".repeat(16) };
  script.onPause = () => script.at("a0").copies[3] = complete;
  const result = await check(script);
  assertEquals([textOf(result), script.pauses], ["divergent at e0: 5", 1]);
  assertEquals(result.counts, {
    partitions: 16,
    conflicting: 0,
    unknown: 0,
    underReplicated: 0,
    misplaced: 0,
    outdated: 0,
    unsynced: 0,
    divergent: 1,
    orphans: 0,
  });
});

Deno.test("checkReplicas() does not wait for a node that does not answer about copies", async () => {
  const script = new ScriptedRing();
  const { members, parameters } = await checkRing(script.ask, script.start);
  script.at("e0").isSilent = true;
  const result = await checkReplicas(script.ask, { members, parameters }, { pause: script.pause });
  assertEquals(textOf(result), "underReplicated at e0: 2-13");
  assertEquals([result.counts.underReplicated, result.nodes[0]?.partitions], [12, 12]);
});

Deno.test("checkReplicas() asks about 1,024 partitions at a time, and names the first few that fail", async () => {
  const script = new ScriptedRing(["20"]);
  const view = script.view("20");
  const asked: number[] = [];
  const ask: typeof script.ask = (node, method, params) => {
    const [range] = (params as { ranges?: { first: number; last: number }[] }).ranges ?? [];
    if (range !== undefined && script.pauses === 0) asked.push(range.last - range.first + 1);
    return script.ask(node, method, params);
  };
  script.at("20").views = Array.from({ length: 4_096 }, () => view);
  script.at("20").copies = Array.from({ length: 4_096 }, (_, p) => ({ ...complete, isSynced: p % 2 === 0 }));
  const members = [{ ...script.at("20").ref, disk: null }];
  const parameters = { bits: 160, hash: "sha256", partitions: 4_096, replicas: 3 } as const;
  const told: string[] = [];
  const result = await checkReplicas(ask, { members, parameters }, {
    pause: script.pause,
    onProgress: (done, total) => told.push(`${done}/${total}`),
  });
  assertEquals(asked, Array(8).fill(1_024));
  assertEquals(told, ["1/4", "2/4", "3/4", "4/4"]);
  assertEquals([result.counts.unsynced, result.affected[0]?.ranges.length], [2_048, 8]);
});
