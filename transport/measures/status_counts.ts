/** What answers were, by the first digit of their status. */
export const statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export type StatusClass = (typeof statusClasses)[number];

/** How many answers there were of each class. */
export class StatusCounts {
  readonly #counts = new Float64Array(statusClasses.length);

  record(status: number): void {
    const at = Math.floor(status / 100) - 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  count(statusClass: StatusClass): number {
    return this.#counts[statusClasses.indexOf(statusClass)] ?? 0;
  }
}
