import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CopyButton } from "../components/ring/CopyButton.tsx";
import { RingDiagram } from "../components/ring/RingDiagram.tsx";
import { RingNotice } from "../components/ring/RingNotice.tsx";
import { expectedHops } from "../components/ring/figures.ts";
import { membersOf, nodeOf } from "../components/ring/snapshot.ts";
import { milliseconds, plural, shortDigits, shortId } from "../components/ring/words.ts";
import { HopHistogram } from "../components/trace/HopHistogram.tsx";
import { HopTable } from "../components/trace/HopTable.tsx";
import { currentStep } from "../components/trace/player.ts";
import { PlayerControls } from "../components/trace/PlayerControls.tsx";
import { type SentenceFacts, sentenceOf } from "../components/trace/sentences.ts";
import type { Timeline } from "../components/trace/timeline.ts";
import { TraceForm } from "../components/trace/TraceForm.tsx";
import { TracePath } from "../components/trace/TracePath.tsx";
import { keyProblem } from "../client/mod.ts";
import { readParameter, writeParameters } from "./url_state.ts";
import { usePlayer, useReducedMotion } from "./use_player.ts";
import { useFingers, useNow, useRing } from "./use_ring.ts";
import { useRepeats, useTrace } from "./use_trace.ts";

export interface TracePageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
}

/** One lookup, hop by hop: the way over the ring, the reasons, and how usual it was. */
export default function TracePage({ cluster }: TracePageProps): JSX.Element {
  const ring = useRing(cluster);
  const { snapshot } = ring;
  const nowMs = useNow();
  const [key, setKey] = useState("");
  const [fromId, setFromId] = useState<string | null>(null);
  const trace = useTrace(ring);
  const repeats = useRepeats(ring);
  const isReduced = useReducedMotion();
  const [player, act] = usePlayer();
  const permalink = usePermalink({ setKey, setFromId });
  const { timeline } = trace;
  const { fingers } = useFingers(ring, timeline?.asker.id ?? null);
  const facts: SentenceFacts = useMemo(() => ({
    digits: shortDigits(snapshot.nodes.map(({ id }) => id)),
    fingers: new Map((fingers ?? []).map(({ nodeId, indices }) => [nodeId, indices])),
  }), [snapshot.nodes, fingers]);

  const start = fromId ?? snapshot.selfId;
  const problem = keyProblem(key)?.reason ?? null;
  const run = (id: string | null = start) => trace.run(key, id);

  // A link with a key is followed as soon as its start is known.
  useEffect(() => {
    if (!permalink.isWaiting || start === null || problem !== null) return;
    if (nodeOf(snapshot, start) === null && snapshot.walkedAtMs === null) return;
    permalink.done();
    run();
  }, [permalink.isWaiting, start, problem, snapshot]);

  useEffect(() => {
    if (timeline === null) return;
    const at = permalink.takeStep() ?? (isReduced ? timeline.steps.length - 1 : 0);
    act({ kind: "load", steps: timeline.steps.length, at, isPlaying: at === 0 && !isReduced });
  }, [timeline]);

  const step = currentStep(player);
  useEffect(() => {
    if (timeline === null || player.isPlaying) return;
    writeParameters({ key: timeline.answer.key, from: timeline.asker.id, step: String(step) });
  }, [timeline, step, player.isPlaying]);

  return (
    <div class="trace-page">
      <RingNotice snapshot={snapshot} nowMs={nowMs} onRetry={ring.refresh} />
      <TraceForm
        keyText={key}
        onKey={setKey}
        nodes={snapshot.nodes}
        selfId={snapshot.selfId}
        fromId={fromId}
        onFrom={setFromId}
        keyProblem={problem}
        isBusy={trace.isRunning || repeats.isRunning}
        onTrace={() => run()}
        onRepeat={() => repeats.run(key)}
      />
      {trace.problem !== null && <p class="ring-notice is-bad" role="alert">{trace.problem}</p>}
      {timeline !== null && <TraceHead timeline={timeline} members={membersOf(snapshot).length} />}
      <div class="ring-columns">
        <div class="ring-main">
          <RingDiagram
            snapshot={snapshot}
            selectedId={null}
            onSelect={(id) => id !== null && setFromId(id)}
            onTrace={(id) => (setFromId(id), problem === null && run(id))}
            isPlain
            overlay={(layout) =>
              timeline !== null && (
                <TracePath
                  layout={layout}
                  timeline={timeline}
                  position={isReduced ? player.last : player.position}
                  current={step}
                />
              )}
          />
          {timeline !== null && <PlayerControls player={player} onAct={act} />}
        </div>
        <div class="ring-side">
          {timeline === null
            ? (
              <p class="ring-empty">
                Choose a key and a start, and see which nodes are asked for its owner, and why.
              </p>
            )
            : (
              <TraceWords
                timeline={timeline}
                facts={facts}
                step={step}
                onStep={(to) => act({ kind: "scrub", to })}
              />
            )}
          {repeats.refused > 0 && (
            <p class="ring-warning">
              {plural(repeats.refused, "lookup")} could not be started: the node did not answer this browser
            </p>
          )}
          <HopHistogram
            samples={repeats.samples}
            members={membersOf(snapshot).length}
            onWorst={({ fromId }) => (setFromId(fromId), run(fromId))}
          />
        </div>
      </div>
    </div>
  );
}

