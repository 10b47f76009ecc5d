import type { ListOptions } from "../client/mod.ts";
import { emptyList, type KeyList, type ListedKey } from "../components/keys/listed_key.ts";
import { problemOf } from "./problem_of.ts";

export interface KeyQuestion {
  readonly prefix: string;
  readonly scope: "node" | "ring";
}

/** What pages come from: a `RondoClient`. */
export interface KeySource {
  page(options: ListOptions): Promise<{
    readonly keys: readonly ListedKey[];
    readonly cursor: string | null;
    readonly searched: number | null;
  }>;
}

/** Keys of one page of the list, and of one look for more. */
export const pageKeys = 200;

/**
 * A list of keys that grows page by page, as long as somebody wants more.
 *
 * A search of the ring answers in parts, some of them empty, so one look may take several requests; it can be stopped
 * in between and goes on where it was.
 */
export class KeyListing {
  readonly #client: KeySource;
  readonly #onChange: (list: KeyList) => void;
  #question: KeyQuestion | null = null;
  #cursor: string | null = null;
  #stopping = new AbortController();
  #list: KeyList = emptyList;

  constructor(client: KeySource, onChange: (list: KeyList) => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** Begins anew. What is shown stays until there is an answer. */
  async ask(question: KeyQuestion): Promise<void> {
    this.#stopping.abort();
    this.#question = question;
    this.#cursor = null;
    this.#set({ isOld: true, searched: question.scope === "ring" ? 0 : null, hasMore: false });
    await this.#look();
  }

  /** One more page. */
  async more(): Promise<void> {
    if (this.#list.isLoading || this.#question === null) return;
    await this.#look();
  }

  /** What was found stays. */
  stop(): void {
    this.#stopping.abort();
    this.#set({ isLoading: false, isOld: false, hasMore: this.#cursor !== null || this.#list.isOld });
  }

  /** What the page itself has changed is shown at once. */
  put(changed: ListedKey): void {
    const { prefix } = this.#question ?? { prefix: "" };
    if (!changed.key.startsWith(prefix)) return;
    const isListed = this.#list.keys.some(({ key }) => key === changed.key);
    const keys = isListed
      ? this.#list.keys.map((listed) => listed.key === changed.key ? { ...listed, ...changed } : listed)
      : [changed, ...this.#list.keys];
    this.#set({ keys });
  }

  remove(gone: ReadonlySet<string>): void {
    this.#set({ keys: this.#list.keys.filter(({ key }) => !gone.has(key)) });
  }

  async #look(): Promise<void> {
    const question = this.#question;
    if (question === null) return;
    const stopping = this.#stopping = new AbortController();
    this.#set({ isLoading: true, problem: null });
    try {
      let found = 0;
      do {
        const page = await this.#client.page({
          ...question,
          limit: pageKeys - found,
          signal: stopping.signal,
          ...(this.#cursor === null ? {} : { cursor: this.#cursor }),
        });
        if (stopping.signal.aborted) return;
        this.#cursor = page.cursor;
        found += page.keys.length;
        this.#add(page.keys, page.searched);
      } while (this.#cursor !== null && found < pageKeys);
      this.#set({ isLoading: false, hasMore: this.#cursor !== null });
    } catch (error) {
      if (stopping.signal.aborted) return;
      this.#set({ isLoading: false, isOld: false, hasMore: true, problem: problemOf(error) });
    }
  }

  /** A key that moved between two pages comes twice, and is shown once. */
  #add(found: readonly ListedKey[], searched: number | null): void {
    const before = this.#list.isOld ? [] : this.#list.keys;
    const keys = new Map([...before, ...found].map((listed) => [listed.key, listed]));
    this.#set({ keys: [...keys.values()], searched, isOld: false });
  }

  #set(changes: Partial<KeyList>): void {
    this.#list = { ...this.#list, ...changes };
    this.#onChange(this.#list);
  }
}
