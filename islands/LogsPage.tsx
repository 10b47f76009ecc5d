import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  asNdjson,
  filterFrom,
  filterParameters,
  lineText,
  type LogFilter,
  matching,
  missedIn,
  noFilter,
  summaryOf,
  withLines,
} from "../components/logs/lines.ts";
import { LogDetails } from "../components/logs/LogDetails.tsx";
import { LogFilters } from "../components/logs/LogFilters.tsx";
import { LogList } from "../components/logs/LogList.tsx";
import { plural } from "../components/ring/words.ts";
import type { LogLine } from "../core/live/topics.ts";
import { download } from "./download.ts";
import { readParameter, writeParameters } from "./url_state.ts";
import { useTopic } from "./use_live.ts";

export interface LogsPageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
}

/** The end of the node's log, as it grows. */
export default function LogsPage({ selfUrl, cluster }: LogsPageProps): JSX.Element {
  const all = useLines();
  const [filter, setFilter] = useFilter();
  const [selected, setSelected] = useState<LogLine | null>(null);
  const [isAnnouncing, setIsAnnouncing] = useState(false);
  const lines = matching(all, filter);
  const tail = useTail(lines);
  const missed = missedIn(all);
  return (
    <div class="logs-page">
      <LogFilters filter={filter} onFilter={setFilter} />
      <div class="panel-bar">
        <p>
          {lines.length === all.length ? summaryOf(all) : `${summaryOf(lines)}, of ${all.length}`}. Times are
          UTC.
        </p>
        {missed > 0 && <p class="is-warn">{plural(missed, "line")} went by too fast to be shown.</p>}
        <label>
          <input
            type="checkbox"
            checked={isAnnouncing}
            onChange={(event) => setIsAnnouncing(event.currentTarget.checked)}
          />{" "}
          Announce errors
        </label>
        <button
          type="button"
          disabled={lines.length === 0}
          onClick={() => download(fileName(selfUrl, cluster), "application/x-ndjson", asNdjson(lines))}
        >
          Download NDJSON
        </button>
      </div>
      {lines.length === 0 && <Empty isFiltered={all.length > 0} onClear={() => setFilter(noFilter)} />}
      <div class={selected === null ? "log-columns" : "log-columns has-details"}>
        <div class="log-frame">
          <LogList
            lines={lines}
            selected={selected?.number ?? null}
            onSelect={(line) => setSelected(line.number === selected?.number ? null : line)}
            isFollowing={tail.isFollowing}
            onFollowing={tail.follow}
          />
          {!tail.isFollowing && (
            <button type="button" class="log-newer" onClick={() => tail.follow(true)}>
              {tail.newer === 0 ? "To the end" : plural(tail.newer, "new line")}
            </button>
          )}
        </div>
        {selected !== null && (
          <LogDetails
            line={selected}
            filter={filter}
            onFilter={setFilter}
            onClose={() => setSelected(null)}
          />
        )}
      </div>
      <p class="visually-hidden" role="alert">{isAnnouncing ? lastError(all) : ""}</p>
    </div>
  );
}

/** All lines heard since the page is open, and those that the node remembered then. */
function useLines(): readonly LogLine[] {
  const { data } = useTopic("logs");
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  useEffect(() => setLines((before) => withLines(before, Object.values(data ?? {}))), [data]);
  return lines;
}

/** What is looked for stands in the URL. */
function useFilter(): [LogFilter, (filter: LogFilter) => void] {
  const [filter, setFilter] = useState(noFilter);
  // After the first rendering: the server's page knows no parameters, and both must begin the same.
  useEffect(() => setFilter(filterFrom(readParameter)), []);
  return [filter, (next) => {
    setFilter(next);
    writeParameters(filterParameters(next));
  }];
}

/** Whether the newest line is in sight, and how many have come since it was not. */
function useTail(lines: readonly LogLine[]) {
  const [isFollowing, setIsFollowing] = useState(true);
  const [leftAt, setLeftAt] = useState(0);
  const last = lines.at(-1)?.number ?? 0;
  const follow = (isWanted: boolean) => {
    if (isFollowing && !isWanted) setLeftAt(last);
    setIsFollowing(isWanted);
  };
  const newer = isFollowing ? 0 : lines.filter(({ number }) => number > leftAt).length;
  return { isFollowing, follow, newer };
}

function Empty({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }): JSX.Element {
  if (!isFiltered) return <p class="empty" role="status">No line has been heard of yet.</p>;
  return (
    <p class="empty" role="status">
      No line fits. <button type="button" onClick={onClear}>Clear the filters</button>
    </p>
  );
}

function lastError(lines: readonly LogLine[]): string {
  const line = lines.findLast(({ level }) => level === "error");
  return line === undefined ? "" : lineText(line);
}

/** `log-rondo_127.0.0.1-8440_2026-11-22T1402Z.ndjson` */
function fileName(url: string, cluster: string): string {
  const place = new URL(url).host.replaceAll(":", "-");
  const moment = new Date().toISOString().slice(0, 16).replace(":", "");
  return `log-${cluster}_${place}_${moment}Z.ndjson`;
}
