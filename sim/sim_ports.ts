import { ChordError } from "../core/errors.ts";
import type { Clock, LogLevel, Ports } from "../core/ports.ts";
import type { SimLife } from "./sim_life.ts";
import { SimStore } from "./sim_store.ts";
import type { SimHost, World } from "./world.ts";

/** The world as one life of a node sees it. */
export function portsOf(world: World, host: SimHost, life: SimLife): Ports {
  return {
    clock: clockOf(world, host, life),
    random: world.random.fork(),
    transport: world.network.transportOf(life),
    store: new SimStore(host.disk, world.scheduler, life, world.faults),
    log: (level, event, fields) => log(world, host, level, event, fields),
  };
}

function clockOf(world: World, host: SimHost, life: SimLife): Clock {
  const after = (ms: number, callback: () => void) => {
    let isCancelled = false;
    const cancel = world.scheduler.after(ms, () => {
      life.run("timer", () => {
        // After a pause it may have been cancelled by what ran just before it.
        if (!isCancelled) callback();
      });
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  };
  return {
    now: () => world.scheduler.nowMs,
    wallNow: () => world.wallNow() + host.skewMs,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
  };
}

/** What a node calls an error is a bug, unless it says itself that the world is to blame. */
function log(
  world: World,
  host: SimHost,
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const { ref } = host;
  world.journal.log(level, ref.url, event, fields);
  if (event === "viewChanged") world.onDecided?.(host);
  if (level === "error" && !(fields.error instanceof ChordError)) {
    world.crashes.push(new Error(`${event} at ${ref.url}`, { cause: fields.error }));
  }
}
