/** What one load came to. */
export interface Load {
  readonly requestsPerSecond: number;
  /** Milliseconds from request to answer: half of them took no longer, and 99 of 100. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not the expected status; a load with any is worth nothing. */
  readonly failures: number;
}

/** One request, as bytes on the wire, by its number. */
export type RequestBytes = (number: number) => Uint8Array;

const decoder = new TextDecoder("latin1");

export interface LoadOptions {
  readonly connections: number;
  readonly ms: number;
  readonly statuses: readonly number[];
  /** Each connection rests so long between its requests; none by default: as fast as it can. */
  readonly pauseMs?: number;
  /** Ends after so many requests, should the time not be over before. */
  readonly requestsMax?: number;
  /** Ends the load before its time. */
  readonly signal?: AbortSignal;
}

/**
 * Sends requests over `connections` kept connections for `ms`, each waiting for its answer before the next.
 *
 * Raw HTTP/1.1: `fetch` costs more than the servers measured here, and would be what is measured.
 */
export async function load(
  port: number,
  request: RequestBytes,
  options: LoadOptions,
): Promise<Load> {
  const { pauseMs = 0, requestsMax = Infinity } = options;
  const endAtMs = performance.now() + options.ms;
  const counts = { failures: 0, next: 0 };
  const times: number[] = [];
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: options.connections }, async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const answers = new Answers(connection);
    while (performance.now() < endAtMs && counts.next < requestsMax && options.signal?.aborted !== true) {
      const sentAtMs = performance.now();
      await writeAll(connection, request(counts.next++));
      if (!options.statuses.includes(await answers.nextStatus())) counts.failures++;
      times.push(performance.now() - sentAtMs);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return {
    requestsPerSecond: times.length / seconds,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    failures: counts.failures,
  };
}

/** The answers on one connection, one after another; each must say its length. */
class Answers {
  readonly #buffer = new Uint8Array(64 * 1024);
  #text = "";

  constructor(readonly connection: Deno.Conn) {}

  async nextStatus(): Promise<number> {
    let headEnd = this.#text.indexOf("\r\n\r\n");
    while (headEnd < 0) {
      await this.#readMore();
      headEnd = this.#text.indexOf("\r\n\r\n");
    }
    const head = this.#text.slice(0, headEnd);
    const length = Number(/content-length: *([0-9]+)/i.exec(head)?.[1] ?? 0);
    while (this.#text.length < headEnd + 4 + length) await this.#readMore();
    this.#text = this.#text.slice(headEnd + 4 + length);
    return Number(head.slice(9, 12));
  }

  async #readMore(): Promise<void> {
    const count = await this.connection.read(this.#buffer);
    if (count === null) throw new Error("Cannot go on: the server closed the connection");
    this.#text += decoder.decode(this.#buffer.subarray(0, count));
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function quantile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? NaN;
}

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? NaN;
}
