import type { SeededRandom } from "../sim/random.ts";

/** Below the ports that systems give to outgoing connections, so that none of those takes one in between. */
const [lowest, highest] = [20_000, 32_000];
/** Blocks tried. That all of them have a taken port says that something else is wrong. */
const attemptsMax = 100;

/**
 * Consecutive ports that nobody listens on. The same seed takes the same ones while they are free, and with them the
 * nodes stand at the same places of the ring.
 *
 * @throws Error when there are none.
 */
export function freePorts(count: number, random: SeededRandom): number[] {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const first = random.integer(lowest, highest - count);
    const ports = Array.from({ length: count }, (_, i) => first + i);
    if (ports.every(isFree)) return ports;
  }
  throw new Error(`Cannot find ${count} free ports between ${lowest} and ${highest}`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
