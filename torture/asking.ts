/** A local node that is well answers in milliseconds; one that takes longer is not well. */
const answerMs = 2_000;

/** The JSON of a 200; null for every other answer, and for none. */
export async function getJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs), redirect: "error" });
    if (response.status === 200) return await response.json();
    await response.body?.cancel();
    return null;
  } catch {
    // Whatever goes wrong with the question: there is no answer.
    return null;
  }
}

/** Whether somebody listens on the port. */
export async function isAccepting(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
