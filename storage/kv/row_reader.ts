import { isIntact } from "../../core/data/record.ts";
import { unpackHead } from "./head.ts";
import { headKey, type Place } from "./layout.ts";
import { keysPerGet, loadPieces } from "./pieces.ts";
import type { HeldRecord } from "./record_cache.ts";

/** What lies at a place. */
export type Row =
  | { readonly kind: "absent" }
  | { readonly kind: "sound"; readonly held: HeldRecord }
  /** Unreadable, cut short, or not what its checksum says. */
  | { readonly kind: "damaged" };

/** A row that the disk would not give: nothing is known of it. */
export interface UnreadableRow {
  readonly kind: "unreadable";
  readonly error: unknown;
}

export const absentRow: Row = { kind: "absent" };
const damagedRow: Row = { kind: "damaged" };

/** Reads rows from disk: the head first, then the pieces that it names. */
export class RowReader {
  constructor(readonly kv: Deno.Kv) {}

  /**
   * What lies at the place.
   *
   * A commit that falls between the head and its pieces makes a sound row look damaged; who acts on damage
   * looks again while nothing is written.
   */
  async read(place: Place): Promise<Row> {
    return await this.follow(place, (await this.kv.get(headKey(place))).value);
  }

  /** The rows of the places, in their order. A bad page of the file costs only the rows that lie there. */
  async readMany(places: readonly Place[]): Promise<(Row | UnreadableRow)[]> {
    const groups: Promise<(Row | UnreadableRow)[]>[] = [];
    for (let first = 0; first < places.length; first += keysPerGet) {
      groups.push(this.#readGroup(places.slice(first, first + keysPerGet)));
    }
    return (await Promise.all(groups)).flat();
  }

  /** The row that begins with this head. */
  async follow(place: Place, headBytes: unknown): Promise<Row> {
    if (headBytes === null) return absentRow;
    const head = unpackHead(place.key, headBytes);
    if (head === null) return damagedRow;
    const { fields, pieces } = head;
    const value = pieces === null ? head.value : await loadPieces(this.kv, place, pieces);
    if (pieces !== null && value === null) return damagedRow;
    const record = { ...fields, value };
    return isIntact(record) ? { kind: "sound", held: { record, pieces } } : damagedRow;
  }

  async #readGroup(places: readonly Place[]): Promise<(Row | UnreadableRow)[]> {
    try {
      const entries = await this.kv.getMany(places.map(headKey));
      return await Promise.all(places.map((place, i) => this.follow(place, entries[i]?.value ?? null)));
    } catch {
      return await Promise.all(places.map((place) => this.#readOrTell(place)));
    }
  }

  async #readOrTell(place: Place): Promise<Row | UnreadableRow> {
    try {
      return await this.read(place);
    } catch (error) {
      return { kind: "unreadable", error };
    }
  }
}
