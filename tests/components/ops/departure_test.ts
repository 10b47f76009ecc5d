import { assertEquals } from "@std/assert";
import { departureOf } from "../../../components/ops/departure.ts";
import { killSentences, leaveSentences } from "../../../components/ops/departure_words.ts";
import type { Id } from "../../../core/id.ts";
import type { NodeInfo } from "../../../core/protocol.ts";
import { infoOf } from "../../core/node_info.ts";

const node = (id: string) => ({ id: id as Id, url: `http://127.0.0.1:84${id}` });

function departure({ info = {}, gone = [], members = 4, isAlone = false }: {
  info?: Partial<NodeInfo>;
  gone?: string[];
  members?: number;
  isAlone?: boolean;
} = {}) {
  return departureOf({
    info: infoOf(info),
    predecessor: isAlone ? null : node("10"),
    successors: isAlone ? [] : [node("80"), node("c0"), node("10")],
    isGone: (id) => gone.includes(id),
    members,
  });
}

Deno.test("departureOf() names the heir and what it has then: the first that is there", () => {
  const whole = departure();
  assertEquals([whole.heir?.id, whole.share, whole.heirShare], ["80", 0.1875, 0.25]);
  const second = departure({ gone: ["80"] });
  assertEquals([second.heir?.id, second.heirShare], ["c0", 0.5]);
  const last = departure({ isAlone: true, members: 1 });
  assertEquals([last.heir, last.share, last.heirShare], [null, 1, 0]);
});

Deno.test("leaveSentences() says what moves where, with real counts", () => {
  assertEquals(leaveSentences(departure()), [
    "5,131 records in 16 partitions pass to 127.0.0.1:8480, which then owns 43.8 % of the circle instead of 25.0 %.",
    "15,200 records in all, copies for others included, are handed over before the node stops.",
    "Each key has 3 copies again by then.",
    "The ring shrinks from 4 to 3 nodes.",
  ]);
  assertEquals(
    leaveSentences(departure({ members: 3 }))[2],
    "Each key has 2 copies afterwards instead of 3: too few nodes are left for 3.",
  );
  assertEquals(leaveSentences(departure({ isAlone: true, members: 1 })).length, 2);
});

Deno.test("killSentences() says how many copies are left, and whether writes go on", () => {
  const rows: [what: Parameters<typeof departure>[0], left: string, then: string][] = [
    [{}, "2 copies of each are left", "127.0.0.1:8480 takes over its part"],
    [{ members: 2 }, "1 copy of each is left", "Writes to them fail until then: they need 2 copies."],
    [
      { info: { replicas: 1, writeQuorum: 1 } },
      "0 copies of each are left",
      "Writes to them fail until then: they need 1 copy.",
    ],
  ];
  for (const [what, left, then] of rows) {
    const [, copies = "", writes = ""] = killSentences(departure(what));
    assertEquals([copies.includes(left), writes.startsWith(then)], [true, true], `${copies} ${writes}`);
  }
  assertEquals(killSentences(departure({ isAlone: true })).length, 1);
});
