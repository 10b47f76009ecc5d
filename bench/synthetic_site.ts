import { Console } from "../node/console.ts";
import { consoleCacheDirs } from "../node/console_files.ts";
import { denoClock, denoRandom } from "../node/deno_ports.ts";
import { FrontDoor } from "../node/front_door.ts";
import { createHandler, type Handler } from "../transport/handler.ts";
import { serve } from "../transport/http_server.ts";
import { LiveHub } from "../transport/live/live_hub.ts";
import { LogBuffer } from "../transport/live/log_buffer.ts";
import { sourceOf } from "../transport/live/node_sources.ts";
import { Measures } from "../transport/measures/measures.ts";
import { type SyntheticNode, SyntheticRing } from "./synthetic_ring.ts";

const hostname = "127.0.0.1";
const log = () => {};
const shutdownMs = 1_000;

/**
 * Serves the console of one node of a synthetic ring, and, on the same port, what the others say.
 *
 * Browsers take every name below `localhost` for this machine, so each node has an origin of its own: the page asks
 * those that its policy lets it ask, and has the others relayed, as in a real ring.
 */
export class SyntheticSite implements AsyncDisposable {
  private constructor(readonly url: string, readonly end: () => Promise<void>) {}

  static open(nodes: number): SyntheticSite {
    const door = new FrontDoor();
    const server = serve(door.answer, { hostname, port: 0, log });
    const url = `http://${hostname}:${server.port}`;
    const others = Array.from({ length: nodes - 1 }, (_, i) => `http://n${i}.localhost:${server.port}`);
    const ring = new SyntheticRing([url, ...others]);
    const { hub, handler } = servingNode(ring, url, door.answer);
    const handlers = new Map<string, Handler>([[url, handler]]);
    door.open((request) => {
      const { origin } = new URL(request.url);
      const known = handlers.get(origin);
      if (known !== undefined) return known(request);
      const made = createHandler(nodeAt(ring, origin), { log, onLeave: () => {} });
      handlers.set(origin, made);
      return made(request);
    });
    return new SyntheticSite(url, async () => {
      hub.close("the measurement ends");
      await server.shutdown(shutdownMs);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

function servingNode(ring: SyntheticRing, url: string, ask: Handler): { hub: LiveHub; handler: Handler } {
  const node = nodeAt(ring, url);
  const measures = new Measures();
  const logs = new LogBuffer("info", denoClock.wallNow);
  const hub = new LiveHub({
    self: node.self,
    incarnation: 1,
    sourceOf: (topic) => sourceOf(topic, { node, measures, logs, clock: denoClock }),
    clock: denoClock,
    random: denoRandom,
    log,
  });
  const pages = new Console({ node, ask, allowKill: false, cacheDirs: consoleCacheDirs(null), log });
  const live = { hub, measures, logs };
  return { hub, handler: createHandler(node, { log, onLeave: () => {}, live, pages: pages.answer }) };
}

function nodeAt(ring: SyntheticRing, url: string): SyntheticNode {
  const node = ring.byUrl(url);
  if (node === null) throw new RangeError(`Cannot find a node at ${url}`);
  return node;
}
