import type { ServerFrame } from "../../core/live/frames.ts";
import type { Topic } from "../../core/live/topics.ts";
import { changeBetween, type Items, type Source } from "./source.ts";

/** Deltas kept for those who were away for a moment: a minute of a busy ring. */
const deltasMax = 256;
/** Characters of them. Beyond it a snapshot is the better answer. */
const deltaCharsMax = 1024 * 1024;

interface Delta {
  readonly from: number;
  readonly text: string;
}

/** The versions of one topic: what the data is, and how it came to be so lately. */
export class Feed {
  #items: Items = new Map();
  #version: number;
  readonly #deltas: Delta[] = [];
  #deltaChars = 0;
  #reading: Promise<void> | null = null;

  /**
   * @param version above all versions of the node's lives before.
   * @param tell is given each delta, as it is sent, at the moment in which the version changes: whoever asks for a
   * snapshot before or after that misses nothing and hears nothing twice.
   */
  constructor(
    readonly topic: Topic,
    readonly source: Source,
    version: number,
    readonly tell: (delta: string) => void,
  ) {
    this.#version = version;
  }

  get version(): number {
    return this.#version;
  }

  get data(): Record<string, unknown> {
    return Object.fromEntries(this.#items);
  }

  /** Reads the source, and tells what has changed. */
  refresh(wasIdle = false): Promise<void> {
    this.#reading ??= this.#read(wasIdle).finally(() => this.#reading = null);
    return this.#reading;
  }

  snapshot(): string {
    return text({ type: "snap", topic: this.topic, version: this.#version, data: this.data });
  }

  mark(serverTimeMs: number): string {
    return text({ type: "mark", topic: this.topic, version: this.#version, serverTimeMs });
  }

  /** The deltas from a version to the present one; null when they are not all kept. */
  since(version: number): string[] | null {
    if (version === this.#version) return [];
    const at = this.#deltas.findIndex(({ from }) => from === version);
    return at === -1 ? null : this.#deltas.slice(at).map((delta) => delta.text);
  }

  async #read(wasIdle: boolean): Promise<void> {
    const items = await this.source.read(wasIdle);
    const change = changeBetween(this.#items, items);
    if (change === null) return;
    const from = this.#version++;
    this.#items = items;
    const delta = text({
      type: "delta",
      topic: this.topic,
      from,
      to: from + 1,
      ...change,
      del: [...change.del],
    });
    this.#keep({ from, text: delta });
    this.tell(delta);
  }

  #keep(delta: Delta): void {
    this.#deltas.push(delta);
    this.#deltaChars += delta.text.length;
    while (this.#deltas.length > deltasMax || this.#deltaChars > deltaCharsMax) {
      this.#deltaChars -= this.#deltas.shift()?.text.length ?? 0;
    }
  }
}

function text(frame: ServerFrame): string {
  return JSON.stringify(frame);
}
