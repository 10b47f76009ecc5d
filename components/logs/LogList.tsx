import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LogLine } from "../../core/live/topics.ts";
import { clockTime, textOf } from "./lines.ts";
import { isAtEnd, movedRow, rowWindow } from "./window.ts";

interface LogListProps {
  readonly lines: readonly LogLine[];
  readonly selected: number | null;
  readonly onSelect: (line: LogLine) => void;
  /** Whether the newest line stays in sight. */
  readonly isFollowing: boolean;
  readonly onFollowing: (isFollowing: boolean) => void;
}

/** As logs.css has it; every row is as high, or the window would not fit the list. */
const rowHeight = 24;

/** The lines, of which only those in sight are drawn. */
export function LogList({ lines, selected, onSelect, isFollowing, onFollowing }: LogListProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 600 });
  const [focused, setFocused] = useState<number | null>(null);
  const isMoving = useRef(false);
  const firstNumber = useRef<number | null>(null);
  useTailing(frame, lines, { isFollowing, firstNumber });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => setView({ scrollTop: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!isMoving.current) return;
    isMoving.current = false;
    frame.current?.querySelector<HTMLElement>(`[data-number="${focused}"]`)?.focus();
  });
  const { first, end, above, below } = rowWindow({ rows: lines.length, rowHeight, ...view });
  const shown = lines.slice(first, end);
  const tabStop = shown.some(({ number }) => number === focused) ? focused : shown.at(-1)?.number;
  const move = (event: KeyboardEvent) => {
    const element = frame.current;
    const from = lines.findIndex(({ number }) => number === (focused ?? tabStop));
    const to = movedRow(event.key, from, lines.length, Math.floor(view.height / rowHeight));
    if (to === null || element === null) return;
    event.preventDefault();
    isMoving.current = true;
    setFocused(lines[to]?.number ?? null);
    element.scrollTop = scrollFor(to, element);
    // At once, not when the browser tells: the row has to be there to take the focus.
    setView({ scrollTop: element.scrollTop, height: element.clientHeight });
  };
  return (
    <div
      class="log-list"
      ref={frame}
      role="log"
      aria-live="off"
      aria-label="Log lines, oldest first"
      onKeyDown={move}
      onScroll={(event) => {
        const { clientHeight: height, scrollHeight: full, scrollTop } = event.currentTarget;
        setView({ scrollTop, height });
        onFollowing(isAtEnd({ scrollTop, height, full }, rowHeight) && !hasFocusedRow(event.currentTarget));
      }}
      onFocusIn={(event) => {
        // Who reads a line does not want it to run away.
        if (hasFocusedRow(event.currentTarget)) onFollowing(false);
      }}
    >
      <Spacer height={above} />
      {shown.map((line) => (
        <Row
          key={line.number}
          line={line}
          isSelected={line.number === selected}
          isTabStop={line.number === tabStop}
          onSelect={() => {
            setFocused(line.number);
            onSelect(line);
          }}
        />
      ))}
      <Spacer height={below} />
    </div>
  );
}

function hasFocusedRow(list: HTMLElement): boolean {
  return document.activeElement !== list && list.contains(document.activeElement);
}

/** As little scrolling as brings the row into sight. */
function scrollFor(row: number, { scrollTop, clientHeight }: HTMLElement): number {
  const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
  return Math.min(top, Math.max(scrollTop, bottom - clientHeight));
}

/** Keeps the end in sight, or, for a reader further up, the lines where they are when old ones are let go. */
function useTailing(
  frame: { readonly current: HTMLDivElement | null },
  lines: readonly LogLine[],
  { isFollowing, firstNumber }: { isFollowing: boolean; firstNumber: { current: number | null } },
): void {
  useLayoutEffect(() => {
    const element = frame.current;
    const first = lines[0]?.number ?? null;
    const before = firstNumber.current;
    firstNumber.current = first;
    if (element === null) return;
    if (isFollowing) element.scrollTop = element.scrollHeight;
    else if (before !== null && first !== null && first > before) {
      element.scrollTop -= (first - before) * rowHeight;
    }
  }, [lines, isFollowing]);
}

/** Room for rows that are not drawn. A picture of nothing has a height without a style. */
function Spacer({ height }: { height: number }): JSX.Element | null {
  if (height === 0) return null;
  return <svg class="log-spacer" width="1" height={height} aria-hidden="true" />;
}

interface RowProps {
  readonly line: LogLine;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onSelect: () => void;
}

function Row({ line, isSelected, isTabStop, onSelect }: RowProps): JSX.Element {
  return (
    <button
      type="button"
      class={`log-row log-${line.level}`}
      data-number={line.number}
      aria-pressed={isSelected}
      tabindex={isTabStop ? 0 : -1}
      onClick={onSelect}
    >
      <span class="log-time">{clockTime(line.timeMs)}</span>
      <span class="log-level">{line.level}</span>
      <span class="log-text">{textOf(line)}</span>
    </button>
  );
}
