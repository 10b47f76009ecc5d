import type { Version } from "../core/data/version.ts";

/** Which writes were acknowledged on which version. A version can be replaced only once (promise G8). */
export class ConditionLedger {
  /** Conditional writes that were acknowledged. */
  count = 0;
  /** Pairs of them that replaced the same version, in words. */
  readonly doubles: string[] = [];
  readonly #replacedBy = new Map<string, string>();

  acknowledged(key: string, base: Version, write: string): void {
    this.count++;
    const name = `${key}@${base}`;
    const other = this.#replacedBy.get(name);
    if (other !== undefined) this.doubles.push(`${write} and ${other} both replaced "${key}" at ${base}`);
    else this.#replacedBy.set(name, write);
  }
}
