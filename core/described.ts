import * as z from "zod/mini";

/** The schema with words for the documents that are made of it. It checks nothing more than before. */
export function described<S extends z.ZodMiniType>(schema: S, words: string): S {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description: words });
  return copy;
}
