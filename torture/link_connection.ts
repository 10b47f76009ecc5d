import { bombAnswer, corrupted, endlessAnswer, garbageAnswer, truncated } from "./bad_answers.ts";
import { BrokenMessageError, type HttpMessage, MessageReader } from "./http_messages.ts";
import type { Draw } from "./link_faults.ts";

/** A duplicate and a held-back request arrive at most so much later: longer than any deadline of a node's call. */
const againMsMax = 3_000;
const dripPauseMs = 100;

/** What a connection needs of its link. */
export interface LinkSide {
  /** Port of the node that the link leads to. */
  readonly targetPort: number;
  readonly draw: () => Draw;
  /** Resolves after so long, or with false as soon as the link is closed for good. */
  readonly pause: (ms: number) => Promise<boolean>;
  /** Lets it run beside the connections. The end of a connection is no failure of it. */
  readonly spawn: (deed: () => Promise<void>) => void;
}

/**
 * A caller's connection, paired with one to the node that it called.
 *
 *     caller ---> requests(), which draws a fate for each ---> node
 *     caller <--- replies(), in the order of the requests <--- node
 *
 * When either side ends, so does the other: a caller has to see that a node is gone.
 */
export class LinkConnection {
  /** The fates of the requests that the node has yet to answer. */
  readonly #open: Draw[] = [];
  #isClosed = false;

  private constructor(readonly side: LinkSide, readonly caller: Deno.Conn, readonly node: Deno.Conn) {}

  /** Serves the caller until either side ends. Never rejects. */
  static async serve(
    side: LinkSide,
    caller: Deno.TcpConn,
    opened: (pair: LinkConnection) => void,
  ): Promise<void> {
    const node = await connect(side.targetPort);
    if (node === null) return close(caller);
    caller.setNoDelay();
    const pair = new LinkConnection(side, caller, node);
    opened(pair);
    await Promise.all([pair.#run(() => pair.#requests()), pair.#run(() => pair.#replies())]);
  }

  close(): void {
    this.#isClosed = true;
    close(this.caller);
    close(this.node);
  }

  /** Whatever ends one direction ends both. */
  async #run(direction: () => Promise<void>): Promise<void> {
    try {
      await direction();
    } catch (error) {
      if (!isEndOfConnection(error)) throw error;
    } finally {
      this.close();
    }
  }

  async #requests(): Promise<void> {
    const reader = new MessageReader(this.caller, false);
    for (let request = await reader.next(); request !== null; request = await reader.next()) {
      const draw = this.side.draw();
      if (draw.delayMs > 0) await this.side.pause(draw.delayMs);
      await this.#request(request, draw);
    }
  }

  async #request(request: HttpMessage, draw: Draw): Promise<void> {
    switch (draw.fate) {
      case "dropRequest":
        return;
      case "garbage":
        return await writeAll(this.caller, garbageAnswer());
      case "endless":
        for (const part of endlessAnswer()) await writeAll(this.caller, part);
        return this.close();
      case "bomb":
        return await writeAll(this.caller, await bombAnswer());
      case "corruptRequest":
        return await this.#forward(corrupted(request, draw.luck), draw);
      case "reorder":
        return this.side.spawn(() => this.#forwardLate(request, draw));
      case "duplicate":
        this.side.spawn(() => this.#deliverAgain(request, draw));
    }
    await this.#forward(request.bytes, draw);
  }

  async #forward(bytes: Uint8Array<ArrayBuffer>, draw: Draw): Promise<void> {
    this.#open.push(draw);
    await writeAll(this.node, bytes);
  }

  async #forwardLate(request: HttpMessage, draw: Draw): Promise<void> {
    if (!await this.side.pause(draw.luck * againMsMax)) return;
    if (this.#isClosed) await this.#deliverAlone(request);
    else await this.#forward(request.bytes, draw);
  }

  async #deliverAgain(request: HttpMessage, draw: Draw): Promise<void> {
    if (await this.side.pause(draw.luck * againMsMax)) await this.#deliverAlone(request);
  }

  /** Brings the request to the node over a connection of its own, and forgets the answer. */
  async #deliverAlone({ bytes }: HttpMessage): Promise<void> {
    const node = await connect(this.side.targetPort);
    if (node === null) return;
    const patience = this.side.pause(againMsMax).then(() => close(node));
    await writeAll(node, bytes);
    await new MessageReader(node, true).next();
    await patience;
  }

  async #replies(): Promise<void> {
    const reader = new MessageReader(this.node, true);
    for (let reply = await reader.next(); reply !== null; reply = await reader.next()) {
      await this.#reply(reply, this.#open.shift() ?? { fate: null, delayMs: 0, luck: 0 });
    }
  }

  async #reply(reply: HttpMessage, { fate, luck }: Draw): Promise<void> {
    switch (fate) {
      case "dropReply":
        return;
      case "corruptReply":
        return await writeAll(this.caller, corrupted(reply, luck));
      case "truncate":
        await writeAll(this.caller, truncated(reply, luck));
        return this.close();
      case "reset":
        return this.close();
      case "drip":
        return await this.#drip(reply);
    }
    await writeAll(this.caller, reply.bytes);
  }

  async #drip({ bytes, bodyAt }: HttpMessage): Promise<void> {
    await writeAll(this.caller, bytes.subarray(0, bodyAt));
    for (let at = bodyAt; at < bytes.length && !this.#isClosed; at++) {
      await this.side.pause(dripPauseMs);
      await writeAll(this.caller, bytes.subarray(at, at + 1));
    }
  }
}

/** Null when nobody listens there. */
async function connect(port: number): Promise<Deno.TcpConn | null> {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay();
    return connection;
  } catch (error) {
    if (!isEndOfConnection(error)) throw error;
    return null;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

export function close(resource: { close(): void }): void {
  try {
    resource.close();
  } catch (error) {
    // Both directions end the pair, and so may the link.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** What happens to connections when somebody at either end goes, or is killed, or when the link is shut. */
export function isEndOfConnection(error: unknown): boolean {
  const {
    BadResource,
    BrokenPipe,
    ConnectionAborted,
    ConnectionRefused,
    ConnectionReset,
    Interrupted,
    NotConnected,
  } = Deno.errors;
  const kinds = [
    BrokenMessageError,
    ...[
      BadResource,
      BrokenPipe,
      ConnectionAborted,
      ConnectionRefused,
      ConnectionReset,
      Interrupted,
      NotConnected,
    ],
  ];
  return kinds.some((kind) => error instanceof kind);
}
