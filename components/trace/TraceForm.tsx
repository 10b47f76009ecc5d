import type { JSX } from "preact";
import type { RingNode } from "../ring/snapshot.ts";
import { address, reachWords, shortDigits, shortId } from "../ring/words.ts";

interface TraceFormProps {
  readonly keyText: string;
  readonly onKey: (key: string) => void;
  readonly nodes: readonly RingNode[];
  readonly selfId: string | null;
  /** Null is the node that serves the page. */
  readonly fromId: string | null;
  readonly onFrom: (id: string | null) => void;
  /** Why the key cannot be looked up; null when it can. */
  readonly keyProblem: string | null;
  readonly isBusy: boolean;
  readonly onTrace: () => void;
  readonly onRepeat: () => void;
}

export function TraceForm(props: TraceFormProps): JSX.Element {
  const { keyText, keyProblem, isBusy } = props;
  const isReady = keyText !== "" && keyProblem === null && !isBusy;
  const submit = (event: Event) => {
    event.preventDefault();
    if (isReady) props.onTrace();
  };
  return (
    <form class="trace-form" onSubmit={submit}>
      <label class="trace-key-field">
        Key
        <input
          name="key"
          value={keyText}
          autoComplete="off"
          spellcheck={false}
          aria-invalid={keyText !== "" && keyProblem !== null}
          aria-describedby="trace-key-problem"
          onInput={(event) => props.onKey(event.currentTarget.value)}
        />
      </label>
      <StartChoice {...props} />
      <button type="submit" class="is-primary" disabled={!isReady}>Trace</button>
      <button type="button" disabled={!isReady} onClick={props.onRepeat}>Repeat ×20</button>
      <p id="trace-key-problem" class="ring-warning">{keyText === "" ? null : keyProblem}</p>
    </form>
  );
}

function StartChoice({ nodes, selfId, fromId, onFrom }: TraceFormProps): JSX.Element {
  const digits = shortDigits(nodes.map(({ id }) => id));
  const start = fromId ?? selfId ?? "";
  const isMissing = start !== "" && !nodes.some(({ id }) => id === start);
  return (
    <label class="ring-choice">
      From
      <select
        name="from"
        value={start}
        onChange={({ currentTarget: { value } }) => onFrom(value === selfId ? null : value)}
      >
        {isMissing && <option value={start} selected>{shortId(start, digits)}, not in the ring</option>}
        {nodes.map(({ id, url, reach }) => (
          <option key={id} value={id} selected={id === start}>
            {shortId(id, digits)} {address(url)}
            {id === selfId
              ? ` (${reachWords.own})`
              : reach === "direct"
              ? ""
              : " (not reached by this browser)"}
          </option>
        ))}
      </select>
    </label>
  );
}
