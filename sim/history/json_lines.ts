import type { Operation, Outcome } from "./history.ts";

/**
 * A history as Jepsen writes it: one line of JSON where an operation begins (`invoke`), another where it ends
 * (`ok`, `fail` or `info`), by time. What nobody knows the end of has its `info` last, without a time.
 */
export function toJsonLines(operations: readonly Operation[]): string {
  const lines = operations.flatMap((operation) => [invokeLine(operation), endLine(operation)]);
  return lines.sort((a, b) => a.ms < b.ms ? -1 : a.ms > b.ms ? 1 : 0)
    .map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * The operations in the order in which they begin.
 *
 * An operation without an end is `info`: whoever wrote the file may have been killed. So may a line be cut off, but
 * only the last one.
 *
 * @throws SyntaxError for lines that no history is made of.
 */
export function fromJsonLines(text: string): Operation[] {
  const operations = new Map<number, Operation>();
  const lines = text.split("\n");
  // What follows the last line break was not written to its end.
  for (const line of lines.slice(0, -1)) {
    const fields: unknown = JSON.parse(line);
    if (typeof fields !== "object" || fields === null) throw new SyntaxError(`Cannot read ${line}`);
    addLine(operations, new Fields({ ...fields }, line));
  }
  return [...operations.values()];
}

function invokeLine(operation: Operation) {
  const { id, client, key, kind, callMs: ms, wallCallMs: wallMs, value, expiresAtMs } = operation;
  const expiry = expiresAtMs === null ? {} : { expiresAtMs };
  return {
    id,
    ms,
    wallMs,
    type: "invoke",
    client,
    kind,
    key,
    ...(kind === "put" ? { value, ...expiry } : {}),
  };
}

/** Infinity becomes null in JSON, which is just what is known of such an end. */
function endLine(operation: Operation) {
  const { id, returnMs: ms, wallReturnMs: wallMs, outcome: type, value, version, expiresAtMs } = operation;
  const answer = { version, value, ...(expiresAtMs === null ? {} : { expiresAtMs }) };
  return { id, ms, wallMs, type, ...(type === "ok" ? answer : {}) };
}

function addLine(operations: Map<number, Operation>, fields: Fields): void {
  const id = fields.number("id");
  const type = fields.oneOf("type", ["invoke", "ok", "fail", "info"]);
  const open = operations.get(id);
  if (type === "invoke" && open === undefined) operations.set(id, invoked(id, fields));
  else if (type !== "invoke" && open !== undefined) operations.set(id, endedAs(type, open, fields));
  else throw new SyntaxError(`Cannot read ${fields.line}: operation ${id} begins twice or never`);
}

function invoked(id: number, fields: Fields): Operation {
  return {
    ...{ id, client: fields.text("client"), key: fields.text("key"), outcome: "info" },
    kind: fields.oneOf("kind", ["put", "delete", "get"]),
    ...{ callMs: fields.number("ms"), returnMs: Infinity },
    ...{ wallCallMs: fields.number("wallMs"), wallReturnMs: Infinity },
    ...{ value: fields.textOrNull("value"), version: null, expiresAtMs: fields.numberOrNull("expiresAtMs") },
  };
}

function endedAs(outcome: Outcome, open: Operation, fields: Fields): Operation {
  if (outcome === "info") return open;
  const end = { returnMs: fields.number("ms"), wallReturnMs: fields.number("wallMs") };
  if (outcome === "fail") return { ...open, outcome, ...end };
  const value = fields.textOrNull("value");
  const version = fields.textOrNull("version");
  const expiresAtMs = fields.numberOrNull("expiresAtMs");
  const done = { ...open, outcome, ...end, value, version, expiresAtMs };
  return open.kind === "get" ? { ...done, found: value !== null } : done;
}

/** One line's members, each looked at before it is trusted. */
class Fields {
  constructor(readonly fields: Readonly<Record<string, unknown>>, readonly line: string) {}

  number(name: string): number {
    return this.numberOrNull(name) ?? this.#refuse(name);
  }

  text(name: string): string {
    return this.textOrNull(name) ?? this.#refuse(name);
  }

  numberOrNull(name: string): number | null {
    const value = this.fields[name] ?? null;
    return value === null || typeof value === "number" ? value : this.#refuse(name);
  }

  textOrNull(name: string): string | null {
    const value = this.fields[name] ?? null;
    return value === null || typeof value === "string" ? value : this.#refuse(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    return choices.find((choice) => choice === this.fields[name]) ?? this.#refuse(name);
  }

  #refuse(name: string): never {
    throw new SyntaxError(`Cannot read ${this.line}: ${name} is amiss`);
  }
}
