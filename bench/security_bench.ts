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
import { load, median } from "./load.ts";
import { cpuSeconds, freePort, type Started, startNode } from "./processes.ts";

/** Rounds, alternating between the two nodes; the median counts. */
const rounds = 5;
const connections = 64;
/** Calls under way at a time, as of a node that many clients ask. */
const concurrency = 256;
const keys = 1_000;
const value = new Uint8Array(100).fill(118);
/** Nothing is lost here, but a busy machine may stand still for seconds. */
const patienceMs = 60_000;
/** Requests for each second that a load is to take, and how many are made ahead: a signature is good for a minute. */
const requestsEachSecond = 4_000;
const madeAhead = 2_000;
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

/** What one load came to. */
interface Rate {
  readonly perSecond: number;
  /** CPU time of one request or call, of all who were measured. */
  readonly cpuMicros: number;
}

/**
 * What signing costs: the same node with and without a secret.
 *
 * Judged by the requests for each second of CPU time. They are those of a node that has its core for itself, and do not
 * change with what else this machine does; the rates by the clock stand beside them.
 */
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
    const ms = seconds * 1_000 / rounds;
    return [
      await compare("signed kv.get over /rpc, the node alone", plain, signed, (asked) => requests(asked, ms)),
      await compare(
        "signed kv.get from node to node, both together",
        plain,
        signed,
        (asked) => calls(asked, ms),
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
  measure: (asked: Asked) => Promise<Rate>,
): Promise<Figure> {
  const [plainRates, signedRates]: [Rate[], Rate[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    plainRates.push(await measure(plain));
    signedRates.push(await measure(signed));
  }
  const [before, after] = [middle(plainRates), middle(signedRates)];
  const ratio = before.cpuMicros / after.cpuMicros;
  const clockRatio = after.perSecond / before.perSecond;
  return {
    name,
    measured: `${written(after)}, ratio ${ratio.toFixed(2)} (by the clock ${clockRatio.toFixed(2)})`,
    against: `unsigned: ${written(before)}`,
    target: `ratio over ${1 - costMax}`,
    isMet: ratio > 1 - costMax,
  };
}

function middle(rates: readonly Rate[]): Rate {
  return {
    perSecond: median(rates.map(({ perSecond }) => perSecond)),
    cpuMicros: median(rates.map(({ cpuMicros }) => cpuMicros)),
  };
}

function written({ perSecond, cpuMicros }: Rate): string {
  return `${cpuMicros.toFixed(1)} us CPU, ${Math.round(perSecond)}/s`;
}

/** Requests of one call each. They are made, and signed, before they are counted: only the node is measured. */
async function requests({ node, ref, trust }: Asked, ms: number): Promise<Rate> {
  const count = Math.ceil(requestsEachSecond * ms / 1_000 / madeAhead) * madeAhead;
  let [cpu, seconds] = [0, 0];
  for (let sent = 0; sent < count; sent += madeAhead) {
    const made = Array.from({ length: madeAhead }, (_, i) => requestBytes(i, ref, trust));
    const [cpuBefore, startedAtMs] = [cpuSeconds(node.pid), performance.now()];
    const { failures } = await load(node.port, (i) => made[i] as Uint8Array, {
      connections,
      ms: patienceMs,
      statuses: [200],
      requestsMax: madeAhead,
    });
    if (failures > 0) throw new Error(`Cannot measure: ${failures} requests failed`);
    cpu += cpuSeconds(node.pid) - cpuBefore;
    seconds += (performance.now() - startedAtMs) / 1_000;
  }
  return { perSecond: count / seconds, cpuMicros: cpu * 1e6 / count };
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
    [header.deadlineMs]: String(patienceMs),
    ...(trust === undefined || key === undefined
      ? {}
      : { [signatureHeader]: trust.sign(to.id, body, key).signature }),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return encoder.encode(`POST /rpc HTTP/1.1\r\n${head}\r\n${body}`);
}

/** Calls as nodes make them: both sides sign and verify, and what waits travels together. */
async function calls({ node, ref, trust }: Asked, ms: number): Promise<Rate> {
  const client = Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: connections });
  const transport = new HttpTransport({ cluster, from: asker.id, valueBytesMax, client, trust });
  const cpuBefore = cpuSeconds(node.pid) + cpuSeconds(Deno.pid);
  const startedAtMs = performance.now();
  let made = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (performance.now() - startedAtMs < ms) {
      await transport.call(ref, "kv.get", { key: `key-${made++ % keys}`, forwarded: true }, patienceMs);
    }
  }));
  const perSecond = made * 1_000 / (performance.now() - startedAtMs);
  const cpu = cpuSeconds(node.pid) + cpuSeconds(Deno.pid) - cpuBefore;
  await transport.close();
  return { perSecond, cpuMicros: cpu * 1e6 / made };
}
