import { indented } from "./json_text.ts";

/** Ways to look at the bytes of a value. All of them give text, and nobody ever makes markup of it. */
export const valueFormats = ["text", "json", "hex", "base64"] as const;
export type ValueFormat = typeof valueFormats[number];

export const formatTitles: Readonly<Record<ValueFormat, string>> = {
  text: "Text",
  json: "JSON",
  hex: "Hex",
  base64: "Base64",
};

/** Shown before anybody asks for more; a page that lays out a mebibyte of text stands still. */
export const firstPartBytes = 8 * 1024;

export type ShownValue =
  | { readonly kind: "shown"; readonly text: string; readonly isPart: boolean }
  | { readonly kind: "unfit"; readonly why: string };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Null for what is not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Whether people can read it as it is. */
export function isReadable(text: string): boolean {
  return !/(?![\t\n\r])\p{Cc}/u.test(text);
}

/** The way that shows most of what is meant. */
export function bestFormat(bytes: Uint8Array): ValueFormat {
  const text = textOfBytes(bytes);
  if (text === null || !isReadable(text)) return "hex";
  return /^\s*[[{]/.test(text) && indented(text) !== null ? "json" : "text";
}

/** @param isWhole more than the first part is wanted. */
export function showValue(bytes: Uint8Array, format: ValueFormat, isWhole: boolean): ShownValue {
  switch (format) {
    case "text":
      return asText(bytes, isWhole);
    case "json":
      return asJson(bytes, isWhole);
    case "hex":
      return shown(hexDump(firstPart(bytes, isWhole)), isPart(bytes, isWhole));
    case "base64":
      return shown(lines(firstPart(bytes, isWhole, 3).toBase64(), 76), isPart(bytes, isWhole));
  }
}

function asText(bytes: Uint8Array, isWhole: boolean): ShownValue {
  if (textOfBytes(bytes) === null) return { kind: "unfit", why: "It is not text in UTF-8." };
  // With `stream` the half of a character at the cut is left out.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = decoder.decode(firstPart(bytes, isWhole), { stream: true });
  return shown(visible(text), isPart(bytes, isWhole));
}

function asJson(bytes: Uint8Array, isWhole: boolean): ShownValue {
  const text = textOfBytes(bytes);
  const pretty = text === null ? null : indented(text);
  if (pretty === null) return { kind: "unfit", why: "It is not JSON." };
  const isCut = !isWhole && pretty.length > firstPartBytes;
  return shown(visible(isCut ? pretty.slice(0, firstPartBytes).toWellFormed() : pretty), isCut);
}

function shown(text: string, isPart: boolean): ShownValue {
  return { kind: "shown", text, isPart };
}

function isPart(bytes: Uint8Array, isWhole: boolean): boolean {
  return !isWhole && bytes.length > firstPartBytes;
}

function firstPart(bytes: Uint8Array, isWhole: boolean, multipleOf = 1): Uint8Array {
  return isPart(bytes, isWhole) ? bytes.subarray(0, firstPartBytes - firstPartBytes % multipleOf) : bytes;
}

/**
 * The text with marks for what a browser would not show, or would obey: control characters, and those that turn the
 * direction of writing, by which a text can seem to say something else.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /(?![\t\n\r])\p{Cc}|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu,
    (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      return code === 0x7f ? "\u2421" : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
    },
  );
}

const bytesInRow = 16;

/** `00000000  48 69 00 ...  Hi.` */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesInRow) {
    const row = bytes.subarray(at, at + bytesInRow);
    const hex = (row.toHex().match(/../g) ?? []).join(" ").padEnd(bytesInRow * 3 - 1);
    const text = Array.from(row, (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")
      .join("");
    rows.push(`${at.toString(16).padStart(8, "0")}  ${hex}  ${text}`);
  }
  return rows.join("\n");
}

function lines(text: string, width: number): string {
  return (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");
}
