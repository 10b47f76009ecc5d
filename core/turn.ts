/**
 * Lets one task at a time through, in the order of arrival.
 *
 * What follows a task sees everything the task did; a task that throws frees the way for the next.
 */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** A `Turn` for each name, kept only while somebody uses it. */
export class Turns<Name> {
  readonly #turns = new Map<Name, { turn: Turn; users: number }>();

  async take<T>(name: Name, task: () => Promise<T>): Promise<T> {
    const entry = this.#turns.get(name) ?? { turn: new Turn(), users: 0 };
    this.#turns.set(name, entry);
    entry.users++;
    try {
      return await entry.turn.take(task);
    } finally {
      entry.users--;
      if (entry.users === 0) this.#turns.delete(name);
    }
  }
}
