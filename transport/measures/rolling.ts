/** Something that is counted, and can be added up and begun again. */
export interface Countable<T> {
  add(other: T): void;
  clear(): void;
}

/** Counts over the last seconds: a handful of them, of which the oldest is emptied and reused in turn. */
export class Rolling<T extends Countable<T>> {
  readonly #slots: readonly T[];
  readonly #total: T;
  #current: T;
  #at = 0;

  constructor(make: () => T, slots: number) {
    this.#slots = Array.from({ length: slots }, make);
    this.#total = make();
    this.#current = this.#slots[0] ?? this.#total;
  }

  /** Where what happens now is counted. */
  get current(): T {
    return this.#current;
  }

  /** All slots together, good until the next call; then the oldest slot becomes the current one, emptied. */
  turn(): T {
    this.#total.clear();
    for (const slot of this.#slots) this.#total.add(slot);
    this.#at = (this.#at + 1) % this.#slots.length;
    this.#current = this.#slots[this.#at] ?? this.#current;
    this.#current.clear();
    return this.#total;
  }
}
