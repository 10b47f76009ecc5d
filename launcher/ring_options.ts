import { nodeOptions, onlyAsFlag, option, ringOptions } from "../node/node_options.ts";
import { isSwitch } from "../node/node_options.ts";
import { type ValuesOf, wholeNumber } from "../node/option.ts";

/** A machine runs more, but its terminal does not show them. */
const nodesMax = 64;

export const launcherOptions = {
  nodes: option({
    summary: "how many nodes to run",
    placeholder: "COUNT",
    read: wholeNumber(1, nodesMax),
    fallback: 3,
  }),
  port: option({
    summary: "port of the first node; the others take the ports after it",
    placeholder: "PORT",
    read: wholeNumber(1, 65_535),
    fallback: nodeOptions.port.fallback,
  }),
  dataDir: option({
    summary: "directory of the data; each node has a directory there, named after its port",
    placeholder: "PATH",
    read: (path) => path,
    fallback: "./data",
  }),
  memory: nodeOptions.memory,
  ...ringOptions,
  help: onlyAsFlag(isSwitch("show this")),
} as const;

export type LauncherOptions = ValuesOf<typeof launcherOptions>;
