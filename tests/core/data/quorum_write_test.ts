import { assertEquals, assertRejects } from "@std/assert";
import { Copies } from "../../../core/data/copies.ts";
import { Quorum } from "../../../core/data/quorum.ts";
import { QuorumWrite } from "../../../core/data/quorum_write.ts";
import { QuorumError, StampTooLowError } from "../../../core/errors.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

type Answer = { version: string; had?: string; repeated?: boolean };

/** A write at "a" of a record that b and c answer to as they are told, the last answer again and again. */
class WriteFixture extends KeeperFixture {
  readonly partition = this.partitionOf("k");
  readonly earlier = this.version(-10);
  readonly newer = this.version(10);
  readonly present = this.record("k", "v", { requestId: "r" });

  others(answers: Readonly<Record<string, readonly Answer[]>>): this {
    for (const [name, list] of Object.entries(answers)) {
      const left = [...list];
      const write = () => left.length > 1 ? left.shift() : left[0];
      this.answers.set(`http://${name} replica.write`, write);
    }
    return this;
  }

  async spread(): Promise<string> {
    this.keeps(view(1, "abc"));
    const { keeper, member, replicas } = this;
    const write = new QuorumWrite(new Quorum(member, replicas), new Copies(member, keeper, keeper.clock));
    const kept = write.spread(view(1, "abc"), this.partition, this.present, 2, {});
    kept.catch(() => {});
    await this.time.advance(10_000);
    return (await kept).record.version;
  }

  /** Something newer than all is here already, which did not have the write before. */
  async overtaken(): Promise<this> {
    await this.time.advance(5_000);
    await this.store.merge(this.partition, this.record("k", "newer", { version: this.newer }));
    return this;
  }
}

Deno.test("QuorumWrite ends a repeat as the version that the write had before", async () => {
  const fixture = new WriteFixture();
  const { earlier } = fixture;
  fixture.others({
    b: [{ version: earlier, repeated: true }, { version: earlier }],
    c: [{ version: earlier, repeated: true }, { version: earlier }],
  });
  await fixture.keeper.write(
    fixture.partition,
    1,
    fixture.record("k", "v", { version: earlier, requestId: "r" }),
  )
    .catch(() => {});
  fixture.keeps(view(1, "abc"));
  await fixture.keeper.write(
    fixture.partition,
    1,
    fixture.record("k", "v", { version: earlier, requestId: "r" }),
  );
  assertEquals(await fixture.spread(), earlier);
});

Deno.test("QuorumWrite takes no copy that is newer for one that has the write", async () => {
  const fixture = await new WriteFixture().overtaken();
  const { newer } = fixture;
  fixture.others({ b: [{ version: newer, had: "no" }], c: [{ version: newer, had: "no" }] });
  const error = await assertRejects(() => fixture.spread(), StampTooLowError);
  assertEquals([error.data.above, error.data.tooLow], [newer, fixture.present.version]);
});

Deno.test("QuorumWrite gives an earlier try that had no effect another version, not its acknowledgement", async () => {
  const fixture = await new WriteFixture().overtaken();
  const { earlier, newer } = fixture;
  // Only c ever had it; a and b have something newer, and never did.
  fixture.others({
    b: [{ version: newer, had: "no" }],
    c: [{ version: earlier, repeated: true }, { version: earlier }],
  });
  const error = await assertRejects(() => fixture.spread());
  assertEquals(error instanceof StampTooLowError || error instanceof QuorumError, true, String(error));
});

Deno.test("QuorumWrite cannot tell what became of a write that a copy may have had", async () => {
  const fixture = await new WriteFixture().overtaken();
  const { newer } = fixture;
  fixture.others({ b: [{ version: newer, had: "unknown" }], c: [{ version: newer, had: "no" }] });
  fixture.replicas.keptSinceMs = () => Infinity;
  const error = await assertRejects(() => fixture.spread(), QuorumError);
  assertEquals(error.data.definite, false);
});
