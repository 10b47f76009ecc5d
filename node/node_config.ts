import { checkQuorums, defaultConfig, defaultPartitions, type NodeConfig } from "../core/config.ts";
import { ConfigurationError } from "./exit_code.ts";
import { isLoopback, isWildcard, type NodeOptions } from "./node_options.ts";

/** A silent peer is dead after so many rounds, as design.md section 4 has it for rounds of a second. */
const roundsToDeath = 5;
const quietRounds = 5;
const roundsBetweenProbes = 30;
const roundsBetweenComparisons = 30;

/**
 * What the core is told of the settings. All its periods follow the one that can be set, so that a fast ring is
 * fast in everything.
 *
 * @throws ConfigurationError for settings that exclude each other.
 */
export function nodeConfigOf(options: NodeOptions): NodeConfig {
  const { bits, cluster, hash, stabilizeMs, successors } = options;
  const partitions = options.partitions ?? defaultPartitions(bits);
  if (Math.log2(partitions) > bits) {
    throw new ConfigurationError(`Cannot cut a circle of ${bits} bits into ${partitions} partitions`);
  }
  const config: NodeConfig = {
    ...defaultConfig,
    bits,
    cluster,
    hash,
    partitions,
    ...quorumsOf(options),
    tombstoneGraceMs: options.tombstoneGrace * 1_000,
    successors,
    stabilizeMs,
    quietStabilizeMs: quietRounds * stabilizeMs,
    deadAfterMs: roundsToDeath * stabilizeMs,
    probeMs: roundsBetweenProbes * stabilizeMs,
    antiEntropyMs: roundsBetweenComparisons * stabilizeMs,
    valueBytesMax: options.valueMax,
  };
  try {
    checkQuorums(config);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigurationError(error.message, { cause: error });
  }
  return config;
}

/** Without a word on them, quorums are majorities: the ring goes on while most of its copies are there. */
function quorumsOf({ replicas, writeQuorum, readQuorum }: NodeOptions) {
  const writes = writeQuorum ?? Math.floor(replicas / 2) + 1;
  return { replicas, writeQuorum: writes, readQuorum: readQuorum ?? Math.max(1, replicas - writes + 1) };
}

/**
 * Without a secret nothing tells friend from foe, so strangers must not reach the node.
 *
 * @throws ConfigurationError when they could, or when others could not tell under which address they reach it.
 */
export function checkExposure({ advertise, host, secretFile }: NodeOptions): void {
  if (!isLoopback(host) && secretFile === null) {
    throw new ConfigurationError(
      `Cannot listen on ${host} without a secret to keep strangers out: give --secret-file, or a loopback address`,
    );
  }
  if (isWildcard(host) && advertise === null) {
    throw new ConfigurationError(
      `Cannot listen on ${host} without --advertise: others have to know the address to reach this node under`,
    );
  }
}

/** @throws ConfigurationError when a node is told to join through itself: it would wait for itself forever. */
export function checkBootstraps(bootstraps: readonly string[], selfUrl: string): void {
  if (!bootstraps.map(withPlainHost).includes(withPlainHost(selfUrl))) return;
  throw new ConfigurationError(
    `Cannot join the ring through ${selfUrl}: that is this node; leave --bootstrap out to make a ring, or give ` +
      "another --port",
  );
}

function withPlainHost(url: string): string {
  return url.replace(/^http:\/\/localhost(?=:|$)/, "http://127.0.0.1");
}
