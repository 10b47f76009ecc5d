import { assertEquals } from "@std/assert";
import { findAnomalies } from "../../../sim/history/anomalies.ts";
import type { Operation } from "../../../sim/history/history.ts";
import { checkFinal } from "../../../sim/history/set_check.ts";
import { Story } from "./story.ts";

const endMs = 1_000_000;

/** A key's operations and its final read, from a story that tells the read last. */
function ending(key: string, tell: (story: Story) => Operation | null) {
  const story = new Story(key);
  const read = tell(story);
  return { operations: story.operations.filter((operation) => operation !== read), read };
}

/** The verdict in keys; of single keys, since several may share a set. */
function checked(...endings: ReturnType<typeof ending>[]) {
  const operations = endings.flatMap((each) => each.operations);
  const finalReads = endings.flatMap(({ read }) => read === null ? [] : [read]);
  const { lost, resurrected, recovered, unexpected, ...counts } = checkFinal(operations, finalReads);
  const names = (items: readonly Operation[]) => items.map(({ key, value }) => `${key}=${value}`);
  return {
    ...counts,
    ...{ lost: names(lost), resurrected: names(resurrected) },
    ...{ recovered: names(recovered), unexpected: names(unexpected) },
  };
}

Deno.test("checkFinal() counts keys written once as Jepsen's set does", () => {
  const kept = ending("kept", (story) => {
    story.put("a", 0, 1);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  const lost = ending("lost", (story) => {
    story.put("a", 0, 1);
    return story.absent(null, endMs, endMs + 1);
  });
  const recovered = ending("recovered", (story) => {
    story.putUnanswered("a", 0);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  const never = ending("never", (story) => {
    story.putUnanswered("a", 0);
    return story.absent(null, endMs, endMs + 1);
  });
  const refused = ending("refused", (story) => {
    story.putRefused("a", 0, 1);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  const unread = ending("unread", (story) => {
    story.put("a", 0, 1);
    return null;
  });
  assertEquals(checked(kept, lost, recovered, never, refused, unread), {
    ...{ attempted: 5, acknowledged: 3, final: 3, unread: ["unread"] },
    ...{ lost: ["lost=a"], resurrected: [], recovered: ["recovered=a"], unexpected: ["refused=a"] },
  });
});

Deno.test("checkFinal() wants the newest acknowledged value of a key written more than once", () => {
  const lost = ending("k", (story) => {
    story.put("a", 0, 1);
    story.put("b", 2, 3);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  assertEquals(checked(lost).lost, ["k=b"]);
  const back = ending("k", (story) => {
    story.put("a", 0, 1);
    story.delete(2, 3);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  assertEquals(checked(back).lost, []);
  assertEquals(checked(back).resurrected, ["k=a"]);
});

Deno.test("checkFinal() leaves to others what happened before the end", () => {
  const recovered = ending("k", (story) => {
    story.put("a", 0, 1);
    story.delete(2, 3);
    story.get("a", "v1", 4, 5);
    story.get("z", "v9", 4, 5);
    return story.absent("v2", endMs, endMs + 1);
  });
  assertEquals(checked(recovered), {
    ...{ attempted: 1, acknowledged: 1, final: 0, unread: [] },
    ...{ lost: [], resurrected: [], recovered: [], unexpected: [] },
  });
});

Deno.test("checkFinal() takes an unanswered write that came later, or at once and with a larger version", () => {
  const later = ending("later", (story) => {
    story.put("a", 0, 1);
    story.putUnanswered("b", 2);
    return story.get("b", "v2", endMs, endMs + 1);
  });
  const overtaken = ending("overtaken", (story) => {
    story.putUnanswered("a", 0);
    story.put("b", 1, 2);
    return story.get("a", "v1", endMs, endMs + 1);
  });
  assertEquals(checked(later, overtaken).recovered, ["later=b", "overtaken=a"]);
  assertEquals(checked(later, overtaken).lost, ["overtaken=b"], "v1 is older than v2");
});

Deno.test("checkFinal() does not miss what was deleted or has expired", () => {
  const deleted = ending("deleted", (story) => {
    story.put("a", 0, 1);
    story.delete(2, 3);
    return story.absent("v2", endMs, endMs + 1);
  });
  const expired = ending("expired", (story) => {
    story.put("a", 0, 1, 5_000);
    return story.absent("v1", endMs, endMs + 1);
  });
  const mayBe = ending("mayBe", (story) => {
    story.put("a", 0, 1);
    story.deleteUnanswered(2);
    return story.absent("v2", endMs, endMs + 1);
  });
  assertEquals(checked(deleted, expired, mayBe).lost, []);
});

Deno.test("checkFinal() counts a value once that several nodes have lost", () => {
  const story = new Story();
  const put = story.put("a", 0, 1);
  const finalReads = [
    story.absent(null, endMs, endMs + 1),
    story.absent(null, endMs + 2, endMs + 3),
    story.get("a", "v1", endMs + 4, endMs + 5),
  ];
  const { lost, final, unread } = checkFinal([put], finalReads, findAnomalies([put], finalReads));
  assertEquals({ lost, final, unread }, { lost: [put], final: 1, unread: [] });
});
