import type { Log, LogLevel } from "../../core/ports.ts";
import { KvStore, type KvStoreOptions } from "../../storage/kv_store.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A directory of its own for a test, and the stores opened in it; all gone at the end. */
export class TestDirectory implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "rondo-store-" });
  readonly events: string[] = [];
  readonly logged: { readonly level: LogLevel; readonly event: string; readonly fields: Fields }[] = [];
  readonly #stores: KvStore[] = [];
  readonly #copies: TestDirectory[] = [];

  readonly log: Log = (level, event, fields = {}) => {
    this.events.push(event);
    this.logged.push({ level, event, fields });
  };

  get file(): string {
    return `${this.path}/rondo.kv`;
  }

  async open(options: KvStoreOptions = {}): Promise<KvStore> {
    const store = await KvStore.open(this.path, { log: this.log, reserveBytesMax: 0, ...options });
    this.#stores.push(store);
    return store;
  }

  /** Opens the file itself, to look at it or to harm it. A store that has it open must be at rest. */
  async tamper<T>(work: (kv: Deno.Kv) => Promise<T>): Promise<T> {
    const kv = await Deno.openKv(this.file);
    try {
      return await work(kv);
    } finally {
      kv.close();
    }
  }

  /** How many rows of each kind there are. */
  async rows(): Promise<Record<string, number>> {
    return await this.tamper(async (kv) => {
      const counts: Record<string, number> = {};
      for await (const { key: [kind] } of kv.list({ prefix: [] })) {
        counts[String(kind)] = (counts[String(kind)] ?? 0) + 1;
      }
      return counts;
    });
  }

  /** The directory as a SIGKILL at this moment would leave it. */
  async asKilled(): Promise<TestDirectory> {
    const copy = new TestDirectory();
    this.#copies.push(copy);
    for await (const { name } of Deno.readDir(this.path)) {
      await Deno.copyFile(`${this.path}/${name}`, `${copy.path}/${name}`);
    }
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const copy of this.#copies) await copy[Symbol.asyncDispose]();
    for (const store of this.#stores) await store.close();
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A database that can be told to refuse its commits. */
export class FailingDisk {
  /** The message of the next commits' failure; null lets them pass. */
  message: string | null = null;
  /** Commits that still pass before they fail. */
  passes = 0;
  /** If given, decides in the place of `passes` whether a commit may pass. */
  hasRoom: (() => Promise<boolean>) | null = null;

  readonly openKv = async (path: string): Promise<Deno.Kv> => {
    const kv = await Deno.openKv(path);
    const atomic = kv.atomic.bind(kv);
    kv.atomic = () => {
      const operation = atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = async () => {
        if (this.message !== null && !await this.#mayPass()) throw new TypeError(this.message);
        return await commit();
      };
      return operation;
    };
    return kv;
  };

  async #mayPass(): Promise<boolean> {
    return this.hasRoom === null ? this.passes-- > 0 : await this.hasRoom();
  }
}

/** Flips a bit of a row's value; a negative place counts from the end. */
export async function flipBit(kv: Deno.Kv, key: Deno.KvKey, place: number): Promise<void> {
  const bytes = (await kv.get<Uint8Array>(key)).value ?? new Uint8Array();
  const at = place < 0 ? bytes.length + place : place;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await kv.set(key, bytes);
}

export async function firstKey(kv: Deno.Kv, kind: string, reverse = false): Promise<Deno.KvKey> {
  for await (const { key } of kv.list({ prefix: [kind] }, { limit: 1, reverse })) return key;
  throw new Error(`Cannot find a row of kind ${kind}`);
}

export function lastKey(kv: Deno.Kv, kind: string): Promise<Deno.KvKey> {
  return firstKey(kv, kind, true);
}
