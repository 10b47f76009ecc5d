/** Below the ports that systems give to outgoing connections, so that none of those takes one in between. */
const [lowest, highest] = [20_000, 32_000];

/** Consecutive ports that nobody listens on. */
export function freePorts(count: number): number[] {
  while (true) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest - count));
    const ports = Array.from({ length: count }, (_, i) => first + i);
    if (ports.every(isFree)) return ports;
  }
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
