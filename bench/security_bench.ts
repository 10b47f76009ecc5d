import { IdSpace } from "../core/id.ts";
import { defaultConfig } from "../core/config.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import { digest } from "../node/secret_file.ts";
import { header } from "../transport/deadline.ts";
import { HttpTransport } from "../transport/http_transport.ts";
import { RingTrust } from "../transport/trust/ring_trust.ts";
import { signatureHeader } from "../transport/trust/signed_text.ts";
import { makeSecret } from "../transport/trust/secrets.ts";
import type { Figure, Measurement } from "./figure.ts";
import { load, median, type RequestBytes } from "./load.ts";
import { freePort, type Started, startNode } from "./processes.ts";

/** Rounds, alternating between the two nodes; the median counts. */
const rounds = 5;
const connections = 64;
/** Calls under way at a time, as of a node that many clients ask. */
const concurrency = 256;
const keys = 1_000;
const value = new Uint8Array(100).fill(118);
/** No node here answers more requests a second. Those that are not sent were made in vain. */
const requestsPerSecondMax = 40_000;
/** A signature may cost this share of the unsigned throughput. */
const costMax = 0.25;

const encoder = new TextEncoder();
const { cluster, bits, hash, valueBytesMax } = defaultConfig;
const space = new IdSpace(bits, hash);

function refAt(url: string): NodeRef {
  return { id: nodeIdOf(space, cluster, url), url };
}

/** Whoever asks: a member as far as signatures go. */
const asker = refAt("http://127.0.0.1:1");

/** A node that is asked, with the trust of its asker if it has a secret. */
interface Asked {
  readonly node: Started;
  readonly ref: NodeRef;
  readonly trust: RingTrust | undefined;
}

/** What signing costs: the same node with and without a secret. */
export const securityBench: Measurement = {
  name: "security",
  run: async (seconds) => {
    const directory = await Deno.makeTempDir({ prefix: "rondo-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const secret = makeSecret();
    const file = `${directory}/secret`;
    await Deno.writeTextFile(file, secret, { mode: 0o600 });
    const trust = new RingTrust({ self: asker.id, secrets: [secret], digest, wallNow: () => Date.now() });
    const signed = await start(stack, `${directory}/signed`, trust, [`--secret-file=${file}`], [file]);
    const plain = await start(stack, `${directory}/plain`, undefined);
    return [
      await compare(
        "signed kv.get over /rpc, 64 connections",
        plain,
        signed,
        (asked) => requestsPerSecond(asked, seconds * 1_000 / rounds),
      ),
      await compare(
        "signed calls from node to node, in batches",
        plain,
        signed,
        (asked) => callsPerSecond(asked, seconds * 1_000 / rounds),
      ),
    ];
  },
};

async function start(
  stack: AsyncDisposableStack,
  directory: string,
  trust: RingTrust | undefined,
  flags: readonly string[] = [],
  reads: readonly string[] = [],
): Promise<Asked> {
  const node = stack.use(startNode(directory, freePort(), ["--memory", ...flags], reads));
  await node.answers("/ready");
  for (let i = 0; i < keys; i++) {
    const response = await fetch(`${node.url}/api/keys/key-${i}`, { method: "PUT", body: value });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Cannot fill ${node.url}: it answers ${response.status}`);
  }
  return { node, ref: refAt(node.url), trust };
}

async function compare(
  name: string,
  plain: Asked,
  signed: Asked,
  measure: (asked: Asked) => Promise<number>,
): Promise<Figure> {
  const [plainRates, signedRates]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    plainRates.push(await measure(plain));
    signedRates.push(await measure(signed));
  }
  const [plainRate, signedRate] = [median(plainRates), median(signedRates)];
  const ratio = signedRate / plainRate;
  return {
    name,
    measured: `${Math.round(signedRate)}/s, ratio ${ratio.toFixed(2)}`,
    against: `unsigned: ${Math.round(plainRate)}/s`,
    target: `ratio over ${1 - costMax}`,
    isMet: ratio > 1 - costMax,
  };
}

/** Requests of one call each. They are made, and signed, before the time begins: only the node is measured. */
async function requestsPerSecond({ node, ref, trust }: Asked, ms: number): Promise<number> {
  const count = Math.ceil(requestsPerSecondMax * ms / 1_000);
  const requests = Array.from({ length: count }, (_, i) => requestBytes(i, ref, trust));
  const bytes: RequestBytes = (i) => requests[i] as Uint8Array;
  const { failures, requestsPerSecond } = await load(node.port, bytes, {
    connections,
    ms,
    statuses: [200],
    requestsMax: count - connections,
  });
  if (failures > 0) throw new Error(`Cannot measure: ${failures} requests failed`);
  return requestsPerSecond;
}

function requestBytes(i: number, to: NodeRef, trust: RingTrust | undefined): Uint8Array {
  const params = `{"key":"key-${i % keys}","forwarded":true}`;
  const body = `{"jsonrpc":"2.0","method":"kv.get","params":${params},"id":${i}}`;
  const [key] = trust?.keys ?? [];
  const headers = {
    "host": "127.0.0.1",
    "content-type": "application/json",
    "content-length": String(body.length),
    [header.cluster]: cluster,
    [header.from]: asker.id,
    [header.to]: to.id,
    [header.deadlineMs]: "5000",
    ...(trust === undefined || key === undefined
      ? {}
      : { [signatureHeader]: trust.sign(to.id, body, key).signature }),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return encoder.encode(`POST /rpc HTTP/1.1\r\n${head}\r\n${body}`);
}

/** Calls as nodes make them: both sides sign and verify, and what waits travels together. */
async function callsPerSecond({ ref, trust }: Asked, ms: number): Promise<number> {
  const client = Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: connections });
  const transport = new HttpTransport({ cluster, from: asker.id, valueBytesMax, client, trust });
  const startedAtMs = performance.now();
  let calls = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (performance.now() - startedAtMs < ms) {
      await transport.call(ref, "kv.get", { key: `key-${calls++ % keys}`, forwarded: true }, 5_000);
    }
  }));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await transport.close();
  return calls / seconds;
}
