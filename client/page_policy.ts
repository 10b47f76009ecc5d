import * as z from "zod/mini";

/**
 * In a page, schemas are interpreted rather than compiled: the policy of our pages forbids making code from text, and
 * each try would be reported. Must be imported before any schema is made.
 */
if ("document" in globalThis) z.config({ jitless: true });
