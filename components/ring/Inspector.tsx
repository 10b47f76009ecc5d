import type { ComponentChildren, JSX } from "preact";
import { ageText } from "./columns.ts";
import { CopyButton } from "./CopyButton.tsx";
import { sharesOf } from "./figures.ts";
import { InlineGlyph } from "./Glyph.tsx";
import { indicesText } from "./RingLayers.tsx";
import { type Finger, neighborsOf, nodeOf, type RingNode, type RingSnapshot } from "./snapshot.ts";
import {
  address,
  bytes,
  count,
  duration,
  milliseconds,
  percent,
  reachWords,
  shortDigits,
  shortId,
  stateWords,
} from "./words.ts";

export interface InspectorProps {
  readonly snapshot: RingSnapshot;
  readonly nodeId: string;
  readonly onSelect: (id: string | null) => void;
  /** Null while they are asked for, or when the node does not tell. */
  readonly fingers: readonly Finger[] | null;
  /** Why there are no fingers. */
  readonly fingersProblem?: string | null;
  /** As the node was when it was last seen, for one that is gone. */
  readonly lastSeen?: RingNode | null;
  readonly nowMs: number;
}

/** Everything about the selected node. */
export function Inspector(props: InspectorProps): JSX.Element {
  const { snapshot, nodeId, onSelect } = props;
  const present = nodeOf(snapshot, nodeId);
  const node = present ?? props.lastSeen ?? null;
  const write = (id: string) => shortId(id, shortDigits(snapshot.nodes.map((other) => other.id)));
  return (
    <aside class="ring-inspector" aria-label="Selected node">
      <header>
        <h2>
          {node !== null && <InlineGlyph state={present === null ? "unknown" : node.state} />}
          <code title={nodeId}>{write(nodeId)}</code>
        </h2>
        <button type="button" class="ring-close" onClick={() => onSelect(null)}>Close</button>
      </header>
      {present === null && <Gone {...props} write={write} />}
      {node !== null && <Details {...props} node={node} />}
      {present !== null && <Neighbors {...props} node={present} write={write} />}
      {present !== null && <Fingers {...props} write={write} />}
      {node !== null && <Actions node={node} />}
    </aside>
  );
}

interface Written {
  readonly write: (id: string) => string;
}

function Gone({ snapshot, nodeId, lastSeen = null, nowMs, onSelect, write }: InspectorProps & Written) {
  const after = neighborsOf(snapshot, nodeId)?.after ?? null;
  return (
    <p class="ring-gone" role="status">
      {lastSeen === null || lastSeen.seenAtMs === null
        ? "This node is not in the ring."
        : `This node is not in the ring any more. It was seen ${
          ageText(nowMs - lastSeen.seenAtMs)
        }; below is what it said.`}
      {after !== null && (
        <button type="button" onClick={() => onSelect(after.id)}>Show {write(after.id)}, who follows</button>
      )}
    </p>
  );
}

function Details({ snapshot, node, nowMs }: InspectorProps & { node: RingNode }): JSX.Element {
  const { info, reach, rttMs, seenAtMs } = node;
  const share = sharesOf(snapshot).get(node.id) ?? null;
  return (
    <dl class="ring-facts">
      <Fact name="State">{stateWords[node.state]}{node.why !== null && `: ${node.why}`}</Fact>
      <Fact name="Address">{address(node.url)}</Fact>
      <Fact name="Owns">{share === null ? "nothing" : `${percent(share)} of the circle`}</Fact>
      {info !== null && (
        <>
          <Fact name="Keys owned">{count(info.keyCount)}</Fact>
          <Fact name="Records held">{count(info.recordCount)}</Fact>
          <Fact name="Partitions">
            {count(info.partitionsOwned)} owned, {count(info.partitionsHeld)} held
            {info.partitionsUnsynced > 0 && `, ${count(info.partitionsUnsynced)} not complete`}
          </Fact>
          <Fact name="CPU, memory">
            {info.cpu === null ? "–" : percent(info.cpu)}, {info.memory === null ? "–" : bytes(info.memory)}
          </Fact>
          <Fact name="Up">
            {duration(info.uptimeMs)}, life {count(info.incarnation)}, version {info.version}
          </Fact>
        </>
      )}
      <Fact name="Asked">
        {reach === null ? "no answer" : reachWords[reach]}
        {rttMs !== null && ` in ${milliseconds(rttMs)}`}
        {seenAtMs !== null && `, ${ageText(nowMs - seenAtMs)}`}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Neighbors({ snapshot, node, onSelect, write }: InspectorProps & Written & { node: RingNode }) {
  const before = neighborsOf(snapshot, node.id)?.before ?? null;
  const claims = node.predecessor?.id ?? null;
  const isWrong = node.reach !== null && node.isInRing && before !== null && before.id !== node.id &&
    claims !== before.id;
  return (
    <section>
      <h3>Neighbours</h3>
      <ol class="ring-neighbors">
        <li>
          predecessor{" "}
          {claims === null ? "none" : <NodeButton id={claims} onSelect={onSelect} write={write} />}
          {isWrong && before !== null && (
            <span class="ring-warning">the walk found {write(before.id)} before it</span>
          )}
        </li>
        {node.successors.map(({ id }, index) => (
          <li key={id}>
            successor {index + 1} <NodeButton id={id} onSelect={onSelect} write={write} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function NodeButton({ id, onSelect, write }: Written & { id: string; onSelect: (id: string) => void }) {
  return <button type="button" class="ring-node-button" onClick={() => onSelect(id)}>{write(id)}</button>;
}

function Fingers({ fingers, fingersProblem = null, onSelect, write }: InspectorProps & Written): JSX.Element {
  return (
    <section>
      <h3>Fingers</h3>
      {fingersProblem !== null && <p class="ring-warning">{fingersProblem}</p>}
      {fingers === null && fingersProblem === null && <p>Asking…</p>}
      {fingers !== null && fingers.length === 0 && <p>They all lead to the node itself.</p>}
      {fingers !== null && (
        <ol class="ring-neighbors">
          {fingers.map(({ nodeId, indices }) => (
            <li key={nodeId}>
              <NodeButton id={nodeId} onSelect={onSelect} write={write} /> {indicesText(indices)}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Actions({ node }: { node: RingNode }): JSX.Element {
  return (
    <footer class="ring-actions">
      <a href={`/trace?from=${node.id}`}>Trace from here</a>
      <a href={node.url}>Open its page</a>
      <CopyButton what="node id" text={node.id} />
      <CopyButton what="address" text={node.url} />
    </footer>
  );
}
