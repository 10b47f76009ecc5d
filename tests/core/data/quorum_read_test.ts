import { assertEquals, assertRejects } from "@std/assert";
import { Copies } from "../../../core/data/copies.ts";
import { Quorum } from "../../../core/data/quorum.ts";
import { QuorumRead } from "../../../core/data/quorum_read.ts";
import type { StoredRecord } from "../../../core/data/record.ts";
import { toWire } from "../../../core/data/wire_record.ts";
import { ChordError } from "../../../core/errors.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

/** A read at "a", which has a record that b and c did not have when they were asked. */
class ReadFixture extends KeeperFixture {
  readonly partition = this.partitionOf("k");
  readonly ours = this.record("k", "ours");
  readonly newer = this.record("k", "newer", { version: this.version(5) });

  async start(): Promise<this> {
    this.keeps(view(1, "abc"));
    await this.store.merge(this.partition, this.ours);
    return this;
  }

  /** What b and c answer to the reads, one after the other, and to what is brought to them. */
  others(reads: readonly (StoredRecord | null)[], write: { version: string; had?: string }): this {
    for (const name of "bc") {
      const left = [...reads];
      const read = () => {
        const record = left.length > 1 ? left.shift() : left[0];
        return { record: record === null || record === undefined ? null : toWire(record) };
      };
      this.answers.set(`http://${name} replica.read`, read);
      this.answers.set(`http://${name} replica.write`, () => write);
    }
    return this;
  }

  async read(): Promise<StoredRecord | null> {
    const { keeper, member, replicas } = this;
    const copies = new Copies(member, keeper, keeper.clock);
    const read = new QuorumRead(new Quorum(member, replicas), copies, keeper);
    const outcome = read.read(view(1, "abc"), this.partition, "k", 2);
    outcome.catch(() => {});
    await this.time.advance(10_000);
    return await outcome;
  }
}

Deno.test("QuorumRead answers with what a quorum has, or had", async () => {
  const fixture = await new ReadFixture().start();
  const { ours, newer } = fixture;
  const rows: [
    write: { version: string; had?: string },
    reads: (StoredRecord | null)[],
    want: StoredRecord,
  ][] = [
    [{ version: ours.version }, [null], ours],
    [{ version: newer.version, had: "yes" }, [null], ours],
    [{ version: newer.version, had: "no" }, [null, newer], newer],
    [{ version: newer.version, had: "unknown" }, [null, newer], newer],
  ];
  for (const [write, reads, want] of rows) {
    const { version } = await new ReadFixture().start().then((it) => it.others(reads, write).read()) ?? {};
    assertEquals(version, want.version, JSON.stringify(write));
  }
});

Deno.test("QuorumRead gives up on a key that is always newer than what it has just read", async () => {
  const fixture = await new ReadFixture().start();
  fixture.others([null], { version: fixture.newer.version, had: "no" });
  const error = await assertRejects(() => fixture.read(), ChordError, "changes faster than it can be read");
  assertEquals([error.data.reason, error.data.isMoving, error.data.definite], ["uncertain", true, true]);
});
