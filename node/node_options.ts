import { defaultConfig } from "../core/config.ts";
import type { HashName } from "../core/id.ts";
import type { LogLevel } from "../core/ports.ts";
import { valueBytesCeiling } from "../core/protocol_shapes.ts";
import { limitOptions } from "./limit_options.ts";
import {
  nodeUrl,
  nodeUrls,
  oneOf,
  onOrOff,
  type Option,
  option,
  OptionProblem,
  text,
  type ValuesOf,
  wholeNumber,
} from "./option.ts";

export { option };

export function isSwitch(summary: string): Option<boolean> {
  return { summary, placeholder: null, read: onOrOff, fallback: false };
}

/** Not a setting that somebody could leave lying about in the environment. */
export function onlyAsFlag<T>(option: Option<T>): Option<T> {
  return { ...option, isOnlyFlag: true };
}

/** What all nodes of a ring have to agree on, or had better: the launcher passes these to every node. */
export const ringOptions = {
  cluster: option({
    summary: "name of the ring; rings of different names never meet",
    placeholder: "NAME",
    read: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "up to 64 letters, digits, dots, dashes and underscores"),
    fallback: defaultConfig.cluster,
  }),
  bits: option({
    summary: "the circle has 2^BITS points",
    placeholder: "BITS",
    read: wholeNumber(8, 160),
    fallback: defaultConfig.bits,
  }),
  hash: option<HashName>({
    summary: "places names on the circle: sha256 or sha1",
    placeholder: "NAME",
    read: oneOf("sha256", "sha1"),
    fallback: defaultConfig.hash,
  }),
  partitions: option<number | null>({
    summary: "slices of the circle, a power of two",
    placeholder: "COUNT",
    read: powerOfTwo,
    fallback: null,
    fallbackText: `${defaultConfig.partitions}, fewer on a small circle`,
  }),
  replicas: option({
    summary: "copies of each key, on as many machines",
    placeholder: "COUNT",
    read: wholeNumber(1, 8),
    fallback: defaultConfig.replicas,
  }),
  writeQuorum: option<number | null>({
    summary: "durable copies before a write is acknowledged; more than half of the replicas",
    placeholder: "COUNT",
    read: wholeNumber(1, 8),
    fallback: null,
    fallbackText: "a majority of the replicas",
  }),
  readQuorum: option<number | null>({
    summary: "copies that a read compares; with the write quorum more than the replicas",
    placeholder: "COUNT",
    read: wholeNumber(1, 8),
    fallback: null,
    fallbackText: "as few as always meet every write",
  }),
  tombstoneGrace: option({
    summary: "how long a deletion is remembered at least; a node away for half of it starts anew",
    placeholder: "SECONDS",
    read: wholeNumber(1, 365 * 86_400),
    fallback: defaultConfig.tombstoneGraceMs / 1_000,
  }),
  successors: option({
    summary: "successors remembered; all but one of them may die together",
    placeholder: "COUNT",
    read: wholeNumber(2, 64),
    fallback: defaultConfig.successors,
  }),
  stabilizeMs: option({
    summary: "how often neighbours are probed; five times that and a silent one is dead",
    placeholder: "MS",
    read: wholeNumber(20, 60_000),
    fallback: defaultConfig.stabilizeMs,
  }),
  valueMax: option({
    summary: "largest value",
    placeholder: "BYTES",
    read: wholeNumber(1, valueBytesCeiling),
    fallback: defaultConfig.valueBytesMax,
  }),
  secretFile: option<string | null>({
    summary: "file of the ring's secret, which all nodes of the ring have; without it they stay on loopback",
    placeholder: "PATH",
    read: (path) => path,
    fallback: null,
    fallbackText: "none",
  }),
  tokenFile: option<string | null>({
    summary:
      "file of the client tokens (deno task keys token); without it whoever reaches the node may do all",
    placeholder: "PATH",
    read: (path) => path,
    fallback: null,
    fallbackText: "none",
  }),
  tokenRate: option({
    summary: "requests a second that one client token is good for; 0: no limit",
    placeholder: "COUNT",
    read: wholeNumber(0, 1_000_000),
    fallback: 5_000,
  }),
  addressRate: option({
    summary: "requests a second that one address of another machine is good for; 0: no limit",
    placeholder: "COUNT",
    read: wholeNumber(0, 1_000_000),
    fallback: 5_000,
  }),
  logLevel: option<LogLevel>({
    summary: "debug, info, warn or error",
    placeholder: "LEVEL",
    read: oneOf("debug", "info", "warn", "error"),
    fallback: "info",
  }),
  logFormat: option<"text" | "json">({
    summary: "text, or json: one object a line",
    placeholder: "FORMAT",
    read: oneOf("text", "json"),
    fallback: "text",
  }),
} as const;

