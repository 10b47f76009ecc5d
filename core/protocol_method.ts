import type * as z from "zod";

/** One method of the protocol. */
export interface MethodDefinition {
  readonly summary: string;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Calling it again after a lost answer does no harm, so the transport may. */
  readonly isIdempotent: boolean;
  /** The name of its counterpart in the Go seed, for readers who come from there. */
  readonly torus?: string;
}

export function method<P extends z.ZodType, R extends z.ZodType>(definition: {
  summary: string;
  params: P;
  result: R;
  isIdempotent?: boolean;
  torus?: string;
}) {
  return { isIdempotent: true, ...definition };
}
