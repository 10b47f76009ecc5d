const alivePath = "/_fresh/alive";
/** Soon enough to feel immediate, and no burden. */
const reconnectMs = 300;

/**
 * Tells browsers which start of the server they talk to. When a file changes, `deno run --watch` starts the program
 * anew: connections break, browsers connect again and see another start, so they reload.
 */
export function withReloading(
  handler: (req: Request, info: Deno.ServeHandlerInfo) => Promise<Response>,
  signal: AbortSignal | undefined,
): (req: Request, info: Deno.ServeHandlerInfo) => Promise<Response> {
  const startedAs = crypto.randomUUID();
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  signal?.addEventListener("abort", () => open.forEach((stream) => stream.close()), { once: true });
  const alive = () => {
    let own: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream<Uint8Array>({
      start(stream) {
        own = stream;
        open.add(stream);
        stream.enqueue(new TextEncoder().encode(`retry: ${reconnectMs}\ndata: ${startedAs}\n\n`));
      },
      cancel: () => void open.delete(own),
    });
  };
  return (req, info) => {
    if (new URL(req.url).pathname !== alivePath) return handler(req, info);
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return Promise.resolve(new Response(alive(), { headers }));
  };
}
