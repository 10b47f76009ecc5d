import { assert, assertEquals } from "@std/assert";
import { readsNeeded, sourcesNeeded, votesNeeded, writesNeeded } from "../../../core/data/view.ts";
import { checkQuorums, defaultConfig } from "../../../core/config.ts";

Deno.test("quorums of a view are those of the ring, as far as it has members", () => {
  const rows: [members: number, writes: number, reads: number, votes: number, sources: number][] = [
    [1, 1, 1, 1, 1],
    [2, 2, 2, 2, 1],
    [3, 2, 2, 2, 2],
  ];
  for (const [members, writes, reads, votes, sources] of rows) {
    assertEquals(writesNeeded(members, defaultConfig), writes, `writes of ${members}`);
    assertEquals(readsNeeded(members, defaultConfig), reads, `reads of ${members}`);
    assertEquals(votesNeeded(members, defaultConfig), votes, `votes of ${members}`);
    assertEquals(sourcesNeeded(members, defaultConfig), sources, `sources of ${members}`);
  }
});

Deno.test("quorums meet: two writes, a read and a write, two votes, a vote and a write", () => {
  for (let replicas = 1; replicas <= 8; replicas++) {
    for (let writeQuorum = 1; writeQuorum <= replicas; writeQuorum++) {
      for (let readQuorum = 1; readQuorum <= replicas; readQuorum++) {
        const config = { ...defaultConfig, replicas, writeQuorum, readQuorum };
        if (!isAllowed(config)) continue;
        for (let members = 1; members <= replicas; members++) assertMeeting(members, config);
      }
    }
  }
});

function assertMeeting(members: number, config: typeof defaultConfig): void {
  const writes = writesNeeded(members, config);
  const what = JSON.stringify({ members, ...config });
  assert(2 * writes > members, `two writes: ${what}`);
  assert(writes + readsNeeded(members, config) > members, `a read and a write: ${what}`);
  assert(2 * votesNeeded(members, config) > members, `two votes: ${what}`);
  assert(votesNeeded(members, config) + writes > members, `a vote and a write: ${what}`);
  assert(sourcesNeeded(members, config) + writes > members, `sources and a write: ${what}`);
  assert(readsNeeded(members, config) <= members && votesNeeded(members, config) <= members, what);
}

function isAllowed(config: typeof defaultConfig): boolean {
  try {
    checkQuorums(config);
    return true;
  } catch {
    return false;
  }
}
