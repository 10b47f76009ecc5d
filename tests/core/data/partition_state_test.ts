import { assertEquals } from "@std/assert";
import { defaultConfig } from "../../../core/config.ts";
import {
  afterDamage,
  afterLearning,
  afterPromise,
  afterSync,
  afterVote,
  foundingState,
  type PartitionState,
  type Sources,
  sourcesOf,
} from "../../../core/data/partition_state.ts";
import { type View } from "../../../core/data/view.ts";
import { ballot, replica, view } from "./replica_names.ts";

const self = replica("a");

function learn(state: PartitionState | null, news: View): PartitionState {
  return afterLearning(state, news, { self, quorums: defaultConfig, nowMs: 7 });
}

/** A synced member of the view. */
function memberOf(news: View): PartitionState {
  return { ...foundingState(self), view: news };
}

Deno.test("afterLearning() keeps a member synced exactly when the new view asks for as many sources as the old one", () => {
  const rows: [
    before: PartitionState | null,
    news: View,
    isSynced: boolean,
    wasSynced: boolean,
    why: string,
  ][] = [
    [memberOf(view(1, "abc")), view(2, "abd", "abc"), true, true, "one of three replaced"],
    [memberOf(view(1, "abc")), view(2, "ade", "abc"), true, true, "two of three: a alone is no read quorum"],
    [memberOf(view(1, "a")), view(2, "ab", "a"), true, true, "a ring that grows"],
    [
      memberOf(view(1, "abc")),
      view(2, "ab", "abc"),
      false,
      true,
      "a or b alone would be a source, and may lack a write",
    ],
    [
      memberOf(view(1, "ab")),
      view(2, "abc", "ab"),
      true,
      true,
      "two have to be asked where one would have done",
    ],
    [
      memberOf(view(1, "abc")),
      view(2, "a", "abc"),
      false,
      true,
      "alone it would be one: b and c had writes without it",
    ],
    [memberOf(view(1, "ab")), view(2, "a", "ab"), true, true, "of two, both have every write"],
    [memberOf(view(1, "abc")), view(2, "bcd", "abc"), false, true, "no member any more, but a source"],
    [memberOf(view(1, "abc")), view(3, "abd", "abe"), true, true, "it went on into the view it has missed"],
    [memberOf(view(1, "abc")), view(3, "abd", "ab"), false, false, "where it would have had to fetch first"],
    [memberOf(view(1, "abc")), view(4, "abd", "abe"), false, false, "two views were missed"],
    [null, view(2, "abc", "bcd"), false, false, "a newcomer"],
    [
      { ...memberOf(view(1, "abc")), isSynced: false },
      view(2, "abd", "abc"),
      false,
      false,
      "it was not before",
    ],
  ];
  for (const [before, news, isSynced, wasSynced, why] of rows) {
    const after = learn(before, news);
    assertEquals([after.view, after.isSynced, after.wasSynced], [news, isSynced, wasSynced], why);
  }
});

Deno.test("afterLearning() takes no notice of what is not newer", () => {
  const state = memberOf(view(4, "abc", "abd"));
  for (const news of [view(4, "xyz", "abc"), view(3, "abd", "abe")]) assertEquals(learn(state, news), state);
});

Deno.test("afterLearning() remembers since when it is no member, and forgets promises about a view that is over", () => {
  const voted = afterVote(memberOf(view(1, "abc")), ballot(1), [replica("b")]) as PartitionState;
  const removed = learn(voted, view(2, "bcd", "abc"));
  assertEquals([removed.removedAtMs, removed.promised, removed.accepted], [7, null, null]);
  const later = afterLearning(removed, view(3, "cde", "bcd"), { self, quorums: defaultConfig, nowMs: 99 });
  assertEquals(later.removedAtMs, 7, "the first moment counts");
  assertEquals(learn(later, view(4, "acd", "cde")).removedAtMs, null);
});

Deno.test("a voter hears no ballot below the one it promised, and keeps its vote through higher promises", () => {
  const start = memberOf(view(1, "abc"));
  const promised = afterPromise(start, ballot(5)) as PartitionState;
  assertEquals(afterPromise(promised, ballot(4)), null);
  assertEquals(afterVote(promised, ballot(4), [replica("b")]), null);
  const voted = afterVote(promised, ballot(5), [replica("b")]) as PartitionState;
  const again = afterPromise(voted, ballot(6)) as PartitionState;
  assertEquals(again.accepted, { ballot: ballot(5), members: [replica("b")] });
  assertEquals(afterVote(again, ballot(5), [replica("c")]), null);
});

Deno.test("sourcesOf() names who has to be merged, and how many of them", () => {
  const unsynced = (news: View) => learn(null, news);
  const nobody = () => false;
  const rows: [state: PartitionState, names: string, needed: number, as: Sources["as"], why: string][] = [
    [unsynced(view(2, "abc", "bcd")), "bcd", 2, "previous", "two of three meet every write"],
    [unsynced(view(2, "ab", "b")), "b", 1, "previous", "one had everything"],
    [learn(memberOf(view(1, "abc")), view(2, "a", "abc")), "bc", 1, "previous", "we are the other one"],
    [afterDamage(memberOf(view(3, "abc", "abd"))), "bc", 2, "current", "each write we had is with b or c"],
  ];
  for (const [state, names, needed, as, why] of rows) {
    assertEquals(
      sourcesOf(state, self, defaultConfig, nobody),
      { replicas: [...names].map(replica), needed, as },
      why,
    );
  }
});

Deno.test("sourcesOf() does not wait for what an operator gave up", () => {
  const state = learn(null, view(2, "abc", "bcd"));
  const isForgotten = ({ url }: { url: string }) => url !== "http://b";
  assertEquals(sourcesOf(state, self, defaultConfig, isForgotten).needed, 1);
  assertEquals(sourcesOf(state, self, defaultConfig, () => true).needed, 0, "all there are");
});

Deno.test("a damaged copy neither vouches nor serves as a source until it was completed", () => {
  const damaged = afterDamage(memberOf(view(2, "abc", "abd")));
  assertEquals([damaged.isSynced, damaged.wasSynced, damaged.isDamaged], [false, false, true]);
  const repaired = afterSync(damaged);
  assertEquals([repaired.isSynced, repaired.isDamaged], [true, false]);
});
