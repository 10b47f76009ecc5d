import type { ChordNode } from "../core/chord_node.ts";
import type { Start } from "../core/entering.ts";
import type { Log } from "../core/ports.ts";
import type { NodeStore } from "../storage/node_store.ts";
import type { HttpServer } from "../transport/http_server.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

/** What lives and ends together with a node. */
export interface Belongings {
  readonly node: Pick<ChordNode, "start" | "leave" | "rest" | "stop" | "notReadyReason">;
  readonly store: Pick<NodeStore, "acceptLoss" | "close" | "lostData">;
  readonly server: Pick<HttpServer, "shutdown">;
  readonly transport: { close(): Promise<void> };
  /** Those who watch the node; they see it leave, and are told when it is gone. */
  readonly watchers: { close(reason: string): void };
  readonly stopUpkeep: () => Promise<void>;
  readonly log: Log;
}

/** What was begun when the node ends may take this long. */
const shutdownMs = 2_000;
/** A node that is not ready by then waits for others, and says so. */
const readyWithinMs = 5_000;
const readyPollMs = 25;

/** A node from its start to its end, of which there is only one, however many ask for it. */
export class NodeLife {
  readonly #ended = Promise.withResolvers<ExitCode>();
  #isEnding = false;

  constructor(readonly belongings: Belongings) {}

  /** How the process is to exit, once everything is closed. */
  get ended(): Promise<ExitCode> {
    return this.#ended.promise;
  }

  /** Becomes a member; resolves when it is ready too, or it is clear that this may take a while. */
  async begin(bootstraps: readonly string[]): Promise<{ start: Start; notReadyReason: string | null }> {
    const { node, store } = this.belongings;
    const start = await node.start(bootstraps);
    if (store.lostData && !this.#isEnding) await store.acceptLoss();
    const untilMs = performance.now() + readyWithinMs;
    while (node.notReadyReason() !== null && performance.now() < untilMs && !this.#isEnding) {
      await new Promise((resolve) => setTimeout(resolve, readyPollMs));
    }
    return { start, notReadyReason: node.notReadyReason() };
  }

  /** Hands over, then ends. With nobody to hand over to, the data stays where it is. */
  leave(): void {
    this.#end("leaveAsked", async () => {
      const { node } = this.belongings;
      await node.leave();
      node.stop();
    });
  }

  /** Ends and keeps everything for the next start. */
  halt(): void {
    this.#end("haltAsked", () => this.belongings.node.rest());
  }

  #end(event: string, part: () => Promise<void>): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.belongings.log("info", event);
    this.#close(part).then(this.#ended.resolve, (error) => {
      this.belongings.log("error", "endFailed", { error });
      this.#ended.resolve(exitCode.storeFailure);
    });
  }

  /** Peers are answered until the node is gone from the ring, and the store outlives whoever writes to it. */
  async #close(part: () => Promise<void>): Promise<ExitCode> {
    const { log, server, stopUpkeep, store, transport, watchers } = this.belongings;
    await part();
    await stopUpkeep();
    watchers.close("the node ends");
    if (!await server.shutdown(shutdownMs)) log("warn", "requestsCutOff");
    await transport.close();
    await store.close();
    log("info", "ended");
    return exitCode.clean;
  }
}
