import { ChordNode } from "../../core/chord_node.ts";
import { defaultConfig, type NodeConfig } from "../../core/config.ts";
import { IdSpace } from "../../core/id.ts";
import { nodeIdOf } from "../../core/node_ref.ts";
import type { Clock } from "../../core/ports.ts";
import { denoClock, denoRandom } from "../../node/deno_ports.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import { createHandler, type Handler, type HandlerOptions } from "../../transport/handler.ts";
import { HttpTransport } from "../../transport/http_transport.ts";
import { eventually } from "../cluster/eventually.ts";
import { assertEquals } from "@std/assert";

const log = () => {};

/** Real nodes in this process, which speak HTTP to each other without sockets, and forget at the end. */
export class RingInProcess implements AsyncDisposable {
  readonly nodes: ChordNode[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #transports: HttpTransport[] = [];
  readonly #alarms = new Set<() => void>();
  readonly #clock: Clock = {
    ...denoClock,
    after: (ms, callback) => {
      const cancel = denoClock.after(ms, () => (this.#alarms.delete(cancel), callback()));
      this.#alarms.add(cancel);
      return () => (this.#alarms.delete(cancel), cancel());
    },
  };

  /** A ring that has come to rest. */
  static async of(
    count: number,
    config: Partial<NodeConfig> = {},
    options: Partial<HandlerOptions> = {},
  ): Promise<RingInProcess> {
    const ring = new RingInProcess();
    for (let i = 0; i < count; i++) await ring.#add({ partitions: 64, stabilizeMs: 50, ...config }, options);
    await eventually(() => {
      for (const node of ring.nodes) assertEquals([node.notReadyReason(), node.phase], [null, "member"]);
      return Promise.resolve();
    });
    return ring;
  }

  /** Asks the i-th node over its HTTP interface. */
  ask(i: number, method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return this.fetch(`${this.nodes[i]?.self.url}${path}`, { ...init, method });
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const handler = this.#handlers.get(new URL(url).origin);
    if (handler === undefined) throw new TypeError("tcp connect error: Connection refused");
    return await handler(new Request(url, init));
  };

  async #add(changes: Partial<NodeConfig>, options: Partial<HandlerOptions>): Promise<void> {
    const config = { ...defaultConfig, ...changes };
    const url = `http://n${this.nodes.length}.test`;
    const self = { id: nodeIdOf(new IdSpace(config.bits, config.hash), config.cluster, url), url };
    const { cluster, valueBytesMax } = config;
    const transport = new HttpTransport({ cluster, from: self.id, valueBytesMax, fetch: this.fetch });
    const store = new MemoryStore(crypto.randomUUID());
    const ports = { clock: this.#clock, random: denoRandom, transport, store, log };
    const node = await ChordNode.open(self, config, ports);
    const bootstraps = this.nodes.slice(0, 1).map((first) => first.self.url);
    this.nodes.push(node);
    this.#transports.push(transport);
    this.#handlers.set(url, createHandler(node, { log, onLeave: () => {}, ...options }));
    await node.start(bootstraps);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) node.stop();
    await Promise.all(this.#transports.map((transport) => transport.close()));
    for (const cancel of this.#alarms) cancel();
  }
}
