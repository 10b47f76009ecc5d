import { timingSafeEqual } from "@std/crypto";
import type { Caller } from "../guard/caller.ts";
import { digestOf, isTokenForm } from "./credential.ts";
import type { TokenRecord } from "./token_list.ts";

/** A token that is good now. */
export interface KnownToken {
  readonly record: TokenRecord;
  readonly caller: Caller;
}

interface Entry extends KnownToken {
  readonly digest: Uint8Array;
}

/**
 * Knows tokens by their digests.
 *
 * The text of one that was found good is remembered until the list changes, which saves most of what a request with a
 * token costs. To find it again says nothing to somebody who guesses: texts are told apart by a hash that only this
 * process knows before any letter is compared.
 */
export class TokenBook {
  #records: readonly TokenRecord[] = [];
  #entries: readonly Entry[] = [];
  /** At most as many as there are entries. */
  readonly #good = new Map<string, Entry>();

  /**
   * @param records those that are good; the same array for as long as nothing changes. Asked for every request, so
   * that a token that is revoked is good for nothing from then on.
   */
  constructor(readonly records: () => readonly TokenRecord[], readonly wallNow: () => number) {}

  /** Null: wrong, revoked or expired; nobody is told which. Takes as long for each of them. */
  find(text: string): KnownToken | null {
    const entries = this.#current();
    const found = this.#good.get(text) ?? findIn(entries, text);
    if (found === null || !this.#isInTime(found.record)) return null;
    if (!this.#good.has(text)) this.#good.set(text, found);
    return found;
  }

  /** Whether the token is still as it was, which what was begun with it asks again and again. */
  holds({ name, role, sha256 }: TokenRecord): boolean {
    return this.#current().some(({ record }) =>
      record.sha256 === sha256 && record.name === name && record.role === role && this.#isInTime(record)
    );
  }

  #current(): readonly Entry[] {
    const records = this.records();
    if (records !== this.#records) {
      this.#records = records;
      this.#good.clear();
      this.#entries = records.map((record) => this.#entryOf(record));
    }
    return this.#entries;
  }

  #entryOf(record: TokenRecord): Entry {
    const { name, role, sha256 } = record;
    const caller: Caller = { name, role, by: "token", isStillKnown: () => this.holds(record) };
    return { record, caller, digest: Uint8Array.fromHex(sha256) };
  }

  #isInTime({ expiresAtMs }: TokenRecord): boolean {
    return expiresAtMs === null || this.wallNow() < expiresAtMs;
  }
}

/** Compares with all of them, and all of each. */
function findIn(entries: readonly Entry[], text: string): Entry | null {
  if (!isTokenForm(text)) return null;
  const digest = digestOf(text);
  let found: Entry | null = null;
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
  return found;
}
