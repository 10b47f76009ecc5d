import { toWire } from "../../core/data/wire_record.ts";
import { ask, attack, type Attacks } from "./attack.ts";
import { hourMs } from "./target.ts";

const refused = "200 -32602 1";

/** What a peer sends that wants its records kept: other ones than it says, ones that are over, ones without end. */
export const records: Attacks = (target) => {
  const { node, partitionOf } = target;
  const partition = partitionOf("open");
  const foreign = (partition + 1) % node.partitions.count;
  const { epoch } = target.viewOf(partition);
  const write = (record: object, more: object = {}) =>
    ask("replica.write", { partition, epoch, record, ...more });
  const sound = toWire(target.record("open"));
  const everything = { first: 0, last: node.partitions.count - 1 };

  return [
    attack(
      "a record for another partition",
      ask("replica.write", { partition: foreign, epoch, record: sound }),
      refused,
      "its key is not in there",
    ),
    attack(
      "a record with another checksum",
      write({ ...sound, checksum: (sound.checksum ^ 1) >>> 0 }),
      "200 -32013 1",
      "not as sealed",
    ),
    attack(
      "a record with another value",
      write({ ...sound, value: "Ag==" }),
      "200 -32013 1",
      "not as sealed",
    ),
    attack(
      "a record made to live for ever",
      write({ ...toWire(target.record("open", 0, { expiresAtMs: Date.now() + hourMs })), expiresAtMs: null }),
      "200 -32013 1",
      "not as sealed",
    ),
    attack("a record with no base64", write({ ...sound, value: "%" }), "200 -32013 1", "no value"),
    attack(
      "a record from the future",
      write(toWire(target.record("open", hourMs))),
      "200 -32012 1",
      "it would win for ever",
    ),
    attack(
      "a record of the year 10,889",
      write({ ...sound, version: `ffffffffffff.ffff.${node.self.id}` }),
      "200 -32013 1",
      "nor one that only says so",
    ),
    attack(
      "a record that has expired",
      write(toWire(target.record("open", -hourMs, { expiresAtMs: Date.now() - 60_000 }))),
      "200 -32006 1",
      "what is over stays over",
    ),
    attack(
      "a record too large",
      write(toWire(target.record("open", 0, { value: new Uint8Array(1_001) }))),
      "200 -32009 1",
      "1,000",
    ),
    attack(
      "a record without a key",
      ask("replica.write", {
        partition: partitionOf(""),
        epoch,
        record: toWire(target.record("")),
      }),
      refused,
      "1 to 512 bytes",
    ),
    attack(
      "a record of another view",
      write(sound, { epoch: epoch + 7 }),
      "200 -32003 1",
      "we have not heard of it",
    ),
    attack("a view before the first", write(sound, { epoch: 0 }), refused, "from 1"),
    attack(
      "push of a foreign record",
      ask("partition.push", {
        epoch: epoch + 7,
        records: [sound],
      }),
      "200 -32003 1",
      "the same for pages",
    ),
    attack(
      "push of one bad record among good ones",
      ask("partition.push", {
        epoch,
        records: [sound, { ...sound, checksum: 0 }],
      }),
      "200 -32013 1",
      "none of them is taken",
    ),
    attack(
      "push of more than a page",
      ask("partition.push", { epoch, records: Array(1_001).fill(sound) }),
      refused,
      "1,000",
    ),
    attack(
      "partitions that are not there",
      ask("partition.views", { ranges: [{ first: 0, last: 65_535 }] }),
      refused,
      "64",
    ),
    attack(
      "partitions back to front",
      ask("partition.digest", { ranges: [{ first: 3, last: 2 }] }),
      refused,
      "none",
    ),
    attack(
      "all partitions a thousand times",
      ask("partition.digest", { ranges: Array(1_000).fill(everything) }),
      refused,
      "a short question, an endless answer",
    ),
    attack(
      "all views a thousand times",
      ask("partition.views", { ranges: Array(1_000).fill(everything) }),
      refused,
      "the same",
    ),
    attack(
      "reading another key than the partition has",
      ask("replica.read", { partition: foreign, key: "open", epoch, as: "member" }),
      refused,
      "as for writes",
    ),
  ];
};
