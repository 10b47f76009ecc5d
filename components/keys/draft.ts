import { isJson } from "./json_text.ts";
import { bestFormat, isReadable, textOfBytes } from "./value_format.ts";

/** Ways to give a value. */
export const valueKinds = ["text", "json", "base64", "file"] as const;
export type ValueKind = typeof valueKinds[number];

export const kindTitles: Readonly<Record<ValueKind, string>> = {
  text: "Text",
  json: "JSON",
  base64: "Base64",
  file: "File",
};

/** A value as a form has it. */
export interface ValueDraft {
  readonly kind: ValueKind;
  readonly text: string;
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | null;
}

export const emptyDraft: ValueDraft = { kind: "text", text: "", file: null };

export type DraftValue =
  | { readonly kind: "good"; readonly bytes: Uint8Array }
  | { readonly kind: "bad"; readonly why: string };

const encoder = new TextEncoder();

/** The bytes that the form means. What is typed is stored as it is typed; JSON too. */
export function valueOf({ kind, text, file }: ValueDraft): DraftValue {
  switch (kind) {
    case "text":
      return { kind: "good", bytes: encoder.encode(text) };
    case "json":
      if (!isJson(text)) return { kind: "bad", why: "It is not JSON." };
      return { kind: "good", bytes: encoder.encode(text) };
    case "base64":
      return base64(text);
    case "file":
      return file === null ? { kind: "bad", why: "No file is chosen." } : { kind: "good", bytes: file.bytes };
  }
}

function base64(text: string): DraftValue {
  try {
    return { kind: "good", bytes: Uint8Array.fromBase64(text, { lastChunkHandling: "strict" }) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "bad", why: "It is not base64." };
    throw error;
  }
}

/** A value to be changed, in the way in which it can be without a byte being lost. */
export function draftOf(bytes: Uint8Array): ValueDraft {
  const text = textOfBytes(bytes);
  // A text field makes one line end of each kind, so what has a carriage return cannot be told back.
  if (text === null || !isReadable(text) || text.includes("\r")) {
    return { kind: "base64", text: bytes.toBase64(), file: null };
  }
  return { kind: bestFormat(bytes) === "json" ? "json" : "text", text, file: null };
}

/** Bytes of a text as the ring counts them. */
export function byteCount(text: string): number {
  return encoder.encode(text).length;
}

/** `61 / 512 B` */
export function ofAtMost(count: number, max: number): string {
  return `${count} / ${max} B`;
}
