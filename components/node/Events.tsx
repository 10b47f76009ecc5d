import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LogLine } from "../../core/live/topics.ts";
import { shown } from "../logs/lines.ts";
import { type EventKind, eventKinds, latestEvents, type NodeEvent } from "./events.ts";
import { moment } from "./local_data.ts";
import { eventsInLog } from "./logged_events.ts";

interface EventsProps {
  /** The end of the node's log. */
  readonly lines: readonly LogLine[];
  readonly seen: readonly NodeEvent[];
}

/** What happened to the node and its neighbours, newest first: as the log has it, and as the page saw it. */
export function Events({ lines, seen }: EventsProps): JSX.Element {
  const [kinds, setKinds] = useState<ReadonlySet<EventKind>>(new Set(eventKinds));
  const shownEvents = latestEvents([...eventsInLog(lines), ...seen], kinds);
  const toggle = (kind: EventKind) =>
    setKinds(new Set(eventKinds.filter((it) => (it === kind) !== kinds.has(it))));
  return (
    <>
      <div class="panel-bar">
        <fieldset class="checks">
          <legend class="visually-hidden">Kinds</legend>
          {eventKinds.map((kind) => (
            <label key={kind}>
              <input type="checkbox" checked={kinds.has(kind)} onChange={() => toggle(kind)} /> {kind}
            </label>
          ))}
        </fieldset>
        <p>From the end of this node's log, and from what this page saw while it was open.</p>
      </div>
      {shownEvents.length === 0
        ? <p class="empty">Nothing of this kind has happened, as far as the log reaches back.</p>
        : (
          <div class="node-events" role="region" aria-label="Events" tabindex={0}>
            <ol>
              {shownEvents.map((event) => (
                <li key={event.id}>
                  <time dateTime={new Date(event.timeMs).toISOString()}>
                    {moment(event.timeMs).slice(0, 19)}
                  </time>
                  <span class="chip">{event.kind}</span>
                  <span>
                    {shown(event.text)}
                    {event.source === "seen" && " "}
                    {event.source === "seen" && <span class="node-seen">seen here</span>}
                  </span>
                </li>
              ))}
            </ol>
          </div>
        )}
    </>
  );
}
