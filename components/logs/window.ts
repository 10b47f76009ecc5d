/** Which rows of a long list are drawn: those in sight, and some around them. */
export interface RowWindow {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  /** Room for the rows before and after, in pixels. */
  readonly above: number;
  readonly below: number;
}

/** Drawn beyond both edges, so that scrolling does not show what is not there yet. */
const around = 20;

export function rowWindow(
  { rows, rowHeight, scrollTop, height }: {
    readonly rows: number;
    readonly rowHeight: number;
    readonly scrollTop: number;
    readonly height: number;
  },
): RowWindow {
  const first = clamp(Math.floor(scrollTop / rowHeight) - around, 0, rows);
  const end = clamp(Math.ceil((scrollTop + height) / rowHeight) + around, first, rows);
  return { first, end, above: first * rowHeight, below: (rows - end) * rowHeight };
}

/** Within a row of the end the reader wants to see what comes. */
export function isAtEnd(
  { scrollTop, height, full }: { scrollTop: number; height: number; full: number },
  rowHeight: number,
): boolean {
  return full - scrollTop - height < rowHeight;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The row that a key leads to; null for a key that leads nowhere. */
export function movedRow(key: string, from: number, rows: number, page: number): number | null {
  if (rows === 0) return null;
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: rows - 1,
  };
  const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return to === undefined ? null : clamp(to, 0, rows - 1);
}
