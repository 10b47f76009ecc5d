import type { JSX } from "preact";
import { ageText } from "./columns.ts";
import { figuresOf } from "./figures.ts";
import { InlineGlyph } from "./Glyph.tsx";
import { isProblem, type RingNode, type RingSnapshot } from "./snapshot.ts";
import { shortDigits, shortId, stateWords } from "./words.ts";

interface ProblemsProps {
  readonly snapshot: RingSnapshot;
  readonly onSelect: (id: string) => void;
  readonly nowMs: number;
}

const severity: Readonly<Partial<Record<RingNode["state"], number>>> = { dead: 0, suspect: 1, unknown: 2 };
/** More would push the ring out of sight; the table has them all. */
const shownMax = 8;

/** What an operator should look at, the worst first. Each line leads to its node. */
export function Problems({ snapshot, onSelect, nowMs }: ProblemsProps): JSX.Element | null {
  const write = (id: string) => shortId(id, shortDigits(snapshot.nodes.map((node) => node.id)));
  // While the first walk is under way, nodes that were only named are no problem yet.
  const bad = snapshot.walkedAtMs === null
    ? []
    : snapshot.nodes.filter(isProblem).toSorted((a, b) =>
      (severity[a.state] ?? 3) - (severity[b.state] ?? 3)
    );
  const misplaced = snapshot.walkedAtMs === null ? [] : figuresOf(snapshot).misplaced;
  const isOpen = snapshot.isClosed === false;
  if (bad.length + misplaced.length === 0 && !isOpen) return null;
  return (
    <section class="ring-problems" aria-label="Problems">
      <h2>Problems</h2>
      <ul>
        {isOpen && <li>The walk did not come back to where it began: the ring is not closed</li>}
        {bad.slice(0, shownMax).map((node) => (
          <li key={node.id}>
            <InlineGlyph state={node.state} />
            <button type="button" onClick={() => onSelect(node.id)}>{write(node.id)}</button>{" "}
            {stateWords[node.state]}
            {node.seenAtMs !== null && `, seen ${ageText(nowMs - node.seenAtMs)}`}
          </li>
        ))}
        {misplaced.slice(0, shownMax).map((node) => (
          <li key={`misplaced-${node.id}`}>
            <InlineGlyph state="suspect" />{" "}
            <button type="button" onClick={() => onSelect(node.id)}>{write(node.id)}</button>{" "}
            takes another node for its predecessor than the walk found
          </li>
        ))}
        {bad.length > shownMax && <li>and {bad.length - shownMax} more, in the table</li>}
      </ul>
    </section>
  );
}
