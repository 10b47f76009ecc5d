/** One Deno KV call per request, and nothing else: what the same machine does without Rondo. */
async function answer(kv: Deno.Kv, request: Request): Promise<Response> {
  const key = ["r", new URL(request.url).pathname];
  if (request.method === "PUT") {
    await kv.set(key, new Uint8Array(await request.arrayBuffer()));
    return new Response(null, { status: 201, headers: { "content-length": "0" } });
  }
  const { value } = await kv.get<Uint8Array>(key);
  if (value === null) return new Response(null, { status: 404, headers: { "content-length": "0" } });
  return Response.json({ key: key[1], value: value.toBase64(), found: true });
}

// Arguments: port, directory.
if (import.meta.main) {
  const [port, directory] = Deno.args;
  const kv = await Deno.openKv(`${directory}/floor.kv`);
  Deno.serve(
    { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
    (request) => answer(kv, request),
  );
}
