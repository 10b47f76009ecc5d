import * as z from "zod/mini";
import { ringItems } from "../core/live/ring_items.ts";
import {
  kindOf,
  logLine,
  metricItem,
  type Topic,
  type TopicData,
  type TopicKind,
} from "../core/live/topics.ts";
import { exchange, type Fetch } from "./exchange.ts";
import { readAs } from "./rest_form.ts";
import { RondoClient } from "./rondo_client.ts";
import type { Timing } from "./timing.ts";

export interface QuestionOptions {
  /** Of the node; all questions go there. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly timing: Timing;
  readonly wallNow: () => number;
}

/** Shorter than the pause between two rounds: no answer by then is none. */
const timeoutMs = 4_000;
/** As many lines as a page shows at first. */
const linesMax = 200;

const measuresAnswer = z.object({ metrics: z.record(z.string(), metricItem) });
const logsAnswer = z.object({ lines: z.array(logLine) });

/** The topics, put together from the answers of REST: for when there is no socket. */
export class LiveQuestions {
  readonly #client: RondoClient;
  readonly #ask: { readonly [K in TopicKind]: (topic: Topic) => Promise<TopicData<K>> };

  constructor(readonly options: QuestionOptions) {
    const { url, fetch, timing } = options;
    this.#client = new RondoClient({ url, fetch, timing, timeoutMs, attemptsMax: 1 });
    this.#ask = {
      ring: () => this.#ring(),
      node: () => this.#node(),
      metrics: async () => (await this.#read("/api/node/measures", measuresAnswer)).metrics,
      logs: (topic) => this.#logs(topic),
    };
  }

  /** @throws RondoError */
  async ask<T extends Topic>(topic: T): Promise<TopicData<T>> {
    return await this.#ask[kindOf(topic)](topic) as TopicData<T>;
  }

  async #ring(): Promise<TopicData<"ring">> {
    const client = this.#client;
    const [{ id, url, phase }, successors, predecessor, peers] = await Promise.all([
      client.info(),
      client.successors(),
      client.predecessor(),
      client.peers(),
    ]);
    const wallMs = Math.floor(this.options.wallNow());
    return Object.fromEntries(
      ringItems({ self: { id, url }, phase, successors, predecessor, peers, wallMs }),
    );
  }

  async #node(): Promise<TopicData<"node">> {
    const client = this.#client;
    const [info, successors, predecessor, fingers, status] = await Promise.all([
      client.info(),
      client.successors(),
      client.predecessor(),
      client.fingers(),
      client.rpc("node.status", {}),
    ]);
    return { info, successors, predecessor, fingers, status };
  }

  async #logs(topic: Topic): Promise<TopicData<"logs">> {
    const level = topic === "logs" ? "debug" : topic.slice("logs:".length);
    const { lines } = await this.#read(`/api/logs?level=${level}&limit=${linesMax}`, logsAnswer);
    return Object.fromEntries(lines.map((line) => [String(line.number), line]));
  }

  /** What has no call of its own in the client: pages alone ask for it. */
  async #read<S extends z.ZodMiniType>(path: string, shape: S): Promise<z.output<S>> {
    const { url, fetch, timing } = this.options;
    const request = { method: "GET", path, effect: "none" } as const;
    return readAs(await exchange(request, { url, timeoutMs }, { fetch, timing }), shape, false);
  }
}
