import { nonceOf } from "./nonce.ts";
import type { CSPOptions, Middleware } from "./types.ts";

/** What a page may do unless it says otherwise. */
const defaults: readonly string[] = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Adds a Content-Security-Policy to every response below. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: own = [], useNonce = false } = options;
  const ownNames = new Set(own.map(nameOf));
  const directives = [...defaults.filter((directive) => !ownNames.has(nameOf(directive))), ...own];
  if (reportTo !== undefined) directives.push(`report-to ${reportTo}`, `report-uri ${reportTo}`);
  const name = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  const policy = directives.join("; ");
  return async (ctx) => {
    const response = await ctx.next();
    const value = useNonce ? policy.replaceAll("'unsafe-inline'", `'nonce-${nonceOf(ctx)}'`) : policy;
    return withHeader(response, name, value);
  };
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s+/)[0]?.toLowerCase() ?? "";
}

/** Headers of some responses, such as redirects and those of fetch, cannot be changed. */
function withHeader(response: Response, name: string, value: string): Response {
  try {
    response.headers.set(name, value);
    return response;
  } catch {
    const headers = new Headers(response.headers);
    headers.set(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  }
}
