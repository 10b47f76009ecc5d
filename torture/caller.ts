import { clientErrorCode, RondoError } from "../client/mod.ts";
import type { SeededRandom } from "../sim/random.ts";
import type { Answer, History, Intent } from "../sim/history/history.ts";
import type { Place } from "./place.ts";
import type { Ring } from "./ring.ts";

/** What a client wants; a put may have a time to live. */
export type Wish = Intent & { readonly ttlSeconds?: number };

/** Why an operation was not answered. What a history has no place for, and whoever looks for a cause wants to know. */
export interface Failure {
  readonly id: number;
  readonly code: string;
  readonly message: string;
  readonly definite: boolean;
  readonly url: string | null;
}

/** Asks the ring as a client does, through any node that is up, and records what it was told. */
export class Caller {
  /** Of values with a time to live the moment that reads reported: of unanswered puts nothing else tells it. */
  readonly expiries = new Map<string, number>();

  readonly failures: Failure[] = [];

  constructor(readonly ring: Ring, readonly history: History) {}

  /** Whether it was answered, and with the answer not in doubt. Never rejects. */
  async call(wish: Wish, random: SeededRandom): Promise<boolean> {
    const pending = this.history.begin(intentOf(wish));
    try {
      pending.ok(await this.#ask(wish, random));
      return true;
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      const { code, message, definite, url } = error;
      this.failures.push({ id: pending.id, code, message, definite, url });
      if (definite) pending.fail();
      else pending.info();
      return false;
    }
  }

  /** A client that was refused every time turns to another node, once; elsewhere it would be another request. */
  async #ask(wish: Wish, random: SeededRandom): Promise<Answer> {
    const first = this.#someone(random, null);
    try {
      return await this.#askAt(first, wish);
    } catch (error) {
      const isRefused = error instanceof RondoError && error.code === clientErrorCode.unreachable &&
        error.definite;
      if (!isRefused) throw error;
      return await this.#askAt(this.#someone(random, first), wish);
    }
  }

  #someone(random: SeededRandom, not: Place | null): Place {
    const { serving, places } = this.ring;
    const others = serving.filter((place) => place !== not);
    // With nobody there the call fails as it should.
    return random.pick(others.length > 0 ? others : places);
  }

  async #askAt({ client }: Place, wish: Wish): Promise<Answer> {
    const { key, kind } = wish;
    switch (kind) {
      case "put": {
        const { version, expiresAt } = await client.put(key, wish.value, ttlOf(wish));
        return { version, expiresAtMs: expiresAt?.getTime() ?? null };
      }
      case "delete":
        return await client.delete(key);
      case "get": {
        const { value: bytes, version, expiresAt } = await client.get(key);
        const value = bytes === null ? null : new TextDecoder().decode(bytes);
        if (value !== null && expiresAt !== null) this.expiries.set(value, expiresAt.getTime());
        return { version, value };
      }
    }
  }
}

function ttlOf({ ttlSeconds }: Wish): { ttlSeconds?: number } {
  return ttlSeconds === undefined ? {} : { ttlSeconds };
}

/** The moment of expiry is a guess until an answer tells it. */
function intentOf(wish: Wish): Intent {
  const { client, key } = wish;
  if (wish.kind !== "put") return { client, key, kind: wish.kind };
  const { value, ttlSeconds } = wish;
  const expiresAtMs = ttlSeconds === undefined ? null : Date.now() + ttlSeconds * 1_000;
  return { client, key, kind: "put", value, expiresAtMs };
}
