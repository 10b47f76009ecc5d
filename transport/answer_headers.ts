/**
 * Of every answer that is no page: whatever somebody stored, no browser may take it for a document that does things.
 *
 * Objects that are made once: this is the hot path.
 */
export const inertHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

export const jsonHeaders = { "content-type": "application/json", ...inertHeaders } as const;
