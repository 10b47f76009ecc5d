import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeSecret } from "../../transport/trust/secrets.ts";
import { Cluster, type Place } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

Deno.test("Three nodes with one secret are a ring, strangers stay out, and a rotation loses no request", async () => {
  const [secret, next, other] = [makeSecret(), makeSecret(), makeSecret()];
  await Cluster.tell({ places: 4, running: 3, secret }, async (cluster) => {
    await cluster.closes();
    await strangersStayOut(cluster, other);

    const load = new Load(cluster.running);
    await load.goesOn();
    for (const place of cluster.running) {
      await hasRead(place, () => keys("secret", "--rotate", `--out=${place.secretFile}`));
      await hasRead(place, () => replaceFirst(place, next));
      await load.goesOn();
    }
    for (const place of cluster.running) {
      await hasRead(place, () => Deno.writeTextFile(place.secretFile, `${next}\n`));
      await load.goesOn();
    }
    const { failures, requests } = await load.ends();
    assertEquals(failures, []);
    assert(requests > 100, `${requests} requests`);
    await cluster.isClosed();

    const newcomer = cluster.place(3);
    await Deno.writeTextFile(newcomer.secretFile, `${next}\n`);
    newcomer.start(`--bootstrap=${cluster.place(0).url}`);
    await cluster.closes();
    assertEquals(cluster.running.length, 4);
    for (const { run } of cluster.places) {
      for (const word of [secret, next, other]) assert(!run?.output.includes(word), "a secret in a log");
    }
  });
});

/** Whoever has another secret, or none, ends with one line; the ring does not change. */
async function strangersStayOut(cluster: Cluster, other: string): Promise<void> {
  const { url } = cluster.place(0);
  const [port = 0] = freePorts(1);
  const directory = `${cluster.directory}/stranger`;
  const file = `${directory}.secret`;
  await Deno.writeTextFile(file, other, { mode: 0o600 });
  const rows: [args: string[], line: RegExp][] = [
    [[`--secret-file=${file}`], /^Cannot join the ring of http:\S+ it does not accept our secret$/],
    [[], /^Cannot join the ring of http:\S+ its nodes have a secret, and this one has none$/],
  ];
  for (const [args, line] of rows) {
    const join = [`--port=${port}`, `--data-dir=${directory}`, `--bootstrap=${url}`];
    await using run = Run.node(directory, [...join, ...args]);
    assertEquals([await run.exited, run.lines.length], [76, 1], run.output);
    assertMatch(run.output, line);
  }
  await cluster.isClosed();
}

/** The file as another machine gives it: all nodes are to have one and the same new secret. */
async function replaceFirst({ secretFile }: Place, secret: string): Promise<void> {
  const [, present] = (await Deno.readTextFile(secretFile)).split("\n");
  await Deno.writeTextFile(secretFile, `${secret}\n${present}\n`);
}

/** Changes the file of a place, and waits until its node says that it has read it since. */
async function hasRead({ run }: Place, change: () => Promise<void>): Promise<void> {
  const reads = () => run?.lines.filter((line) => line.includes("secretsRead")).length ?? 0;
  const before = reads();
  await change();
  await eventually(() => {
    assert(reads() > before, run?.output);
    return Promise.resolve();
  });
}

async function keys(...args: string[]): Promise<void> {
  await using run = new Run("node/keys/main.ts", ["-P=keys", ...args]);
  assertEquals(await run.exited, 0, run.output);
}

/** Writes and reads through every node without a pause, and keeps what goes wrong. */
class Load {
  readonly #failures: string[] = [];
  readonly #ends: Promise<void>;
  #requests = 0;
  #isOver = false;

  constructor(places: readonly Place[]) {
    this.#ends = Promise.all(places.map((place) => this.#run(place))).then(() => {});
  }

  /** Every node has spoken to all others since. */
  async goesOn(): Promise<void> {
    const from = this.#requests;
    await eventually(() => {
      assert(this.#requests > from + 30);
      return Promise.resolve();
    });
  }

  async ends(): Promise<{ failures: readonly string[]; requests: number }> {
    this.#isOver = true;
    await this.#ends;
    return { failures: this.#failures, requests: this.#requests };
  }

  /** Keys of its own: in the second after a change of keepers nobody can tell what became of an overtaken write. */
  async #run({ port, url }: Place): Promise<void> {
    for (let i = 0; !this.#isOver; i++) {
      const address = `${url}/api/keys/rotation-${port}-${i % 50}`;
      await this.#send(address, { method: "PUT", body: String(i) });
      await this.#send(address, {});
    }
  }

  async #send(url: string, init: RequestInit): Promise<void> {
    this.#requests++;
    const response = await fetch(url, init);
    const text = await response.text();
    if (!response.ok) this.#failures.push(`${init.method ?? "GET"} ${url}: ${response.status} ${text}`);
  }
}
