/**
 * A running hash of everything that happened. Two runs with one seed end with the same hash, or something real
 * leaked into the core.
 */
export class Trace {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;
  /** Messages delivered or lost. */
  messages = 0;

  add(...parts: readonly (number | string)[]): void {
    this.messages++;
    for (const part of parts) this.#mix(typeof part === "number" ? Math.round(part * 1_000) : part);
  }

  /** Something that is no message but part of the run. */
  mark(text: string): void {
    this.#mix(text);
  }

  get hash(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #mix(part: number | string): void {
    if (typeof part === "number") return this.#mixNumber(part);
    for (let i = 0; i < part.length; i++) this.#mixNumber(part.charCodeAt(i));
  }

  #mixNumber(value: number): void {
    this.#a = Math.imul(this.#a ^ (value & 0xffff), 0x01000193);
    this.#b = Math.imul(this.#b ^ (value | 0) ^ (this.#a >>> 7), 0x85ebca6b) + 0x6d2b79f5 | 0;
  }
}
