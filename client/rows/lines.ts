import { BadFileError } from "./bad_file.ts";

/** One line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its ending; null when its bytes are not UTF-8. */
  readonly text: string | null;
  readonly ending: "\n" | "\r\n" | "";
}

/** Far above the longest row that a node would take (1 MiB, in base64); keeps one line from filling the memory. */
const lineBytesMax = 16 * 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a text file, each with its number; a byte order mark is left out.
 *
 * Bytes are cut into lines first and decoded then, so that damage is told by its line.
 *
 * @throws BadFileError when the file is empty, or no text in UTF-8 at all.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line> {
  let number = 0;
  let isFirst = true;
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    if (isFirst) assertNotUtf16(chunk, name);
    assertText(chunk, name, number + 1);
    isFirst = false;
    let bytes = rest.length === 0 ? chunk : concat(rest, chunk);
    // The first bytes of `bytes` were searched when they came.
    let end = bytes.indexOf(lineFeed, rest.length);
    for (; end !== -1; end = bytes.indexOf(lineFeed)) {
      yield lineOf(bytes.subarray(0, end + 1), ++number);
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > lineBytesMax) {
      throw new BadFileError("LINE_TOO_LONG", name, number + 1, `line ${number + 1} never ends`);
    }
    rest = bytes;
  }
  if (isFirst) throw new BadFileError("EMPTY", name, 1, "it is empty");
  if (rest.length > 0) yield lineOf(rest, ++number);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function assertNotUtf16(start: Uint8Array, name: string): void {
  const isUtf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (isUtf16) throw new BadFileError("BINARY", name, 1, "it is UTF-16, save it as UTF-8");
}

/** Text has no zero bytes, and what is binary shows one soon. */
function assertText(chunk: Uint8Array, name: string, firstLine: number): void {
  const zero = chunk.indexOf(0);
  if (zero === -1) return;
  const line = firstLine + chunk.subarray(0, zero).filter((byte) => byte === lineFeed).length;
  throw new BadFileError("BINARY", name, line, "it is a binary file, not text");
}

function lineOf(bytes: Uint8Array, number: number): Line {
  const ending = bytes.at(-1) !== lineFeed ? "" : bytes.at(-2) === carriageReturn ? "\r\n" : "\n";
  return { number, text: decode(bytes.subarray(0, bytes.length - ending.length), number === 1), ending };
}

const decoders = {
  first: new TextDecoder("utf-8", { fatal: true }),
  other: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }),
};

/** Only at the start of the file is U+FEFF a mark and not text. */
function decode(bytes: Uint8Array, isFirst: boolean): string | null {
  try {
    return (isFirst ? decoders.first : decoders.other).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
