import { assertEquals, assertRejects } from "@std/assert";
import { type Gathered, Quorum } from "../../../core/data/quorum.ts";
import type { Replica } from "../../../core/data/view.ts";
import { ChordError, DeadlineError, errorCode, PeerUnreachableError } from "../../../core/errors.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { replica, view } from "./replica_names.ts";

/** What a copy answers, and after how long: its name, or an error. */
type Script = Readonly<Record<string, { afterMs: number; error?: Error }>>;

/** A quorum of the node "a" whose members answer as they are told to, and who was asked at which moment. */
class QuorumFixture extends KeeperFixture {
  readonly quorum = new Quorum(this.member, this.replicas);
  readonly asked: string[] = [];

  constructor(readonly script: Script) {
    super();
  }

  get names(): Replica[] {
    return Object.keys(this.script).map(replica);
  }

  readonly ask = async ({ url }: Replica): Promise<string> => {
    const name = url.slice("http://".length);
    this.asked.push(`${name} at ${this.time.clock.now()}`);
    const { afterMs, error } = this.script[name] as Script[string];
    await this.time.clock.sleep(afterMs);
    if (error !== undefined) throw error;
    return name;
  };

  /** How it ended, and when: `ab at 12`. Time goes on until then. */
  async end(gathering: Promise<Gathered<string>>): Promise<string> {
    let line = "never";
    gathering.then(({ answers }) => {
      line = `${answers.map(({ answer }) => answer).join("")} at ${this.time.clock.now()}`;
    }, () => {});
    await this.time.advance(5_000);
    return line;
  }
}

const refused = new PeerUnreachableError("http://b", true);
const silent = { afterMs: 500, error: new DeadlineError("hear") };

Deno.test("Quorum.some() asks as many as it needs, and others only for those that fail or are slow", async () => {
  const rows: [script: Script, want: string, asked: string, why: string][] = [
    [{ a: { afterMs: 1 }, b: { afterMs: 3 }, c: { afterMs: 1 } }, "ab at 3", "a at 0, b at 0", "c is spared"],
    [
      { a: { afterMs: 1 }, b: { afterMs: 3, error: refused }, c: { afterMs: 2 } },
      "ac at 5",
      "a at 0, b at 0, c at 3",
      "one that is down is replaced at once",
    ],
    [
      { a: { afterMs: 1 }, b: silent, c: { afterMs: 2 } },
      "ac at 52",
      "a at 0, b at 0, c at 50",
      "a slow copy is not waited for alone",
    ],
    [
      { a: { afterMs: 1 }, b: { afterMs: 51 }, c: silent },
      "ab at 51",
      "a at 0, b at 0, c at 50",
      "and counts when it comes after all",
    ],
    [{ a: { afterMs: 1 }, b: silent, c: silent }, "a at 550", "a at 0, b at 0, c at 50", "all there is"],
  ];
  for (const [script, want, asked, why] of rows) {
    const fixture = new QuorumFixture(script);
    assertEquals(await fixture.end(fixture.quorum.some(fixture.names, 2, fixture.ask)), want, why);
    assertEquals(fixture.asked.join(", "), asked, why);
  }
});

Deno.test("Quorum.all() asks everybody at once, and ends with the good answers that it needs", async () => {
  const rows: [script: Script, good: string, want: string, why: string][] = [
    [{ a: { afterMs: 1 }, b: silent, c: { afterMs: 4 } }, "abc", "ac at 4", "the slow one goes on by itself"],
    [{ a: { afterMs: 1 }, b: { afterMs: 9 }, c: { afterMs: 4 } }, "ab", "acb at 9", "c's is no good"],
    [{ a: { afterMs: 1 }, b: silent, c: { afterMs: 4 } }, "a", "ac at 500", "too few: everybody was heard"],
  ];
  for (const [script, good, want, why] of rows) {
    const fixture = new QuorumFixture(script);
    const isGood = (answer: string) => good.includes(answer);
    assertEquals(await fixture.end(fixture.quorum.all(fixture.names, 2, fixture.ask, isGood)), want, why);
    assertEquals(fixture.asked, ["a at 0", "b at 0", "c at 0"], why);
  }
});

Deno.test("Quorum says of failures who failed, and whether nothing can have happened there", async () => {
  const { invalidParams } = errorCode;
  const rows: [errors: Error[], isDefinite: boolean, why: string][] = [
    [[refused, new ChordError(invalidParams, "no")], true, "down, and refused"],
    [[refused, silent.error], false, "one fell silent: it may have done it"],
  ];
  for (const [[b, c], isDefinite, why] of rows) {
    const script = {
      a: { afterMs: 1 },
      b: { afterMs: 1, error: b as Error },
      c: { afterMs: 2, error: c as Error },
    };
    const fixture = new QuorumFixture(script);
    const gathering = fixture.quorum.all(fixture.names, 2, fixture.ask, () => true);
    await fixture.end(gathering);
    const { answers, failures, isDefinite: said } = await gathering;
    assertEquals([answers.length, failures.map(({ from }) => from), said], [
      1,
      [replica("b"), replica("c")],
      isDefinite,
    ], why);
  }
});

Deno.test("Quorum hides no bug behind a missing answer", async () => {
  const script = { a: { afterMs: 1 }, b: { afterMs: 1, error: new TypeError("a bug") }, c: { afterMs: 1 } };
  const fixture = new QuorumFixture(script);
  const gathering = fixture.quorum.some(fixture.names, 2, fixture.ask);
  await fixture.end(gathering);
  await assertRejects(() => gathering, TypeError);
});

Deno.test("Quorum of nobody is complete at once", async () => {
  const fixture = new QuorumFixture({});
  assertEquals(await fixture.end(fixture.quorum.all([], 0, fixture.ask, () => true)), " at 0");
});

Deno.test("Quorum.inOrder() begins with copies that are complete, and ends with those that are silent", async () => {
  const fixture = new QuorumFixture({});
  fixture.answers.set("http://b chord.ping", () => {
    throw refused;
  });
  await fixture.member.peers.isMember(replica("b"));
  const orderOf = (isComplete: boolean) =>
    fixture.quorum.inOrder(view(2, "badc", "abc"), isComplete).map(({ url }) => url.at(-1)).join("");
  assertEquals(orderOf(true), "acdb", "we, one who was a member before, a newer one, a silent one");
  assertEquals(orderOf(false), "cdab", "whoever is being filled up has to ask for each key");
});
