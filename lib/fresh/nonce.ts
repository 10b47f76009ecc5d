const nonces = new WeakMap<object, string>();

/** The nonce of one response, known by its context: unguessable, and the same however often it is asked for. */
export function nonceOf(ctx: object): string {
  const known = nonces.get(ctx);
  if (known !== undefined) return known;
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  nonces.set(ctx, nonce);
  return nonce;
}
