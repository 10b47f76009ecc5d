import type { Log } from "../../core/ports.ts";
import { KvStore, type KvStoreOptions } from "../../storage/kv_store.ts";

/** A directory of its own for a test, and the stores opened in it; all gone at the end. */
export class TestDirectory implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "rondo-store-" });
  readonly events: string[] = [];
  readonly #stores: KvStore[] = [];
  readonly #copies: TestDirectory[] = [];

  readonly log: Log = (_level, event) => void this.events.push(event);

  get file(): string {
    return `${this.path}/rondo.kv`;
  }

  async open(options: KvStoreOptions = {}): Promise<KvStore> {
    const store = await KvStore.open(this.path, { log: this.log, ...options });
    this.#stores.push(store);
    return store;
  }

  /** Opens the file itself, to look at it or to harm it. No store may have it open. */
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

  readonly openKv = async (path: string): Promise<Deno.Kv> => {
    const kv = await Deno.openKv(path);
    const atomic = kv.atomic.bind(kv);
    kv.atomic = () => {
      const operation = atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = () => this.#isFull() ? Promise.reject(new TypeError(this.message ?? "")) : commit();
      return operation;
    };
    return kv;
  };

  #isFull(): boolean {
    return this.message !== null && this.passes-- <= 0;
  }
}
