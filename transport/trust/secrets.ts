/** Both of a rotation: the one that comes and the one that goes. */
const secretsMax = 2;

/** 32 bytes in base64url, and in a richer alphabet. Fewer could be guessed offline from one overheard request. */
const base64urlCharsMin = 43;
const otherCharsMin = 32;

/** What is wrong with the ring's secrets; the message never shows any of them. */
export class SecretProblem extends Error {
  override readonly name = "SecretProblem";
}

/**
 * The ring's secrets, one a line: the first signs, all verify.
 *
 * @throws SecretProblem when there is none, more than two, or one that is too short to be one.
 */
export function parseSecrets(text: string): readonly string[] {
  const secrets = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (secrets.length === 0) throw new SecretProblem("it holds no secret");
  if (secrets.length > secretsMax) {
    throw new SecretProblem(`it holds ${secrets.length} secrets; two are enough to replace one by another`);
  }
  for (const [i, secret] of secrets.entries()) checkSecret(secret, i + 1);
  return secrets;
}

function checkSecret(secret: string, line: number): void {
  if (/[^\x21-\x7e]/.test(secret)) {
    throw new SecretProblem(
      `its secret ${line} has characters other than letters, digits and signs of ASCII`,
    );
  }
  const charsMin = /^[A-Za-z0-9_-]*$/.test(secret) ? base64urlCharsMin : otherCharsMin;
  if (secret.length < charsMin) {
    throw new SecretProblem(`its secret ${line} has ${secret.length} characters; it takes ${charsMin}`);
  }
}

/** A new secret: 32 bytes of chance in base64url. */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
