import { ConfigurationError } from "../node/exit_code.ts";
import { flagOf } from "../node/option.ts";
import { ringOptions } from "../node/node_options.ts";
import type { LauncherOptions } from "./ring_options.ts";

/** One node of the ring, before it runs. */
export interface PlannedNode {
  readonly url: string;
  readonly port: number;
  /** Null for a node that keeps nothing. */
  readonly dataDirectory: string | null;
  /** Null where nodes do not sign. */
  readonly secretFile: string | null;
  /** Null where clients need no token. */
  readonly tokenFile: string | null;
  /** Needs nobody to come into the ring: it makes it, or returns to it. */
  readonly isDoor: boolean;
  /** What comes after `main.ts`. */
  readonly args: readonly string[];
}

const host = "127.0.0.1";

/**
 * Which nodes to run, and how each comes into the ring.
 *
 * Nodes that have data come back by themselves and all others join through them. Only where nobody has any does the
 * first node make a ring: founding one beside nodes that return to theirs would give two rings.
 *
 * @throws ConfigurationError when the ports do not suffice.
 */
export function planRing(options: LauncherOptions, hasData: (directory: string) => boolean): PlannedNode[] {
  const { dataDir, memory, nodes, port: firstPort } = options;
  if (firstPort + nodes - 1 > 65_535) {
    throw new ConfigurationError(
      `Cannot run ${nodes} nodes from port ${firstPort} on: the last port is 65535`,
    );
  }
  const places = Array.from({ length: nodes }, (_, i) => {
    const port = firstPort + i;
    return { port, url: `http://${host}:${port}`, dataDirectory: memory ? null : `${dataDir}/${port}` };
  });
  const returning = places.filter(({ dataDirectory }) => dataDirectory !== null && hasData(dataDirectory));
  const doors = (returning.length > 0 ? returning : places.slice(0, 1)).map(({ url }) => url);
  return places.map((place) => ({
    ...place,
    secretFile: options.secretFile,
    tokenFile: options.tokenFile,
    isDoor: doors.includes(place.url),
    args: [...placeArgs(place, doors.filter((url) => url !== place.url)), ...ringArgs(options)],
  }));
}

/** All that is a node's own is said, so that no variable meant for one node is taken by all. */
function placeArgs(
  { port, url, dataDirectory }: Pick<PlannedNode, "port" | "url" | "dataDirectory">,
  doors: readonly string[],
): string[] {
  return [
    `--host=${host}`,
    `--port=${port}`,
    `--advertise=${url}`,
    `--bootstrap=${doors.join(",")}`,
    ...(dataDirectory === null ? ["--memory"] : ["--memory=false", `--data-dir=${dataDirectory}`]),
  ];
}

function ringArgs(options: LauncherOptions): string[] {
  const names = Object.keys(ringOptions) as (keyof typeof ringOptions)[];
  return names.flatMap((name) => options[name] === null ? [] : [`${flagOf(name)}=${options[name]}`]);
}
