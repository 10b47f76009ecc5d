import { InvalidParamsError, TooLargeError } from "../core/errors.ts";

/**
 * How much of a refused body is read and thrown away.
 *
 * A connection that is closed with unread bytes is reset, and a client that is still sending may then lose the
 * answer that says why. Beyond this many bytes it is not worth the courtesy.
 */
const drainBytesMax = 16 * 1024 * 1024;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * The whole body of a request.
 *
 * @throws TooLargeError when it is longer than `bytesMax`; what was sent is then drained.
 * @throws InvalidParamsError when the client went away in the middle.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const announced = announcedBytes(request);
  let body: Uint8Array | null = null;
  if (announced !== null && announced > bytesMax) await drain(request);
  else body = await readWithin(request, announced === null ? bytesMax : Infinity);
  if (body === null) throw new TooLargeError(`Cannot take a body of more than ${bytesMax} bytes`);
  return body;
}

/** Null when the body is too long. The server holds a client to the length it announced, so that needs no watch. */
async function readWithin(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  try {
    if (request.body === null || bytesMax === Infinity) return await request.bytes();
    const reader = request.body.getReader();
    const body = await collect(reader, bytesMax);
    if (body === null) await discard(reader, drainBytesMax);
    return body;
  } catch {
    throw new InvalidParamsError("Cannot read the body: it ended early");
  }
}

/** Reads and forgets the body of a request that is refused, up to a bound. Never throws. */
export async function drain(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed) return;
  if ((announcedBytes(request) ?? 0) > drainBytesMax) return;
  try {
    await discard(request.body.getReader(), drainBytesMax);
  } catch {
    // The client went away: nobody is left to answer.
  }
}

/** The bytes of an answer, or null when it is longer than `bytesMax`; the rest is then not read. */
export async function readAnswer(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const body = await collect(reader, bytesMax);
  if (body === null) await reader.cancel();
  return body;
}

function announcedBytes(request: Request): number | null {
  const text = request.headers.get("content-length");
  return text === null ? null : Number(text);
}

/** Null as soon as the stream has given more than `bytesMax`. */
async function collect(reader: Reader, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > bytesMax) return null;
    chunks.push(next.value);
  }
  return concat(chunks, length);
}

async function discard(reader: Reader, bytesMax: number): Promise<void> {
  let left = bytesMax;
  while (left > 0) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.length;
  }
  await reader.cancel();
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
