import { milliseconds, percent, shortId } from "../ring/words.ts";
import { leftBefore, type Timeline, type TraceNode, type TraceStep } from "./timeline.ts";

/** What the page knows beside the lookup itself. */
export interface SentenceFacts {
  /** Digits of an id. */
  readonly digits?: number;
  /** Finger table of the asker: the indices that lead to a node. Empty when it is not known. */
  readonly fingers?: ReadonlyMap<string, readonly number[]>;
}

/** What happened in a step, in one or two sentences. */
export function sentenceOf(timeline: Timeline, index: number, facts: SentenceFacts = {}): string {
  const step = timeline.steps[index];
  if (step === undefined) return "";
  const name = (node: TraceNode) => shortId(node.id, facts.digits);
  switch (step.kind) {
    case "start":
      return startSentence(timeline, step, name);
    case "hop":
      return `${wayTo(timeline, index, step, facts, name)} ${gain(timeline, index, step)}`;
    case "failed":
      return `${wayTo(timeline, index, step, facts, name)} ${failure(step, timeline, index, name)}`;
    case "owner":
      return ownerSentence(timeline, index, step, facts, name);
  }
}

/** Why a node was asked, in two or three words for a table. */
export function reasonOf(timeline: Timeline, index: number, facts: SentenceFacts = {}): string {
  const step = timeline.steps[index];
  if (step === undefined) return "";
  if (step.kind === "start") return "start";
  if (isAskedAgain(timeline, index)) return "asked once more";
  if (step.via !== null) return viaWords(step, facts);
  return step.from.id === step.node.id ? "owns the key itself" : "successor of the last";
}

type Name = (node: TraceNode) => string;

function startSentence({ steps, answer }: Timeline, { node, left }: TraceStep, name: Name): string {
  const begin = `${name(node)} is asked for the key, which the ring looks for at ${
    shortId(answer.position)
  }.`;
  const owner = steps.at(-1);
  if (owner?.node.id === node.id) return `${begin} It lies on its own arc.`;
  return `${begin} ${percent(left)} of the circle lies between.`;
}

function wayTo(timeline: Timeline, index: number, step: TraceStep, facts: SentenceFacts, name: Name): string {
  const asker = name(timeline.asker);
  const node = name(step.node);
  if (isAskedAgain(timeline, index)) return `${node} is asked once more, for a way around the silent.`;
  const isFirst = timeline.steps.slice(1, index).every(({ kind }) => kind === "failed");
  const begin = isFirst
    ? `${asker} does not know the owner, so it asks the closest node before the key`
    : "Next";
  switch (step.via) {
    case "finger":
      return `${begin}: ${node}, to which its ${fingerWords(step, facts)} ${leads(step, facts)}.`;
    case "successor":
      return `${begin}: ${node}, from its own list of successors.`;
    case "cache":
      return `${begin}: ${node}, which it remembers from earlier.`;
    case "answer":
      return `${name(step.from)} named ${node} as a closer node, so it is asked next.`;
    default:
      return `${begin}: ${node}.`;
  }
}

/** When all that a node named are silent it is asked for others. */
function isAskedAgain({ steps }: Timeline, index: number): boolean {
  const step = steps[index];
  return step?.via !== null && step?.node.id === step?.from.id && index > 0;
}

function gain(timeline: Timeline, index: number, { left }: TraceStep): string {
  const before = leftBefore(timeline, index);
  const still = left === 0
    ? "It stands right on the place of the key."
    : `${percent(left)} of the circle is left.`;
  if (before <= left || before === 0) return still;
  return `${percent((before - left) / before)} of the remaining way is gone; ${lowerFirst(still)}`;
}

function failure({ rttMs }: TraceStep, { steps }: Timeline, index: number, name: Name): string {
  const wait = rttMs === null ? "" : ` within ${milliseconds(rttMs)}`;
  const next = steps[index + 1];
  if (next === undefined || next.via === null) return `It gave no answer${wait}.`;
  return `It gave no answer${wait}; ${name(next.node)} is tried instead.`;
}

function ownerSentence(
  timeline: Timeline,
  index: number,
  step: TraceStep,
  facts: SentenceFacts,
  name: Name,
): string {
  const node = name(step.node);
  if (step.via !== null) {
    return `${wayTo(timeline, index, step, facts, name)} The key lies on its arc: it is the owner.`;
  }
  if (step.from.id === step.node.id) return `${node} owns the key itself: no other node had to be asked.`;
  return `${name(step.from)} knows that the key lies between itself and its successor, so ${node} owns it.`;
}

function viaWords(step: TraceStep, facts: SentenceFacts): string {
  if (step.via === "finger") return fingerWords(step, facts);
  if (step.via === "answer") return "named in an answer";
  return step.via === "cache" ? "remembered" : step.via ?? "";
}

/** The finger that says most is the highest of those that lead to the node. */
function fingerWords({ node }: TraceStep, { fingers }: SentenceFacts): string {
  const indices = fingers?.get(node.id) ?? [];
  const [first, last] = [indices[0], indices.at(-1)];
  if (first === undefined || last === undefined) return "finger table";
  return first === last ? `finger ${first}` : `fingers ${first}–${last}`;
}

function leads({ node }: TraceStep, { fingers }: SentenceFacts): string {
  return (fingers?.get(node.id)?.length ?? 1) === 1 ? "leads" : "lead";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
