import { assert, assertEquals } from "@std/assert";
import { RondoClient } from "../../client/mod.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

/** Fast enough that a death is noticed in a second. */
const stabilizeMs = 200;

export interface ClusterOptions {
  readonly places: number;
  /** Places that form a ring at first; all by default. */
  readonly running?: number;
  /** Of every node. */
  readonly flags?: readonly string[];
  /** The ring's, if it has one; each place has a file of its own with it. */
  readonly secret?: string;
  /** What the nodes ask for; a role to read is enough. */
  readonly token?: string;
}

/** One place of a cluster: an address and a directory, in which a node runs or not. */
export class Place {
  readonly url: string;
  readonly client: RondoClient;
  run: Run | null = null;
  /** What the runs before this one wrote. */
  readonly pastOutput: string[] = [];

  constructor(readonly port: number, readonly directory: string, readonly options: ClusterOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.client = new RondoClient({ url: this.url, token: options.token });
  }

  /** The node's own copy of the ring's secrets. */
  get secretFile(): string {
    return `${this.directory}.secret`;
  }

  /** Starts a node here, on whatever the last one left. */
  start(...args: string[]): Run {
    if (this.run !== null) this.pastOutput.push(this.run.output);
    const settings = [`--port=${this.port}`, `--data-dir=${this.directory}`, `--stabilize-ms=${stabilizeMs}`];
    if (this.options.secret !== undefined) settings.push(`--secret-file=${this.secretFile}`);
    return this.run = Run.node(this.directory, [...settings, ...this.options.flags ?? [], ...args]);
  }

  get isRunning(): boolean {
    return this.run !== null && !this.run.hasExited;
  }

  async isReady(): Promise<void> {
    assert(this.isRunning, `${this.url} has ended: ${this.run?.output}`);
    const response = await fetch(`${this.url}/ready`);
    assertEquals(response.status, 200, await response.text());
  }

  /** Ends the node by a signal and says how it ended. */
  async end(signal: Deno.Signal): Promise<number> {
    assert(this.run !== null);
    this.run.signal(signal);
    return await this.run.exited;
  }
}

/** Real processes on free ports with directories of their own. Its logs are kept when the story fails. */
export class Cluster {
  private constructor(readonly places: readonly Place[], readonly directory: string) {}

  /**
   * Tells a story about a cluster of which the first `running` places form a ring.
   */
  static async tell(
    options: ClusterOptions,
    story: (cluster: Cluster) => Promise<void>,
  ): Promise<void> {
    const { places, running = places, secret } = options;
    const directory = await Deno.makeTempDir({ prefix: "rondo-cluster-" });
    const cluster = new Cluster(
      freePorts(places).map((port) => new Place(port, `${directory}/${port}`, options)),
      directory,
    );
    for (const { secretFile } of secret === undefined ? [] : cluster.places) {
      await Deno.writeTextFile(secretFile, `${secret}\n`, { mode: 0o600 });
    }
    try {
      await cluster.form(running);
      await story(cluster);
    } catch (error) {
      await cluster.#keepLogs(error);
      throw error;
    } finally {
      await Promise.all(cluster.places.map(({ run }) => run?.kill()));
    }
    await Deno.remove(directory, { recursive: true });
  }

  place(index: number): Place {
    const place = this.places[index];
    assert(place !== undefined);
    return place;
  }

  get running(): Place[] {
    return this.places.filter((place) => place.isRunning);
  }

  /** Starts the first place as the founder, and the others through it. */
  async form(count: number): Promise<void> {
    const [first, ...others] = this.places.slice(0, count);
    if (first === undefined) return;
    first.start();
    await eventually(() => first.isReady());
    for (const place of others) place.start(`--bootstrap=${first.url}`);
    await this.closes();
  }

  /** Waits until all that run are one closed ring, and ready. */
  async closes(): Promise<void> {
    await eventually(() => this.isClosed());
    await eventually(() => Promise.all(this.running.map((place) => place.isReady())));
  }

  /** Everyone who runs sees the same closed ring of exactly those who run. */
  async isClosed(): Promise<void> {
    const urls = this.running.map(({ url }) => url).sort();
    for (const { client } of this.running) {
      const { isClosed, nodes } = await client.ring();
      assert(isClosed, "the ring is open");
      assertEquals(nodes.map(({ url }) => url).sort(), urls);
      for (const [i, { url }] of nodes.entries()) {
        assertEquals(nodes[(i + 1) % nodes.length]?.predecessor?.url ?? url, url);
      }
    }
  }

  async #keepLogs(error: unknown): Promise<void> {
    for (const { port, run, pastOutput } of this.places) {
      const output = [...pastOutput, run?.output ?? "never ran"].join("\n--- started again ---\n");
      await Deno.writeTextFile(`${this.directory}/${port}.log`, `${output}\n`);
    }
    if (error instanceof Error) error.message += `\n(logs are in ${this.directory})`;
  }
}
