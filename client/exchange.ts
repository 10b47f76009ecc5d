import { clientErrorCode, RondoError } from "./rondo_error.ts";
import type { Answer } from "./server_error.ts";
import type { Timing } from "./timing.ts";

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /**
   * What repeating it does. `repeatable` writes carry an idempotency key, so a repeat is the same write; `once` is
   * sent again only when it certainly did not arrive.
   */
  readonly effect: "none" | "repeatable" | "once";
}

/** Where and for how long one attempt is made. */
export interface Attempt {
  /** Origin of a node. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Sends one request and reads its whole answer, whatever the status.
 *
 * @throws RondoError when no answer came: UNREACHABLE, CONNECTION_LOST, TIMEOUT or ABORTED.
 */
export async function exchange(
  request: HttpRequest,
  attempt: Attempt,
  ports: { readonly fetch: Fetch; readonly timing: Timing },
): Promise<Answer> {
  const { url, signal, timeoutMs } = attempt;
  const controller = new AbortController();
  const abort = () => controller.abort();
  const cancelTimer = ports.timing.after(timeoutMs, abort);
  signal?.addEventListener("abort", abort);
  try {
    if (signal?.aborted) throw notSent(url);
    const response = await ports.fetch(url + request.path, initOf(request, controller.signal));
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    if (cause instanceof RondoError) throw cause;
    if (controller.signal.aborted) throw cutShort(request, attempt, cause);
    throw networkError(request, url, cause);
  } finally {
    cancelTimer();
    signal?.removeEventListener("abort", abort);
  }
}

function initOf(request: HttpRequest, signal: AbortSignal): RequestInit {
  const { method, headers = {}, body } = request;
  const init: RequestInit = { method, headers, signal, redirect: "error" };
  // A copy: fetch wants memory that nobody else can share or resize.
  if (body !== undefined) init.body = typeof body === "string" ? body : new Uint8Array(body);
  return init;
}

function notSent(url: string): RondoError {
  return new RondoError(clientErrorCode.aborted, `Stopped before asking ${url}`, { definite: true, url });
}

function cutShort(request: HttpRequest, { url, timeoutMs, signal }: Attempt, cause: unknown): RondoError {
  const definite = request.effect === "none";
  if (signal?.aborted) {
    return new RondoError(clientErrorCode.aborted, `Stopped waiting for ${url}`, { definite, url, cause });
  }
  const seconds = (timeoutMs / 1_000).toFixed(1).replace(/\.0$/, "");
  return new RondoError(clientErrorCode.timeout, `No answer from ${url} in ${seconds} s`, {
    definite,
    url,
    cause,
  });
}

/** The kinds of failure are only told apart by their text; in doubt the request may have arrived. */
export function networkError(request: Pick<HttpRequest, "effect">, url: string, cause: unknown): RondoError {
  const story = storyOf(cause);
  const reason = unsentReasons.find(({ sign }) => sign.test(story))?.reason;
  if (reason !== undefined) {
    const message = `Cannot reach ${url}: ${reason}`;
    return new RondoError(clientErrorCode.unreachable, message, { definite: true, url, cause });
  }
  const message = `Lost the connection to ${url} before its answer`;
  const definite = request.effect === "none";
  return new RondoError(clientErrorCode.connectionLost, message, { definite, url, cause });
}

/** What runtimes say when no connection came to be, most telling first. */
const unsentReasons: readonly { readonly sign: RegExp; readonly reason: string }[] = [
  { sign: /refused/i, reason: "connection refused" },
  { sign: /dns error|ENOTFOUND|EAI_AGAIN/i, reason: "no such host" },
  { sign: /certificate|TLS/i, reason: "no secure connection" },
  { sign: /unreachable/i, reason: "no route to it" },
  { sign: /client error \(Connect\)|port \d+ are blocked/i, reason: "no connection" },
];

/** The messages of an error and of what caused it. */
function storyOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${storyOf(error.cause)}` : String(error ?? "");
}
