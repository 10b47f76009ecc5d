import { tokenCommand } from "../node/keys/token_commands.ts";
import type { Figure, Measurement } from "./figure.ts";
import { load, type RequestBytes } from "./load.ts";
import { cpuSeconds } from "./processes.ts";
import { freePort, startDoors, type Started } from "./processes.ts";

/** Rounds, alternating between the doors. */
const rounds = 9;
/** The most that a door may take away. */
const costMax = 0.1;
const connections = 64;
const key = "key-1";
const encoder = new TextEncoder();

/** What all checks before a read of a key cost, against the same read without any, of one node in one process. */
export const securityKeysBench: Measurement = {
  name: "security-keys",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    try {
      const file = `${directory}/tokens.json`;
      const token = tokenCommand.run(["--name=bench", "--role=write", `--file=${file}`]).trim();
      const ports = [freePort(), freePort(), freePort()];
      await using doors = startDoors(directory, ports, file);
      await doors.answers("/ready");
      await fetch(`${doors.url}/api/keys/${key}`, { method: "PUT", body: "v".repeat(100) });
      const [bare = 0, open = 0, asking = 0] = ports;
      // Each door beside none with the very same request: reading a longer one is no check.
      const requests = [
        { port: bare, bytes: getAs(null) },
        { port: open, bytes: getAs(null) },
        { port: bare, bytes: getAs(token) },
        { port: asking, bytes: getAs(token) },
      ];
      // Neither the compiler's warming up nor the first connections are to be counted.
      await passagesOf(doors, requests, (seconds * 1_000) / rounds / 3);
      const passages = await passagesOf(doors, requests, (seconds * 1_000) / rounds);
      return [
        figureOf("tier 0, nobody is asked", passages.slice(0, 2)),
        figureOf("with a token", passages.slice(2)),
      ];
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
};

/** What one door came to, over all rounds. */
interface Passage {
  requests: number;
  cpuSeconds: number;
}

/** Alternating, so that what else goes on on the machine falls on all of them. */
async function passagesOf(
  { pid }: Started,
  requests: readonly { readonly port: number; readonly bytes: RequestBytes }[],
  ms: number,
): Promise<Passage[]> {
  const passages = requests.map(() => ({ requests: 0, cpuSeconds: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { bytes, port }] of requests.entries()) {
      const passage = passages[i];
      if (passage === undefined) continue;
      const before = cpuSeconds(pid);
      const done = await load(port, bytes, { connections, ms, statuses: [200] });
      if (done.failures > 0) throw new Error(`Cannot measure the doors: ${done.failures} requests failed`);
      passage.cpuSeconds += cpuSeconds(pid) - before;
      passage.requests += done.requestsPerSecond * ms / 1_000;
    }
  }
  return passages;
}

/** The processor's time, not the clock's: the load that is measured with shares the machine. */
function figureOf(what: string, passages: readonly Passage[]): Figure {
  const [bareUs, us] = passages.map((door) => (door.cpuSeconds * 1e6) / door.requests);
  const cost = (us ?? 0) / (bareUs ?? 1) - 1;
  return {
    name: `GET of an owned key through the front door, ${what}`,
    measured: `${(us ?? 0).toFixed(1)} µs of CPU, ${(cost * 100).toFixed(1)} % more`,
    against: `the same without checks: ${(bareUs ?? 0).toFixed(1)} µs`,
    target: `less than ${costMax * 100} % more`,
    isMet: cost < costMax,
  };
}

function getAs(token: string | null): RequestBytes {
  const shown = token === null ? "" : `authorization: Bearer ${token}\r\n`;
  const bytes = encoder.encode(`GET /api/keys/${key} HTTP/1.1\r\nhost: 127.0.0.1\r\n${shown}\r\n`);
  return () => bytes;
}
