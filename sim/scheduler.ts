import { setImmediate } from "node:timers";

interface Event {
  readonly atMs: number;
  /** Events of one moment run in the order they were planned. */
  readonly number: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/**
 * Virtual time: a heap of things to happen. Between two of them, everything that the first set off has ended, so a
 * run is a function of its seed.
 */
export class Scheduler {
  #nowMs = 0;
  #count = 0;
  #ran = 0;
  readonly #heap: Event[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get events(): number {
    return this.#ran;
  }

  /** Plans `run` in `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void {
    const event: Event = {
      atMs: this.#nowMs + Math.max(0, ms),
      number: this.#count++,
      run,
      isCancelled: false,
    };
    this.#push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Runs everything due up to `untilMs`, calling `afterEach` between events. */
  async runUntil(untilMs: number, afterEach: () => void = () => {}): Promise<void> {
    await settled();
    while ((this.#heap[0]?.atMs ?? Infinity) <= untilMs) {
      if (await this.#runNext()) afterEach();
    }
    this.#nowMs = untilMs;
  }

  /** Runs the next `count` events, whenever they are due. */
  async runEvents(count: number): Promise<void> {
    await settled();
    for (let ran = 0; ran < count && this.#heap.length > 0;) {
      if (await this.#runNext()) ran++;
    }
  }

  /** Runs the earliest event; false when it had been cancelled. */
  async #runNext(): Promise<boolean> {
    const event = this.#heap[0];
    if (event === undefined) return false;
    this.#pop();
    if (event.isCancelled) return false;
    this.#nowMs = event.atMs;
    this.#ran++;
    event.run();
    await settled();
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}

/** Resolves when no promise is left to settle. `setImmediate` costs 4 us; `setTimeout(0)` would cost 2 ms. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
