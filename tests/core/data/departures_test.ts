import { assertEquals } from "@std/assert";
import { Departures } from "../../../core/data/departures.ts";
import { IdSpace } from "../../../core/id.ts";
import { nodeIdOf } from "../../../core/node_ref.ts";
import { PartitionMap } from "../../../core/partition.ts";
import { at, circle, idsOf, node, nodes } from "../circle.ts";

const partitions = new PartitionMap(circle, 16);

/** The partition that ends at this point. */
function ending(hex: string): number {
  return partitions.of(at(hex));
}

Deno.test("Departures.insteadOf(): its heirs have what was its own, its predecessor knows of the rest", () => {
  const left = { node: node("60"), predecessor: node("40"), heirs: nodes("80") };
  const departures = new Departures(partitions, [left]);
  const rows: [of: string, partition: string, want: string, why: string][] = [
    ["60", "4f", "80", "its own arc"],
    ["60", "5f", "80", "the end of it"],
    ["60", "3f", "40", "before it"],
    ["60", "6f", "40", "behind it: it never had that, so it lay before it"],
    ["80", "5f", "80", "a node that did not depart"],
  ];
  for (const [of, partition, want, why] of rows) {
    assertEquals(idsOf(departures.insteadOf(node(of), ending(partition))), want, why);
  }
});

Deno.test("Departures.insteadOf(): a node that left without a predecessor had everything", () => {
  const departures = new Departures(partitions, [{
    node: node("60"),
    predecessor: null,
    heirs: nodes("80"),
  }]);
  for (const partition of [0, 5, 15]) assertEquals(idsOf(departures.insteadOf(node("60"), partition)), "80");
});

Deno.test("Departures.remove(): a node that is back is asked itself", () => {
  const departures = new Departures(partitions, [{
    node: node("60"),
    predecessor: node("40"),
    heirs: nodes("80"),
  }]);
  assertEquals(departures.has(at("60")), true);
  departures.remove(at("60"));
  assertEquals([departures.has(at("60")), departures.all()], [false, []]);
  assertEquals(idsOf(departures.insteadOf(node("60"), 5)), "60");
});

Deno.test("Departures: remembers the latest 64, each once", () => {
  const space = new IdSpace(160);
  const departures = new Departures(new PartitionMap(space, 16), []);
  const left = Array.from({ length: 80 }, (_, i) => {
    const url = `http://n${i}`;
    return { node: { id: nodeIdOf(space, "rondo", url), url }, predecessor: null, heirs: [] };
  });
  for (const departure of [...left, left[20] as (typeof left)[number]]) departures.add(departure);
  assertEquals(departures.all().length, 64);
  assertEquals(departures.all().at(-1), left[20], "heard of again");
  assertEquals(departures.all()[0], left[16]);
});
