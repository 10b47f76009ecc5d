/**
 * Whether somebody takes connections there: answers or closes, which a listener that is full does at once.
 *
 * A connection alone proves nothing, as the kernel makes those for a listener that never asks for them. When there
 * is no descriptor left to try with, nothing is known, and the benefit of the doubt given.
 */
export async function answersAt(hostname: string, port: number, timeoutMs: number): Promise<boolean> {
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect({ hostname, port });
  } catch (error) {
    return !(error instanceof Deno.errors.ConnectionRefused);
  }
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([heardFrom(connection), tooLate]);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

/** The least that a server has to answer: it is no request. */
async function heardFrom(connection: Deno.TcpConn): Promise<boolean> {
  try {
    await connection.write(new TextEncoder().encode("?\r\n\r\n"));
    await connection.read(new Uint8Array(1));
  } catch {
    // It was closed, by the other side or by us when it is too late anyway.
  }
  return true;
}
