import { InvalidParamsError } from "../errors.ts";
import { keyBytesMax } from "./record.ts";

const encoder = new TextEncoder();

/**
 * @throws InvalidParamsError for a key that is empty, over 512 bytes, or no well-formed Unicode (two such keys
 * could become one in UTF-8).
 */
export function checkKey(key: string): void {
  const bytes = encoder.encode(key).length;
  if (bytes === 0 || bytes > keyBytesMax) {
    const reason = bytes === 0 ? "keyEmpty" : "keyTooLong";
    throw new InvalidParamsError(`Cannot use a key of ${bytes} bytes: it takes 1 to ${keyBytesMax}`, {
      reason,
    });
  }
  if (!key.isWellFormed()) {
    throw new InvalidParamsError("Cannot use the key: it is not well-formed Unicode", {
      reason: "keyMalformed",
    });
  }
}
