import type { HttpMessage } from "./http_messages.ts";

/** Answers that no node gives, for nodes to survive. */

const encoder = new TextEncoder();

/** More than a node reads of any answer. */
const endlessBytesMax = 64 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const bombBytes = 64 * 1024 * 1024;

export function garbageAnswer(): Uint8Array<ArrayBuffer> {
  const page = "<!doctype html><title>Welcome</title><h1>It works!</h1>";
  return encoder.encode(`${head("text/html")}content-length: ${page.length}\r\n\r\n${page}`);
}

/** The beginning of a JSON-RPC answer, and then a string that does not end before the reader's patience. */
export function* endlessAnswer(): Generator<Uint8Array<ArrayBuffer>> {
  yield encoder.encode(`${head("application/json")}transfer-encoding: chunked\r\n\r\n`);
  yield chunk(encoder.encode('{"jsonrpc":"2.0","id":1,"result":{"x":"'));
  const filling = chunk(new Uint8Array(chunkBytes).fill("x".charCodeAt(0)));
  for (let sent = 0; sent < endlessBytesMax; sent += chunkBytes) yield filling;
}

let packedBomb: Promise<Uint8Array<ArrayBuffer>> | null = null;

export async function bombAnswer(): Promise<Uint8Array<ArrayBuffer>> {
  const body = await (packedBomb ??= packZeros());
  const lines = `content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
  return joined(encoder.encode(head("application/json") + lines), body);
}

async function packZeros(): Promise<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(1024 * 1024);
  const pieces = ReadableStream.from(Array.from({ length: bombBytes / piece.length }, () => piece));
  return await new Response(pieces.pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** The message with one bit of its body turned; unchanged if it has none. */
export function corrupted({ bytes, bodyAt }: HttpMessage, luck: number): Uint8Array<ArrayBuffer> {
  const bits = (bytes.length - bodyAt) * 8;
  if (bits === 0) return bytes;
  const bit = Math.floor(luck * bits);
  const copy = bytes.slice();
  const at = bodyAt + (bit >> 3);
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** The message without the last part of its body; at least one byte is missing. */
export function truncated({ bytes, bodyAt }: HttpMessage, luck: number): Uint8Array<ArrayBuffer> {
  return bytes.slice(0, bodyAt + Math.floor(luck * (bytes.length - bodyAt)));
}

function head(contentType: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\n`;
}

function chunk(body: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined(encoder.encode(`${body.length.toString(16)}\r\n`), body, encoder.encode("\r\n"));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
