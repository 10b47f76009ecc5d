import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { makeRecord, type StoredRecord } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import type { View } from "../../core/data/view.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import { createHandler, type HandlerOptions } from "../../transport/handler.ts";
import { type HttpServer, serve } from "../../transport/http_server.ts";
import { LogBuffer } from "../../transport/live/log_buffer.ts";
import { Measures } from "../../transport/measures/measures.ts";
import { eventually } from "../cluster/eventually.ts";
import { TestHub } from "../transport/live/fake_socket.ts";
import { RingInProcess } from "../transport/ring_in_process.ts";
import type { Attack } from "./attack.ts";
import { call } from "./attack.ts";
import { type Heard, inShort, readAnswer } from "./in_short.ts";

const hostname = "127.0.0.1";
const context = { timeoutMs: 5_000 };
export const hourMs = 3_600_000;
/** No row reads or writes this key. */
const kept = { key: "kept", value: new TextEncoder().encode("as it was") };
/** Longer than any answer takes. Whoever is still connected then hears no more. */
const patienceMs = 5_000;

/** A ring of three real nodes; the first listens on a socket, and has all that a node can offer but `--allow-kill`. */
export class Target implements AsyncDisposable {
  readonly #server: HttpServer;
  readonly #pointers: readonly string[];
  /** What was called an error: nobody foresaw it. */
  readonly #unforeseen: unknown[] = [];
  /** Times that the node was told to leave. */
  leaves = 0;

  private constructor(readonly ring: RingInProcess, options: Partial<HandlerOptions>) {
    this.#server = this.#listen(options);
    this.#pointers = this.#pointersNow;
  }

  /** @param before what stands before the node that is attacked. */
  static async open(before: (node: NodeRef) => Partial<HandlerOptions> = () => ({})): Promise<Target> {
    const ring = await RingInProcess.of(3, { valueBytesMax: 1_000 });
    const [node] = ring.nodes;
    await node?.put(kept.key, kept.value, {}, context);
    await node?.put("open", new TextEncoder().encode("open"), {}, context);
    return new Target(ring, node === undefined ? {} : before(node.self));
  }

  get node(): ChordNode {
    return this.ring.nodes[0] as ChordNode;
  }

  /** Another member of the ring. */
  get neighbour(): ChordNode {
    return this.ring.nodes[1] as ChordNode;
  }

  readonly partitionOf = (key: string): number => this.node.partitionOf(key);

  /** The view that the node has of a partition; in a ring of three it keeps them all. */
  viewOf(partition: number): View {
    const view = this.node.replicas.get(partition)?.view;
    assert(view !== undefined);
    return view;
  }

  /** A node of this ring's name at an address where nobody listens. */
  strangerAt(url: string): NodeRef {
    return { id: nodeIdOf(this.node.space, this.node.config.cluster, url), url };
  }

  /** A sound record of a key, as of a number of milliseconds from now. */
  record(key: string, inMs = 0, fields: Partial<StoredRecord> = {}): StoredRecord {
    const version = formatVersion(Date.now() + inMs, 0, this.neighbour.self.id);
    return makeRecord({
      key,
      value: new Uint8Array([1]),
      version,
      expiresAtMs: null,
      requestId: null,
      ...fields,
    });
  }

  /** Sends what the row sends, holds the answer to what it wants, and looks whether anything was harmed. */
  async withstand({ headers, name, send, want, why }: Attack): Promise<Heard | null> {
    const heard = readAnswer(await this.#exchange(send));
    const message = `${name}: ${why}`;
    assertEquals(inShort(heard), want, message);
    for (const [header, value] of Object.entries(headers)) {
      assertEquals(heard?.headers.get(header) ?? null, value, `${message} (${header})`);
    }
    await this.#assertUnharmed(name);
    return heard;
  }

  async #assertUnharmed(name: string): Promise<void> {
    assertEquals(this.#unforeseen.splice(0), [], name);
    assertEquals(inShort(readAnswer(await this.#exchange(call("GET", "/health")))), `200 {"ok":true}`, name);
    await eventually(() => Promise.resolve(assertEquals(this.#pointersNow, this.#pointers, name)));
    const { record } = await this.node.get(kept.key, context);
    assertEquals(record?.value, kept.value, name);
    assertEquals(this.leaves, 0, name);
  }

  /** Everything that comes back until the node closes the connection. A reset is an end like any other. */
  async #exchange(send: Uint8Array): Promise<string> {
    const connection = await Deno.connect({ hostname, port: this.#server.port });
    const timer = setTimeout(() => connection.close(), patienceMs);
    const decoder = new TextDecoder();
    let text = "";
    try {
      const writing = writeAll(connection, send);
      for await (const chunk of connection.readable) text += decoder.decode(chunk, { stream: true });
      await writing;
    } catch (error) {
      assert(isReset(error), String(error));
    } finally {
      clearTimeout(timer);
    }
    return text;
  }

  get #pointersNow(): string[] {
    return this.ring.nodes.map(({ member: { state: { predecessor, successors } }, phase }) =>
      [phase, predecessor?.id, ...successors.map(({ id }) => id)].join(" ")
    );
  }

  #listen(options: Partial<HandlerOptions>): HttpServer {
    const { node } = this;
    const handler = createHandler(node, {
      log: (level, event, fields) => {
        if (level === "error") this.#unforeseen.push(fields?.["error"] ?? event);
      },
      onLeave: () => void this.leaves++,
      onKill: () => void this.#unforeseen.push("killed"),
      live: { hub: new TestHub().hub, measures: new Measures(), logs: new LogBuffer("warn", Date.now) },
      operator: {
        settings: [],
        upkeepReport: () => node.upkeepReport(),
        maintain: (chore) => node.maintain(chore),
      },
      ...options,
    });
    return serve(handler, { hostname, port: 0, log: (_, event) => void this.#unforeseen.push(event) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown(1_000);
    await this.ring[Symbol.asyncDispose]();
  }
}

async function writeAll(connection: Deno.Conn, send: Uint8Array): Promise<void> {
  for (let sent = 0; sent < send.length;) sent += await connection.write(send.subarray(sent));
}

function isReset(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
