import type * as z from "zod/mini";

/** One method of the protocol. */
export interface MethodDefinition {
  readonly summary: string;
  readonly params: z.ZodMiniType;
  readonly result: z.ZodMiniType;
  /** Calling it again after a lost answer does no harm, so the transport may. */
  readonly isIdempotent: boolean;
  /** The name of its counterpart in the Go seed, for readers who come from there. */
  readonly torus?: string;
}

export function method<P extends z.ZodMiniType, R extends z.ZodMiniType>(definition: {
  summary: string;
  params: P;
  result: R;
  isIdempotent?: boolean;
  torus?: string;
}) {
  return { isIdempotent: true, ...definition };
}