function TraceHead({ timeline, members }: { timeline: Timeline; members: number }): JSX.Element {
  const { answer, totalMs, failures } = timeline;
  return (
    <dl class="trace-head">
      <div>
        <dt>Hash</dt>
        <dd>
          <code title={answer.keyHash}>{shortId(answer.keyHash)}</code>
        </dd>
      </div>
      <div>
        <dt>Partition</dt>
        <dd>{answer.partition}</dd>
      </div>
      <div>
        <dt>Owner</dt>
        <dd>
          <code title={answer.responsibleNode.id}>{shortId(answer.responsibleNode.id)}</code>
        </dd>
      </div>
      <div>
        <dt>Copies</dt>
        <dd>{answer.replicas.map(({ id }) => shortId(id, 4)).join(", ")}</dd>
      </div>
      <div>
        <dt>Hops</dt>
        <dd>{answer.hops}{failures > 0 && `, ${failures} without answer`}</dd>
      </div>
      <div>
        <dt>Requests took</dt>
        <dd>{milliseconds(totalMs)}</dd>
      </div>
      <div>
        <dt>½·log₂ {members}</dt>
        <dd>{expectedHops(members).toFixed(1)} hops</dd>
      </div>
    </dl>
  );
}

function TraceWords({ timeline, facts, step, onStep }: {
  timeline: Timeline;
  facts: SentenceFacts;
  step: number;
  onStep: (step: number) => void;
}): JSX.Element {
  return (
    <section aria-label="Steps">
      <p class="trace-sentence" role="status">
        <strong>Step {step} of {timeline.steps.length - 1}.</strong> {sentenceOf(timeline, step, facts)}
      </p>
      <HopTable timeline={timeline} facts={facts} current={step} onStep={onStep} />
      <p class="ring-actions">
        <CopyButton what="as JSON" text={JSON.stringify(timeline.answer, null, 2)} />
      </p>
    </section>
  );
}

/** The lookup that a link asks for: `?key=&from=&step=`. */
function usePermalink({ setKey, setFromId }: {
  setKey: (key: string) => void;
  setFromId: (id: string | null) => void;
}) {
  const [isWaiting, setIsWaiting] = useState(false);
  const step = useRef<number | null>(null);
  useEffect(() => {
    const key = readParameter("key");
    const stepText = readParameter("step");
    setFromId(readParameter("from") || null);
    if (key === null || key === "") return;
    setKey(key);
    step.current = stepText !== null && /^\d{1,3}$/.test(stepText) ? Number(stepText) : null;
    setIsWaiting(true);
  }, []);
  return {
    isWaiting,
    done: () => setIsWaiting(false),
    /** Where the link wants the player to stand; only the first lookup is the link's. */
    takeStep: () => {
      const wanted = step.current;
      step.current = null;
      return wanted;
    },
  };
}
