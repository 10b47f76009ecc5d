import type { Trouble } from "../fault_profile.ts";
import type { Regime } from "../run.ts";

/** A known bug that can be planted from outside, and taken out again. */
export interface Mutant {
  readonly name: string;
  /** What is wrong with it, and what that should cost. */
  readonly breaks: string;
  /** The runs that have to notice. */
  readonly regime: Regime;
  /** The only troubles needed for it; whichever the seed draws when absent. */
  readonly troubles?: readonly Trouble[];
  /** Plants the bug in all nodes to come; the returned function takes it out. */
  plant(): () => void;
}

/** A method as it is called with `call`. */
type Method<T, F> = F extends (...args: infer A) => infer R ? (this: T, ...args: A) => R : never;

/**
 * Puts another method in the place of one of a class, for all its instances; the returned function puts it back.
 *
 * @param owner the prototype; or the class, for a static method.
 * @param make gets the original, to be called with the right `this`.
 */
export function replaceMethod<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  make: (original: Method<T, T[K]>) => Method<T, T[K]>,
): () => void {
  const original = owner[name];
  owner[name] = make(original as Method<T, T[K]>) as T[K];
  return () => {
    owner[name] = original;
  };
}

/** Plants bugs that only together make sense. */
export function plantAll(...ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end();
  };
}
