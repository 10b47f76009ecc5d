import type { Operation } from "../../../sim/history/history.ts";

/** One key's history as a test tells it, in milliseconds; the time of day is the same number. */
export class Story {
  readonly operations: Operation[] = [];
  #versions = 0;

  constructor(readonly key = "k") {}

  /** Versions go up in the order in which the story tells the writes: v1, v2 and so on. */
  put(value: string, callMs: number, returnMs: number, expiresAtMs: number | null = null): Operation {
    return this.#add({ kind: "put", value, callMs, returnMs, expiresAtMs, version: this.#nextVersion() });
  }

  delete(callMs: number, returnMs: number): Operation {
    return this.#add({ kind: "delete", callMs, returnMs, version: this.#nextVersion() });
  }

  /** No answer: the version is made, but nobody is told. */
  putUnanswered(value: string, callMs: number, expiresAtMs: number | null = null): Operation {
    this.#nextVersion();
    return this.#add({ kind: "put", value, callMs, expiresAtMs, outcome: "info" });
  }

  deleteUnanswered(callMs: number): Operation {
    this.#nextVersion();
    return this.#add({ kind: "delete", callMs, outcome: "info" });
  }

  putRefused(value: string, callMs: number, returnMs: number): Operation {
    return this.#add({ kind: "put", value, callMs, returnMs, outcome: "fail" });
  }

  get(value: string, version: string, callMs: number, returnMs: number): Operation {
    return this.#add({ kind: "get", value, version, callMs, returnMs, found: true });
  }

  absent(version: string | null, callMs: number, returnMs: number): Operation {
    return this.#add({ kind: "get", version, callMs, returnMs, found: false });
  }

  #nextVersion(): string {
    return `v${++this.#versions}`;
  }

  #add(fields: Pick<Operation, "kind" | "callMs"> & Partial<Operation>): Operation {
    const id = this.operations.length;
    const { callMs, returnMs = Infinity } = fields;
    const operation: Operation = {
      ...{
        id,
        client: `c${id}`,
        key: this.key,
        outcome: "ok",
        value: null,
        version: null,
        expiresAtMs: null,
      },
      ...{ returnMs, wallCallMs: callMs, wallReturnMs: returnMs },
      ...fields,
    };
    this.operations.push(operation);
    return operation;
  }
}
