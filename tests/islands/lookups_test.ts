import { assertEquals } from "@std/assert";
import { NodeReach } from "../../islands/node_reach.ts";
import { lookUpFrom, pick, sampleLookups } from "../../islands/lookups.ts";
import { FakeTiming } from "../client/fake_timing.ts";
import { FakeRing, ownUrl } from "./fake_ring.ts";

const ring = new FakeRing(4);

/** Answers each lookup with two hops, one of which failed first. */
function reachWithLookups(): NodeReach {
  const answer = {
    key: "k",
    keyHash: ring.at(1).id,
    partition: 1,
    position: ring.at(1).id,
    path: ["failed", "closer", "owner"].map((outcome) => ({
      ...ring.at(2),
      via: "finger",
      rttMs: 2,
      outcome,
    })),
    hops: 2,
    responsibleNode: ring.at(1),
    replicas: [ring.at(1)],
  };
  const fetch = (url: string) =>
    url.startsWith(ring.at(3).url)
      ? Promise.reject(new TypeError("no CORS"))
      : Promise.resolve(Response.json(answer));
  return new NodeReach({ ownUrl, fetch, timing: new FakeTiming() });
}

Deno.test("a lookup is asked of its start and of nobody else", async () => {
  const reach = reachWithLookups();
  assertEquals((await lookUpFrom(reach, ring.at(1), "k")).kind, "found");
  assertEquals((await lookUpFrom(reach, ring.at(3), "k")).kind, "refused");
});

Deno.test("sampleLookups() counts hops as measured, and lookups that could not be made", async () => {
  const told: [samples: number, refused: number][] = [];
  await sampleLookups(reachWithLookups(), {
    lookups: [1, 3, 2].map((place) => ({ from: ring.at(place), key: "k" })),
    onSample: (samples, refused) => {
      told.push([samples.length, refused]);
      for (const { hops, ms, failures } of samples) assertEquals([hops, ms, failures], [2, 6, 1]);
    },
    isOver: () => false,
  });
  assertEquals(told, [[1, 0], [1, 1], [2, 1]]);
});

Deno.test("sampleLookups() stops when nobody looks any more", async () => {
  let count = 0;
  await sampleLookups(reachWithLookups(), {
    lookups: [1, 2, 1].map((place) => ({ from: ring.at(place), key: "k" })),
    onSample: () => void count++,
    isOver: () => count === 1,
  });
  assertEquals(count, 1);
});

Deno.test("pick() takes any of them, and nothing of nothing", () => {
  assertEquals([0, 0.5, 0.99].map((value) => pick(["a", "b", "c"], () => value)), ["a", "b", "c"]);
  assertEquals(pick([], () => 0.5), null);
});
