/** How an operation ended, in Jepsen's words. */
export type Outcome =
  /** The answer said that it was done. */
  | "ok"
  /** The system guarantees that it had no effect and never will. */
  | "fail"
  /** Nobody knows: it may take effect any time later, or never. So it stands until something better is known. */
  | "info";

/** One request of a client and what came of it. */
export interface Operation {
  readonly id: number;
  readonly client: string;
  readonly key: string;
  readonly kind: "put" | "delete" | "get";
  readonly outcome: Outcome;
  /** On the driver's one monotonic clock, so that "ended before the other began" means something. */
  readonly callMs: number;
  /** On the same clock. Infinity unless it was `ok` or `fail`. */
  readonly returnMs: number;
  /** Times of day of the same two moments, which only expiry is judged by. */
  readonly wallCallMs: number;
  readonly wallReturnMs: number;
  /** Written or read; null for a delete and for a key read as absent. No two writes of a key share a value. */
  readonly value: string | null;
  /**
   * Of the write, of the value read, or of the tombstone (or expired value) that a read as absent reported. Null
   * when no answer told. Versions order as text.
   */
  readonly version: string | null;
  /** The time of day from which a put's value counts as deleted; null: never. */
  readonly expiresAtMs: number | null;
  /** Of an answered get only. */
  readonly found?: boolean;
}

/** What a client is about to ask. */
export type Intent =
  & { readonly client: string; readonly key: string }
  & (
    | { readonly kind: "put"; readonly value: string; readonly expiresAtMs?: number | null | undefined }
    | { readonly kind: "delete" | "get" }
  );

/** What it was told. */
export interface Answer {
  /** As in `Operation`. An acknowledged write always has one, else its tombstone could not be known again. */
  readonly version: string | null;
  /** What a get read, null for absent. Writes leave it out. */
  readonly value?: string | null | undefined;
  /** The moment of expiry as the system has it, where the client had only named a span. */
  readonly expiresAtMs?: number | null | undefined;
}

/** The clocks of the driver; those of a simulated or real node's ports fit. */
export interface HistoryClock {
  now(): number;
  wallNow(): number;
}

/** An operation that has begun. Exactly one of the three ends it; if none is ever called it stays `info`. */
export interface Pending {
  readonly id: number;
  ok(answer: Answer): void;
  fail(): void;
  info(): void;
}

/** Records what clients ask of the ring and what they are told, for the checkers to judge afterwards. */
export class History {
  readonly #operations: Operation[] = [];
  readonly #open = new Set<number>();

  constructor(readonly clock: HistoryClock) {}

  /** In the order of their beginning. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  begin(intent: Intent): Pending {
    const id = this.#operations.length;
    this.#operations.push(opened(id, intent, this.clock));
    this.#open.add(id);
    return {
      id,
      ok: (answer) => this.#end(id, (operation) => answered(operation, answer, this.clock)),
      fail: () => this.#end(id, (operation) => ({ ...operation, outcome: "fail", ...ended(this.clock) })),
      info: () => this.#end(id, (operation) => operation),
    };
  }

  /** @throws Error when the operation has ended: a second answer would rewrite history. */
  #end(id: number, change: (operation: Operation) => Operation): void {
    const operation = this.#operations[id];
    if (operation === undefined || !this.#open.delete(id)) {
      throw new Error(`Cannot end operation ${id}: it has ended`);
    }
    this.#operations[id] = change(operation);
  }
}

/** Whether a get was answered with a value. */
export function isFound(read: Operation): boolean {
  return read.found ?? read.value !== null;
}

/** The operation in words, for a finding. */
export function describe(operation: Operation): string {
  const { id, client, kind, callMs, returnMs, value } = operation;
  const what = value === null ? "nothing" : `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  const deed = kind === "delete" ? "delete" : kind === "put" ? `put of ${what}` : `get that read ${what}`;
  const until = returnMs === Infinity ? "?" : String(Math.round(returnMs));
  return `${client}'s ${deed} (#${id}, ${Math.round(callMs)} to ${until} ms)`;
}

function opened(id: number, intent: Intent, clock: HistoryClock): Operation {
  const { client, key, kind } = intent;
  return {
    ...{ id, client, key, kind, outcome: "info" },
    ...{ callMs: clock.now(), returnMs: Infinity, wallCallMs: clock.wallNow(), wallReturnMs: Infinity },
    value: kind === "put" ? intent.value : null,
    version: null,
    expiresAtMs: kind === "put" ? intent.expiresAtMs ?? null : null,
  };
}

/** @throws RangeError for a write acknowledged without a version. */
function answered(operation: Operation, answer: Answer, clock: HistoryClock): Operation {
  const { kind } = operation;
  const { version, value = null, expiresAtMs = operation.expiresAtMs } = answer;
  const done: Operation = { ...operation, outcome: "ok", ...ended(clock), version };
  if (kind === "get") return { ...done, value, found: value !== null };
  if (version === null) throw new RangeError(`Cannot acknowledge a ${kind} without its version`);
  return kind === "put" ? { ...done, expiresAtMs } : done;
}

function ended(clock: HistoryClock): { readonly returnMs: number; readonly wallReturnMs: number } {
  return { returnMs: clock.now(), wallReturnMs: clock.wallNow() };
}
