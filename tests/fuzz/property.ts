import type fc from "fast-check";

/** Something that holds whatever comes in. */
export interface FuzzProperty {
  /** As in `--only`. */
  readonly name: string;
  readonly summary: string;
  /** Of a hundred cases, about how many are of this property. */
  readonly share: number;
  /** Cases tried on one thing under attack; it is then made anew, so that a finding can be had again soon. */
  readonly roundMax: number;
  /** Cases leave traces: a smaller one cannot be tried on what the case before it has met. */
  readonly isStateful: boolean;
  /** Makes what is attacked in one round. */
  readonly open: () => Promise<Trials>;
}

/** One round against one thing under attack. */
export interface Trials extends AsyncDisposable {
  readonly inputs: fc.Arbitrary<unknown>;
  /** Throws when the property does not hold. */
  readonly trial: (input: unknown) => Promise<void> | void;
}

type Trial<T> = (input: T) => Promise<void> | void;

/** A property of something that remembers nothing. */
export function pure<T>(
  { inputs, trial, ...property }: Omit<FuzzProperty, "open" | "roundMax" | "isStateful"> & {
    readonly inputs: fc.Arbitrary<T>;
    readonly trial: Trial<T>;
  },
): FuzzProperty {
  const open = () => Promise.resolve(trialsOf(inputs, trial));
  return { ...property, roundMax: 2_000, isStateful: false, open };
}

export function trialsOf<T>(
  inputs: fc.Arbitrary<T>,
  trial: Trial<T>,
  dispose: () => Promise<void> = () => Promise.resolve(),
): Trials {
  return { inputs, trial: (input) => trial(input as T), [Symbol.asyncDispose]: dispose };
}
