import { ChordNode } from "../core/chord_node.ts";
import { IdSpace } from "../core/id.ts";
import { nodeIdOf } from "../core/node_ref.ts";
import { denoClock, denoRandom, openTransport } from "../node/deno_ports.ts";
import { guardingOf } from "../node/guarding.ts";
import { readsFromMemory } from "../node/memory_reads.ts";
import { nodeConfigOf } from "../node/node_config.ts";
import { nodeOptions } from "../node/node_options.ts";
import { readSettings } from "../node/settings.ts";
import { MemoryStore } from "../storage/memory_store.ts";
import { createHandler, type HandlerOptions } from "../transport/handler.ts";

/**
 * One node behind three doors, for the measurement of what a door costs: without one at the first port, asking nobody
 * at the second, and asking for a token at the third.
 *
 * `deno run ... bench/door_server.ts TOKEN_FILE PORT PORT PORT`
 */
async function main([tokenFile, ...ports]: readonly string[]): Promise<void> {
  const options = readSettings(nodeOptions, { args: ["--memory"], env: () => undefined, dotEnv: {} });
  const config = nodeConfigOf(options);
  const url = `http://127.0.0.1:${ports[0]}`;
  const self = { id: nodeIdOf(new IdSpace(config.bits, config.hash), config.cluster, url), url };
  const store = new MemoryStore(crypto.randomUUID());
  const log = () => {};
  const transport = openTransport(self, config, new Map());
  const world = { clock: denoClock, random: denoRandom, transport, store, log };
  const node = await ChordNode.open(self, config, world);
  const parts: HandlerOptions = { log, onLeave: () => {}, peek: readsFromMemory(node, store) };
  const guardedBy = (tokenFile: string | null) =>
    createHandler(node, {
      ...parts,
      ...guardingOf({ ...options, tokenFile, tokenRate: 1_000_000, self, log, trust: undefined }),
    });
  const doors = [createHandler(node, parts), guardedBy(null), guardedBy(tokenFile ?? null)];
  for (const [i, door] of doors.entries()) {
    Deno.serve({ hostname: "127.0.0.1", port: Number(ports[i]), onListen() {} }, door);
  }
  await node.start([]);
}

if (import.meta.main) await main(Deno.args);
