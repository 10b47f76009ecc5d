import { assertRejects } from "@std/assert";
import { makeRecord } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { UncertainError } from "../../core/errors.ts";
import type { Result } from "../../core/protocol.ts";
import { RecordWalk } from "../../transport/record_walk.ts";
import { FakeNode } from "./fake_node.ts";

type Compared = Result<"partition.compare">;

Deno.test("RecordWalk.pages() believes no keeper that goes in a circle, or gives what nobody sealed", async () => {
  const node = new FakeNode();
  const record = toWire(makeRecord({
    key: "k",
    value: new Uint8Array([1]),
    version: formatVersion(1, 0, node.self.id),
    expiresAtMs: null,
    requestId: null,
  }));
  const rows: [lie: Partial<Compared>, why: string][] = [
    [{ next: { partition: 0, key: "" } }, "the page ends where it began"],
    [{ newer: [{ ...record, value: "Ag==" }] }, "another value"],
    [{ newer: [{ ...record, value: "%" }] }, "no base64"],
    [{ newer: [{ ...record, key: "l" }] }, "another key"],
  ];
  for (const [lie, why] of rows) {
    const members = [{ ...node.self, disk: "disk" }];
    node.peerAnswers["partition.views"] = () => ({
      views: [{ first: 0, last: 63, view: { epoch: 1, members, previous: [] } }],
    });
    node.peerAnswers["partition.compare"] = () => ({ absent: [], older: [], newer: [], next: null, ...lie });
    const pages = new RecordWalk(node, { scope: "ring", pause: () => Promise.resolve() }).pages();
    await assertRejects(() => pages.next(), UncertainError, "0 of 1 copies", why);
  }
});
