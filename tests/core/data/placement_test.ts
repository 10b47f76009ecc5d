import { assertEquals } from "@std/assert";
import type { NodeConfig } from "../../../core/config.ts";
import { desiredMembers } from "../../../core/data/placement.ts";
import type { Replica } from "../../../core/data/view.ts";
import { PeerUnreachableError } from "../../../core/errors.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { replica, view } from "./replica_names.ts";

/** What the node "a" has come to know of the others: `A` stands before it on the circle, `c2` is c's other disk. */
interface Ring {
  /** That follow it, nearest first. */
  readonly successors: string;
  readonly down?: string;
  /** Down for so long that they count as dead. */
  readonly dead?: string;
  readonly left?: string;
  /** Back for the second time within a minute. */
  readonly flapping?: string;
  readonly forgotten?: string;
  /** Never asked which disk they have. */
  readonly unasked?: string;
}

function namesOf(text: string): Replica[] {
  return (text.match(/[a-zA-Z]\d?/g) ?? []).map(replica);
}

function textOf(replicas: readonly Replica[] | null): string | null {
  return replicas === null
    ? null
    : replicas.map(({ url, disk }) => url.at(-1) + (disk === "1" ? "" : disk)).join("");
}

async function ringOf(
  { successors, down = "", dead = "", left = "", flapping = "", forgotten = "", unasked = "" }: Ring,
  config: Partial<NodeConfig> = {},
): Promise<KeeperFixture> {
  const fixture = new KeeperFixture(config);
  const { member, replicas } = fixture;
  member.phase = "member";
  const [predecessor] = namesOf(successors).slice(-1);
  const toRef = ({ id, url }: Replica) => ({ id, url });
  member.apply({
    self: member.self,
    predecessor: predecessor === undefined ? null : toRef(predecessor),
    successors: namesOf(successors).map(toRef),
  });
  const ping = async (node: Replica, answer: () => unknown) => {
    fixture.answers.set(`${node.url} chord.ping`, answer);
    await member.peers.isMember(node);
  };
  const alive = ({ id, disk }: Replica) => ({ id, incarnation: 1, phase: "member", disk });
  const refuse = (node: Replica) => {
    throw new PeerUnreachableError(node.url, true);
  };
  for (const node of namesOf(successors + left)) {
    fixture.answers.set(`${node.url} chord.probe`, () => ({ alive: false }));
    if (!unasked.includes(textOf([node]) as string)) await ping(node, () => alive(node));
  }
  for (const node of namesOf(dead)) await ping(node, () => refuse(node));
  await fixture.time.advance(member.config.deadAfterMs);
  for (const node of namesOf(dead + down)) await ping(node, () => refuse(node));
  for (const answer of [refuse, alive, refuse, alive]) {
    for (const node of namesOf(flapping)) await ping(node, () => answer(node));
  }
  for (const node of namesOf(left)) member.peers.left(node);
  for (const node of namesOf(forgotten)) replicas.giveUp(node);
  return fixture;
}

Deno.test("desiredMembers() asks for ourselves and those that follow us, and for nobody who cannot come", async () => {
  const rows: [members: string, ring: Ring, want: string | null, why: string][] = [
    ["abc", { successors: "bcde" }, "abc", "as it should be"],
    ["a", { successors: "bcde" }, "abc", "a view that grows"],
    ["a", { successors: "b" }, "ab", "as many as there are"],
    ["abd", { successors: "bcde" }, "abc", "a newcomer between them"],
    ["bcd", { successors: "bcde" }, "abc", "we are the newcomer"],
    ["acb", { successors: "bcde" }, "abc", "the order counts"],
    ["abA", { successors: "bA" }, "abA", "across zero"],
    ["ab", { successors: "bcA" }, "abc", "who comes first on the way"],
    ["abc", { successors: "bcde", down: "b" }, "abc", "silence is no death"],
    ["abc", { successors: "cde", dead: "b" }, "acd", "somebody stands in for the dead"],
    ["abc", { successors: "c", dead: "b" }, "abc", "nobody can: the dead may come back"],
    ["abc", { successors: "cd", dead: "b", down: "d" }, "abc", "nobody who is in doubt stands in"],
    ["abd", { successors: "bcd", down: "c" }, "abd", "nor comes in between"],
    ["abd", { successors: "bcd", flapping: "c" }, "abd", "nor who comes and goes"],
    ["abc", { successors: "bcd", flapping: "c" }, "abc", "but it stays where it is"],
    ["abc", { successors: "bcd", dead: "b" }, "acd", "the ring has not closed yet"],
    ["abc", { successors: "cd", left: "b" }, "acd", "who left goes"],
    ["abc", { successors: "c", left: "b" }, "ac", "at once, also without a stand-in"],
    ["abc", { successors: "c", dead: "b", forgotten: "b" }, "ac", "so does who was given up"],
    ["a", { successors: "bcd", forgotten: "b" }, "acd", "who was given up does not come back"],
    ["abc", { successors: "bc2d" }, "abc2", "a lost disk: the node is another replica"],
    ["abc", { successors: "bc2d", down: "c2d" }, "ab", "the lost disk is nobody to wait for"],
    [
      "abd",
      { successors: "bc", flapping: "c", left: "d" },
      "abc",
      "who comes and goes is better than nobody",
    ],
    ["ab", { successors: "bcd", unasked: "c" }, null, "nobody knows yet which disk c has"],
    ["abc", { successors: "bcd", unasked: "bc" }, "abc", "the view says which disk it was"],
  ];
  for (const [members, ring, want, why] of rows) {
    const { member, replicas } = await ringOf(ring);
    const present = { ...view(1, ""), members: namesOf(members) };
    assertEquals(textOf(desiredMembers(member, replicas, present)), want, why);
  }
});

Deno.test("desiredMembers() asks for as many as the ring keeps copies", async () => {
  for (const [copies, want] of [[1, "a"], [2, "ab"], [5, "abcde"]] as const) {
    const { member, replicas } = await ringOf({ successors: "bcdef" }, { replicas: copies });
    assertEquals(textOf(desiredMembers(member, replicas, view(1, "a"))), want);
  }
});
