import { ChordNode } from "../core/chord_node.ts";
import { IdSpace } from "../core/id.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import type { Log } from "../core/ports.ts";
import { MemoryStore } from "../storage/memory_store.ts";
import { createHandler, type HandlerOptions } from "../transport/handler.ts";
import { LiveHub } from "../transport/live/live_hub.ts";
import { LogBuffer, teeLog } from "../transport/live/log_buffer.ts";
import { sourceOf } from "../transport/live/node_sources.ts";
import { Measures } from "../transport/measures/measures.ts";
import { Console } from "./console.ts";
import type { Site, SiteOptions } from "./console_site.ts";
import { denoClock, denoRandom, openTransport } from "./deno_ports.ts";
import { openDialer } from "./dialer/open_dialer.ts";
import { FrontDoor } from "./front_door.ts";
import { guardingOf } from "./guarding.ts";
import { listen } from "./listening.ts";
import { startMeasuring } from "./measuring.ts";
import { checkExposure, nodeConfigOf } from "./node_config.ts";
import { nodeOptions } from "./node_options.ts";
import { operatorParts } from "./operator_parts.ts";
import { openTrust } from "./secret_file.ts";
import { findSettings, readSettings } from "./settings.ts";
import { ProcessVitals } from "./vitals.ts";

export interface MemoryNodeOptions {
  /** Flags of `deno task node`; `--port=0` takes any free one. */
  readonly flags: readonly string[];
  readonly cacheDirs: readonly string[];
  readonly log?: Log;
  readonly openSite?: (options: SiteOptions) => Promise<Site>;
}

/** A whole node with its console, in this process and in its memory: for work on the console, and for its tests. */
export class MemoryNode {
  private constructor(readonly node: ChordNode, readonly end: () => Promise<void>) {}

  get self(): NodeRef {
    return this.node.self;
  }

  static async open({ flags, cacheDirs, log = () => {}, openSite }: MemoryNodeOptions): Promise<MemoryNode> {
    const sources = { args: flags, env: () => undefined, dotEnv: {} };
    const options = readSettings(nodeOptions, sources);
    const config = nodeConfigOf(options);
    checkExposure(options);
    const logs = new LogBuffer(options.logLevel, denoClock.wallNow);
    const nodeLog = teeLog(log, logs.log);
    const door = new FrontDoor();
    const { host: hostname, port } = options;
    const server = await listen(door.answer, { hostname, port, log: nodeLog }, options);
    const url = `http://${options.host}:${server.port}`;
    const self = { id: nodeIdOf(new IdSpace(config.bits, config.hash), config.cluster, url), url };
    const secret = options.secretFile === null ? null : openTrust(options.secretFile, self.id, nodeLog);
    const dialer = openDialer(options, nodeLog);
    const transport = openTransport(self, config, {
      addressMap: options.peerMap,
      dialer,
      trust: secret?.trust,
    });
    const guarding = guardingOf({ ...options, self, log: nodeLog, trust: secret?.trust });
    const vitals = new ProcessVitals();
    const store = new MemoryStore(crypto.randomUUID());
    const ports = { clock: denoClock, random: denoRandom, transport, store, log: nodeLog };
    const node = await ChordNode.open(self, config, ports, () => vitals.read());
    const measures = new Measures();
    const diskBytes = () => Promise.resolve(null);
    const stopMeasuring = startMeasuring({
      measures,
      node,
      vitals,
      diskBytes,
      clock: denoClock,
      log: nodeLog,
    });
    const hub = new LiveHub({
      self,
      incarnation: node.incarnation,
      sourceOf: (topic) => sourceOf(topic, { node, measures, logs, clock: denoClock }),
      clock: denoClock,
      random: denoRandom,
      log: nodeLog,
    });
    const { allowKill } = options;
    const end = async () => {
      node.stop();
      await stopMeasuring();
      hub.close("the node ends");
      await server.shutdown(shutdownMs);
      await transport.close();
      secret?.stop();
      await store.close();
    };
    const onLeave = () => void node.leave();
    const live = { hub, measures, logs };
    const found = findSettings(nodeOptions, sources);
    const operator = operatorParts(node, { options, found, port: server.port, directory: null });
    const parts: HandlerOptions = { log: nodeLog, onLeave, allowKill, live, operator };
    const ask = createHandler(node, parts);
    const pages = new Console({
      node,
      ask,
      allowKill,
      cacheDirs,
      log: nodeLog,
      openSite,
      signIn: guarding.signIn,
    });
    door.open(createHandler(node, { ...parts, ...guarding, pages: pages.answer }));
    await node.start(options.bootstrap);
    return new MemoryNode(node, end);
  }
}

const shutdownMs = 1_000;
