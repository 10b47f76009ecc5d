import type { JSX } from "preact";
import { logLevels } from "../../core/live/topics.ts";
import { chipsOf, type LogFilter, noFilter } from "./lines.ts";

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
}

/** What is looked for: fields to say it in, and what was said as chips that can be taken away. */
export function LogFilters({ filter, onFilter }: LogFiltersProps): JSX.Element {
  const chips = chipsOf(filter);
  const set = (change: Partial<LogFilter>) => onFilter({ ...filter, ...change });
  return (
    <div class="log-filters" role="search" aria-label="Log lines">
      <label class="field">
        <span>Level</span>
        <select
          value={filter.level}
          onChange={(event) => {
            const { value } = event.currentTarget;
            set({ level: logLevels.find((level) => level === value) ?? noFilter.level });
          }}
        >
          {logLevels.map((level) => <option key={level} value={level}>{level} and above</option>)}
        </select>
      </label>
      <label class="field">
        <span>Text</span>
        <input
          value={filter.text}
          spellcheck={false}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Event</span>
        <input
          value={filter.event ?? ""}
          spellcheck={false}
          onChange={(event) => set({ event: event.currentTarget.value || null })}
        />
      </label>
      <label class="field">
        <span>Request id</span>
        <input
          value={filter.requestId ?? ""}
          spellcheck={false}
          onChange={(event) => set({ requestId: event.currentTarget.value.trim() || null })}
        />
      </label>
      {chips.length > 0 && (
        <ul class="log-chips" aria-label="Filters in effect">
          {chips.map(({ label, without }) => (
            <li key={label}>
              <button
                type="button"
                class="chip"
                aria-label={`Remove filter: ${label}`}
                onClick={() => onFilter(without)}
              >
                {label}
                <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                  <path d="M1.5,1.5L8.5,8.5M8.5,1.5L1.5,8.5" stroke="currentColor" stroke-width="1.6" />
                </svg>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
