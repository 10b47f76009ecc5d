import type { JSX } from "preact";
import { type BarColumn, BarTable } from "./BarTable.tsx";
import { figuresOf, mean, sharesOf, standardDeviation } from "./figures.ts";
import { membersOf, type RingSnapshot } from "./snapshot.ts";
import { address, bytes, count, percent, shortDigits, shortId } from "./words.ts";

interface TabProps {
  readonly snapshot: RingSnapshot;
  readonly selectedId: string | null;
  readonly onSelect: (id: string | null) => void;
}

/** How evenly the circle and the keys are spread. */
export function Balance({ snapshot, selectedId, onSelect }: TabProps): JSX.Element {
  const shares = sharesOf(snapshot);
  const rows = rowsOf(snapshot, ({ id, info }) => [shares.get(id) ?? null, info?.keyCount ?? null]);
  const figures = figuresOf(snapshot);
  const columns = [
    spreadColumn("Share of the circle", rows.map(({ values }) => values[0] ?? null), percent),
    spreadColumn(
      "Keys owned",
      rows.map(({ values }) => values[1] ?? null),
      (value) => count(Math.round(value)),
    ),
  ];
  return (
    <section class="ring-tab">
      <p>
        The largest share of the circle is {figures.shareMaxOverMean.toFixed(2)} times the mean
        {figures.keysMaxOverMean !== null &&
          `, the most keys are ${figures.keysMaxOverMean.toFixed(2)} times the mean`}
        . With one random place per node the largest share is {harmonic(figures.members).toFixed(1)}{" "}
        times the mean on average.
      </p>
      <BarTable label="Balance" columns={columns} rows={rows} selectedId={selectedId} onSelect={onSelect} />
    </section>
  );
}

/** What each node uses, by its own account. */
export function Fleet({ snapshot, selectedId, onSelect }: TabProps): JSX.Element {
  const rows = rowsOf(snapshot, ({ info }) => [
    info?.cpu ?? null,
    info?.memory ?? null,
    info?.recordCount ?? null,
    info?.partitionsUnsynced ?? null,
  ]);
  const most = (index: number) => Math.max(0, ...rows.map(({ values }) => values[index] ?? 0));
  const columns: BarColumn[] = [
    { title: "CPU, of one core", write: percent, full: Math.max(1, most(0)) },
    { title: "Memory, resident", write: bytes, full: most(1) },
    { title: "Records held", write: count, full: most(2) },
    { title: "Partitions not complete", write: count, full: most(3) },
  ];
  return (
    <section class="ring-tab">
      <p>What each node says it uses. Memory and records are drawn against the largest of the ring.</p>
      <BarTable label="Fleet" columns={columns} rows={rows} selectedId={selectedId} onSelect={onSelect} />
    </section>
  );
}

/** 1 + 1/2 + ... + 1/n: how many mean lengths the longest of n random arcs of a circle has on average. */
function harmonic(n: number): number {
  return Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((sum, part) => sum + part, 0);
}

function rowsOf(
  snapshot: RingSnapshot,
  valuesOf: (node: RingSnapshot["nodes"][number]) => (number | null)[],
) {
  const members = membersOf(snapshot);
  const digits = shortDigits(members.map(({ id }) => id));
  return members.map((node) => ({
    id: node.id,
    name: shortId(node.id, digits),
    title: `${node.id} at ${address(node.url)}`,
    values: valuesOf(node),
  }));
}

/** Bars up to the largest, with lines at the mean and two standard deviations to either side. */
function spreadColumn(
  title: string,
  values: readonly (number | null)[],
  write: (value: number) => string,
): BarColumn {
  const known = values.filter((value) => value !== null);
  const middle = mean(known) ?? 0;
  const spread = 2 * standardDeviation(known);
  const full = Math.max(0, ...known);
  const marks = [
    { name: "mean", value: middle },
    { name: "−2σ", value: middle - spread },
    { name: "+2σ", value: middle + spread },
  ].filter(({ value }) => value > 0 && known.length > 2);
  return { title, write, full: Math.max(full, middle + spread), marks };
}
