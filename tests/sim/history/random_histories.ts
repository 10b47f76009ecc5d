import type { Operation } from "../../../sim/history/history.ts";
import type { SeededRandom } from "../../../sim/random.ts";

/** A time of day far from zero, so that a mix-up with the monotonic clock shows. */
const wallOffsetMs = 1_000_000;

interface Shape {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** Whole numbers make ties, which is where checkers are wrong. */
  readonly lastsMsMax: number;
  readonly ttlMsMax: number;
}

/** As small as what a search by brute force can still settle. */
export const small: Omit<Shape, "operations"> = { clients: 3, keys: 1, lastsMsMax: 6, ttlMsMax: 8 };

/** An operation with the moment of its effect (null: never happens) and the version it then makes. */
interface Plan {
  operation: Operation;
  readonly effectMs: number | null;
  readonly secretVersion: string;
}

/** What a perfect register would answer: everything takes effect at one moment between its beginning and end. */
export function honestHistory(random: SeededRandom, shape: Shape): Operation[] {
  const plans = planned(random, shape);
  const registers = new Map<string, Plan>();
  const inOrder = plans.filter(({ effectMs }) => effectMs !== null)
    .sort((a, b) => (a.effectMs ?? 0) - (b.effectMs ?? 0));
  for (const [i, plan] of inOrder.entries()) {
    const { operation } = plan;
    if (operation.kind === "get") {
      plan.operation = answered(operation, registers.get(operation.key), plan.effectMs ?? 0);
    } else {
      const version = `v${String(i).padStart(6, "0")}`;
      if (operation.outcome === "ok") plan.operation = { ...operation, version };
      registers.set(operation.key, { ...plan, secretVersion: version });
    }
  }
  return plans.map(({ operation }) => operation);
}

/** Reads that saw anything at all: most have no order, some by luck. */
export function wildHistory(random: SeededRandom, shape: Shape): Operation[] {
  const plans = planned(random, shape).map((plan) =>
    plan.operation.kind !== "get" && plan.operation.outcome === "ok"
      ? { ...plan, operation: { ...plan.operation, version: plan.secretVersion } }
      : plan
  );
  const writes = plans.filter(({ operation }) => operation.kind !== "get");
  return plans.map(({ operation }) =>
    operation.kind === "get" && operation.outcome === "ok"
      ? seenByChance(random, operation, writes)
      : operation
  );
}

/** The truth with one read that saw something else. */
export function bentHistory(random: SeededRandom, shape: Shape): Operation[] {
  const operations = honestHistory(random, shape);
  const reads = operations.filter(({ kind, outcome }) => kind === "get" && outcome === "ok");
  const others = operations.filter(({ version }) => version !== null);
  if (reads.length === 0 || others.length === 0) return operations;
  const bent = random.pick(reads);
  const { version, value } = random.pick(others);
  return operations.map((operation) =>
    operation === bent ? { ...bent, version, value, found: value !== null } : operation
  );
}

function planned(random: SeededRandom, shape: Shape): Plan[] {
  const clocks = Array.from({ length: shape.clients }, () => 0);
  return Array.from({ length: shape.operations }, (_, id) => {
    const client = random.integer(0, shape.clients - 1);
    const callMs = (clocks[client] ?? 0) + random.integer(0, 4);
    const returnMs = callMs + random.integer(0, shape.lastsMsMax);
    clocks[client] = returnMs;
    return plan(random, shape, { id, client: `c${client}`, callMs, returnMs });
  });
}

function plan(
  random: SeededRandom,
  { keys, ttlMsMax }: Shape,
  { id, client, callMs, returnMs }: Pick<Operation, "id" | "client" | "callMs" | "returnMs">,
): Plan {
  const kind = random.pick(["put", "put", "delete", "get", "get", "get"] as const);
  const dice = random.next();
  const outcome = dice < 0.7 ? "ok" : dice < 0.93 ? "info" : "fail";
  const wallCallMs = wallOffsetMs + callMs;
  const hasEnd = outcome !== "info";
  const operation: Operation = {
    ...{ id, client, kind, outcome, key: `k${random.integer(1, keys)}`, callMs, wallCallMs, version: null },
    ...{ returnMs: hasEnd ? returnMs : Infinity, wallReturnMs: hasEnd ? wallOffsetMs + returnMs : Infinity },
    value: kind === "put" ? `a${id}` : null,
    expiresAtMs: kind === "put" && random.chance(0.3) ? wallCallMs + random.integer(1, ttlMsMax) : null,
  };
  const late = random.chance(0.5) ? returnMs : returnMs + 20;
  const isNever = outcome === "fail" || (outcome === "info" && random.chance(0.3));
  const effectMs = isNever ? null : random.integer(callMs, hasEnd ? returnMs : late);
  return { operation, effectMs, secretVersion: `v${id}` };
}

/** What a read at the moment says of the register. */
function answered(read: Operation, state: Plan | undefined, effectMs: number): Operation {
  if (read.outcome !== "ok") return read;
  if (state === undefined) return { ...read, found: false };
  const { value, expiresAtMs } = state.operation;
  const isOver = expiresAtMs !== null && wallOffsetMs + effectMs >= expiresAtMs;
  const seen = isOver ? null : value;
  return { ...read, value: seen, found: seen !== null, version: state.secretVersion };
}

function seenByChance(random: SeededRandom, read: Operation, writes: readonly Plan[]): Operation {
  if (writes.length === 0 || random.chance(0.15)) return { ...read, found: false };
  const { operation, secretVersion: version } = random.pick(writes);
  const isAbsent = operation.expiresAtMs !== null && random.chance(0.5);
  // Once in a while a put without an expiry is denied, which nothing can explain.
  const value = isAbsent || random.chance(0.03) ? null : operation.value;
  return { ...read, value, found: value !== null, version };
}
