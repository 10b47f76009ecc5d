import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { makeRecord, type StoredRecord } from "../../core/data/record.ts";
import { formatVersion, type Version } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import type { Id } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import type { LogLevel } from "../../core/ports.ts";
import type { SimHost } from "../../sim/world.ts";
import { createHandler, type Handler } from "../../transport/handler.ts";
import { LogBuffer } from "../../transport/live/log_buffer.ts";
import { Measures } from "../../transport/measures/measures.ts";
import { SmallWorld } from "../core/small_world.ts";
import { TestHub } from "../transport/live/fake_socket.ts";
import type { Vocabulary } from "./schema_arbitrary.ts";
import { assertRestAnswer, type Said } from "./well_formed.ts";

/** Values that no case names, so none may change them. */
const keptCount = 6;
/** Keys that cases may write to. */
const openKeys = ["open-1", "open-2", "open-3"];

/** A ring of real nodes behind their HTTP handlers, in virtual time, with data in it that nobody may harm. */
export class TargetRing {
  readonly #handlers: readonly Handler[];
  readonly #kept = new Map<string, Uint8Array>();
  /** What the handlers called an error: nobody foresaw it. */
  readonly #unforeseen: unknown[] = [];
  readonly #pointers: string;

  private constructor(readonly small: SmallWorld, readonly nodes: readonly ChordNode[]) {
    this.#handlers = nodes.map((node) => this.#handlerOf(node));
    this.#pointers = small.pointers;
  }

  static async of(count: number): Promise<TargetRing> {
    const small = await SmallWorld.ideal(count, { valueBytesMax: 1_000 });
    const ring = new TargetRing(small, small.ring);
    for (let i = 0; i < keptCount; i++) {
      await small.put(ring.node(i), `kept-${i}`, `value ${i}`);
      ring.#kept.set(`kept-${i}`, new TextEncoder().encode(`value ${i}`));
    }
    for (const key of openKeys) await small.put(ring.node(0), key, key);
    return ring;
  }

  node(i: number): ChordNode {
    return this.nodes[i % this.nodes.length] as ChordNode;
  }

  /** Asks the i-th node; time goes on until it has answered. */
  async ask(i: number, request: Request): Promise<Said> {
    const handler = this.#handlers[i % this.nodes.length] as Handler;
    const said = await this.small.run((async () => {
      const { status, headers, body } = await handler(request);
      return { status, headers, text: await new Response(body).text() };
    })());
    const [error] = this.#unforeseen.splice(0);
    if (error !== undefined) throw error;
    return said;
  }

  /** Everybody stands where they stood. What a call has set off has been judged by then. */
  async assertInPlace(): Promise<void> {
    await this.small.advance(20);
    assertEquals(this.small.pointers, this.#pointers);
  }

  /** What nobody wrote to is on as many disks as before, besides, and unchanged. */
  async assertUnharmed(): Promise<void> {
    await this.assertInPlace();
    for (const [key, value] of this.#kept) {
      const copies = this.#copiesOf(key);
      assert(copies.length >= this.node(0).config.replicas, `${copies.length} copies of ${key}`);
      for (const copy of copies) assertEquals(copy.value, value, key);
    }
  }

  /** Everybody answers every read in time: with the value, with nothing, or with why it cannot tell. */
  async assertAnswers(): Promise<void> {
    for (const i of this.nodes.keys()) {
      for (const key of this.#kept.keys()) {
        assertRestAnswer(await this.ask(i, new Request(`http://n1/api/keys/${key}`)));
      }
    }
  }

  /** What the members of this ring talk about: members, views, versions and records that are there. */
  get vocabulary(): Vocabulary {
    const stranger = refOf(this.node(0), "http://n99");
    const refs = [...this.nodes.map(({ self }) => self), stranger];
    const views = this.node(0).replicas.table.ranges().map(({ first, last, state: { view } }) => ({
      first,
      last,
      view,
    }));
    const records = openKeys.flatMap((key) => this.#recordsOf(key));
    const { partitions } = this.node(0);
    const places = openKeys.map((key) => ({ partition: partitions.ofKey(key), key }));
    return [
      ...refs.flatMap((ref) => [ref, ref.id, ref.url]),
      { id: stranger.id, url: this.node(0).self.url },
      ...this.nodes.map(({ replicas }) => replicas.self),
      ...views.slice(0, 6).flatMap((
        viewOf,
      ) => [viewOf, viewOf.view, { first: viewOf.first, last: viewOf.last }]),
      ...records.flatMap((record) => [toWire(record), record.version, record.key]),
      ...places,
      ...places.flatMap((place) => records.map(({ version }) => ({ ...place, version }))),
      ...places.map((place) => ({ ...place, epoch: 1, as: "member" })),
      ...records.map((record) => ({
        partition: partitions.ofKey(record.key),
        epoch: 1,
        record: toWire(record),
      })),
    ];
  }

  /** The record as it is, and as honest, early, late and odd makers would seal it. */
  #recordsOf(key: string): StoredRecord[] {
    const nowMs = this.small.world.wallNow();
    const maker = this.node(0).self.id;
    const seal = (version: Version, expiresAtMs: number | null, value: Uint8Array | null) =>
      makeRecord({ key, value, version, expiresAtMs, requestId: null });
    const value = new TextEncoder().encode(key);
    return [
      ...this.#copiesOf(key).slice(0, 1),
      seal(formatVersion(nowMs + 30_000, 1, maker), null, value),
      seal(formatVersion(nowMs + 3_600_000, 1, maker), null, value),
      seal(formatVersion(1, 0, "40" as Id), null, value),
      seal(formatVersion(nowMs, 2, maker), nowMs - 3_600_000, value),
      seal(formatVersion(nowMs, 3, maker), Number.MAX_SAFE_INTEGER, new Uint8Array(2_000)),
      seal(formatVersion(nowMs, 4, maker), null, null),
    ];
  }

  #copiesOf(key: string): StoredRecord[] {
    const { hosts, partitions } = this.small.world;
    const partition = partitions.ofKey(key);
    return hosts.flatMap(({ disk }: SimHost) => disk.store.peek(partition, key) ?? []);
  }

  #handlerOf(node: ChordNode): Handler {
    const { scheduler } = this.small.world;
    const logs = new LogBuffer("warn", () => this.small.world.wallNow());
    return createHandler(node, {
      log: (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => {
        if (level === "error") this.#unforeseen.push(fields?.["error"] ?? event);
      },
      onLeave: () => {},
      live: { hub: new TestHub().hub, measures: new Measures(), logs },
      operator: {
        settings: [],
        upkeepReport: () => node.upkeepReport(),
        maintain: (chore) => node.maintain(chore),
      },
      // Exports and imports wait for the ring in its own time.
      ...{ pause: (ms: number) => new Promise<void>((resolve) => scheduler.after(ms, resolve)) },
    });
  }
}

function refOf({ config, space }: ChordNode, url: string): NodeRef {
  return { id: nodeIdOf(space, config.cluster, url), url };
}
