import type { JSX } from "preact";
import type { LogLine } from "../../core/live/topics.ts";
import { CopyButton } from "../ring/CopyButton.tsx";
import { asNdjson, lineText, type LogFilter, requestIdOf, shown } from "./lines.ts";

interface LogDetailsProps {
  readonly line: LogLine;
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
  readonly onClose: () => void;
}

/** One line in full, and the ways from it to others like it. */
export function LogDetails({ line, filter, onFilter, onClose }: LogDetailsProps): JSX.Element {
  const requestId = requestIdOf(line);
  return (
    <aside class="card log-details" aria-label="Selected line">
      <header>
        <h2>{shown(line.event)}</h2>
        <button type="button" onClick={onClose}>Close</button>
      </header>
      <dl class="facts">
        <div>
          <dt>Time (UTC)</dt>
          <dd>{new Date(line.timeMs).toISOString()}</dd>
        </div>
        <div>
          <dt>Level</dt>
          <dd>{line.level}</dd>
        </div>
        <div>
          <dt>Line</dt>
          <dd>{line.number}</dd>
        </div>
        {Object.entries(line.fields).map(([name, value]) => (
          <div key={name}>
            <dt>{shown(name)}</dt>
            <dd class="mono">{typeof value === "string" ? shown(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
      <div class="log-acts">
        <button type="button" onClick={() => onFilter({ ...filter, event: line.event })}>
          Only this event
        </button>
        {requestId !== null && (
          <button type="button" onClick={() => onFilter({ ...filter, requestId })}>Only this request</button>
        )}
        <CopyButton key={`line-${line.number}`} what="line" text={lineText(line)} />
        <CopyButton key={`json-${line.number}`} what="JSON" text={asNdjson([line]).trimEnd()} />
      </div>
    </aside>
  );
}
