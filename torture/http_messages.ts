/** One request or answer of HTTP/1.1 as it came over the wire, whole. */
export interface HttpMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the body begins in `bytes`. */
  readonly bodyAt: number;
}

const decoder = new TextDecoder("latin1");
const [cr, lf] = [13, 10];
/** The heads that nodes write have a few hundred bytes. */
const headBytesMax = 64 * 1024;
/** A node refuses more than that as an answer; nobody sends more as a request. */
const messageBytesMax = 64 * 1024 * 1024;

/** The bytes on a connection broke off, or are no HTTP. */
export class BrokenMessageError extends Error {
  override readonly name = "BrokenMessageError";
}

/**
 * Cuts the bytes of one direction of a connection into messages.
 *
 * The proxy must know where a message ends to do it any harm as a whole, and `Deno.serve` with `fetch` would cost it
 * several times as much as this.
 */
export class MessageReader {
  #buffer = new Uint8Array(16 * 1024);
  #begin = 0;
  #end = 0;

  /** @param isAnswer an answer may say neither its length nor chunks, and then ends with the connection. */
  constructor(readonly source: Pick<Deno.Conn, "read">, readonly isAnswer: boolean) {}

  /**
   * The next message; null when the connection ended between two.
   *
   * @throws BrokenMessageError, and what reading a connection throws.
   */
  async next(): Promise<HttpMessage | null> {
    const bodyAt = await this.#headEnd();
    if (bodyAt === null) return null;
    const head = decoder.decode(this.#buffer.subarray(this.#begin, this.#begin + bodyAt));
    const length = await this.#lengthOf(head, bodyAt);
    const bytes = this.#buffer.slice(this.#begin, this.#begin + length);
    this.#begin += length;
    if (this.#begin === this.#end) this.#begin = this.#end = 0;
    return { bytes, bodyAt };
  }

  async #headEnd(): Promise<number | null> {
    for (let from = 0;;) {
      const end = findEmptyLine(this.#buffer, this.#begin + from, this.#end);
      if (end >= 0) return end - this.#begin;
      const had = this.#end - this.#begin;
      if (had > headBytesMax) throw new BrokenMessageError("Cannot read a message: its head has no end");
      from = Math.max(0, had - 3);
      if (await this.#readMore()) continue;
      if (had === 0) return null;
      throw new BrokenMessageError("Cannot read a message: it breaks off in its head");
    }
  }

  async #lengthOf(head: string, bodyAt: number): Promise<number> {
    const stated = /\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1];
    if (stated !== undefined) {
      await this.#fill(bodyAt + Number(stated));
      return bodyAt + Number(stated);
    }
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) return await this.#chunksEnd(bodyAt);
    const hasBody = this.isAnswer && !/^HTTP\/1\.[01] (1..|204|304)/.test(head);
    return hasBody ? await this.#rest() : bodyAt;
  }

  /** The end of a chunked body, its last empty chunk included. Nodes send no trailers. */
  async #chunksEnd(bodyAt: number): Promise<number> {
    for (let at = bodyAt;;) {
      const lineEnd = await this.#lineEnd(at);
      const line = decoder.decode(this.#buffer.subarray(this.#begin + at, this.#begin + lineEnd));
      const size = parseInt(line, 16);
      if (!(size >= 0)) throw new BrokenMessageError("Cannot read a message: its chunks make no sense");
      at = lineEnd + size + 2;
      await this.#fill(at);
      if (size === 0) return at;
    }
  }

  /** Just after the line break that follows. */
  async #lineEnd(at: number): Promise<number> {
    for (;;) {
      const end = this.#buffer.subarray(0, this.#end).indexOf(lf, this.#begin + at);
      if (end >= 0) return end + 1 - this.#begin;
      if (!await this.#readMore()) throw new BrokenMessageError("Cannot read a message: a chunk breaks off");
    }
  }

  async #rest(): Promise<number> {
    while (await this.#readMore());
    return this.#end - this.#begin;
  }

  async #fill(length: number): Promise<void> {
    if (length > messageBytesMax) {
      throw new BrokenMessageError(`Cannot read a message: it has ${length} bytes`);
    }
    while (this.#end - this.#begin < length) {
      if (!await this.#readMore()) throw new BrokenMessageError("Cannot read a message: its body breaks off");
    }
  }

  /** Whether there was more. */
  async #readMore(): Promise<boolean> {
    if (this.#end === this.#buffer.length) this.#makeRoom();
    const count = await this.source.read(this.#buffer.subarray(this.#end));
    this.#end += count ?? 0;
    return count !== null;
  }

  #makeRoom(): void {
    const used = this.#buffer.subarray(this.#begin, this.#end);
    const size = used.length > this.#buffer.length / 2 ? this.#buffer.length * 2 : this.#buffer.length;
    const roomier = new Uint8Array(size);
    roomier.set(used);
    [this.#buffer, this.#begin, this.#end] = [roomier, 0, used.length];
  }
}

/** Just after the first CR LF CR LF; -1 without one. */
function findEmptyLine(buffer: Uint8Array, from: number, to: number): number {
  for (let at = from; at + 3 < to; at++) {
    if (buffer[at] === cr && buffer[at + 1] === lf && buffer[at + 2] === cr && buffer[at + 3] === lf) {
      return at + 4;
    }
  }
  return -1;
}