export const nodeOptions = {
  host: option({
    summary: "address to listen on; any but a loopback one takes a --secret-file",
    placeholder: "ADDRESS",
    read: listenHost,
    fallback: "127.0.0.1",
  }),
  port: option({
    summary: "port to listen on; 0 takes any free one",
    placeholder: "PORT",
    read: wholeNumber(0, 65_535),
    fallback: 8440,
  }),
  advertise: option<string | null>({
    summary: "URL under which other nodes reach this one",
    placeholder: "URL",
    read: nodeUrl,
    fallback: null,
    fallbackText: "http://HOST:PORT",
  }),
  allowHost: option<readonly string[]>({
    summary: "further names that clients may call this node by, as behind a proxy, separated by commas",
    placeholder: "HOST[:PORT]",
    read: hostNames,
    fallback: [],
    isRepeatable: true,
  }),
  bootstrap: option<readonly string[]>({
    summary: "nodes to join the ring through, separated by commas; without any, a new node makes a ring",
    placeholder: "URL",
    read: nodeUrls,
    fallback: [],
    isRepeatable: true,
  }),
  dataDir: option<string | null>({
    summary: "directory of the node's data",
    placeholder: "PATH",
    read: (path) => path,
    fallback: null,
    fallbackText: "./data/PORT",
  }),
  memory: isSwitch("keep the data in memory only, and lose it with the process"),
  ...ringOptions,
  ...limitOptions,
  peerMap: option<ReadonlyMap<string, string>>({
    summary: "other addresses for some peers, as URL=URL, for tests with a faulty network",
    placeholder: "MAP",
    read: addressMap,
    fallback: new Map(),
    isRepeatable: true,
  }),
  allowKill: isSwitch("let POST /api/node/kill end the process at once"),
  help: onlyAsFlag(isSwitch("show this")),
  version: onlyAsFlag(isSwitch("show the version")),
} as const;

export type NodeOptions = ValuesOf<typeof nodeOptions>;

function listenHost(given: string): string {
  if (/^[A-Za-z0-9.:-]{1,253}$/.test(given) && URL.canParse(`http://${hostInUrl(given)}`)) return given;
  throw new OptionProblem("an address of this machine, as 127.0.0.1 or 0.0.0.0");
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/** Every address of the machine: under none of them in particular can others reach it. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** An IPv6 address stands in brackets in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function hostNames(given: string): readonly string[] {
  const names = given.split(",").map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  const isHost = (name: string) => URL.parse(`http://${name}`)?.host === name.replace(/:80$/, "");
  if (names.every(isHost)) return names;
  throw new OptionProblem("host names as rondo.example or rondo.example:8440");
}

function powerOfTwo(given: string): number {
  const value = Number(given);
  if (/^[0-9]{1,5}$/.test(given) && Number.isInteger(Math.log2(value)) && value <= 65_536) return value;
  throw new OptionProblem("a power of two from 1 to 65536");
}

function addressMap(given: string): ReadonlyMap<string, string> {
  const pairs = given.split(",").filter((pair) => pair !== "").map((pair) => {
    const [from, to, ...rest] = pair.split("=");
    if (from === undefined || to === undefined || rest.length > 0) throw new OptionProblem("URL=URL pairs");
    return [nodeUrl(from), nodeUrl(to)] as const;
  });
  return new Map(pairs);
}
