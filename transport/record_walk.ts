import { comparePlaces } from "../core/data/key_order.ts";
import { fromWire } from "../core/data/wire_record.ts";
import { sourcesNeeded } from "../core/data/view.ts";
import { ChordError, UncertainError } from "../core/errors.ts";
import type { Id } from "../core/id.ts";
import { type NodeRef, sameNode } from "../core/node_ref.ts";
import type { Partition } from "../core/partition.ts";
import type { Cursor } from "../core/ports.ts";
import { comparedMax, type ViewOf, type WireRecord } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";

/** `ring`: everything the ring has. `node`: what this node has a copy of, as far as that goes. */
export const exportScopes = ["ring", "node"] as const;
export type ExportScope = typeof exportScopes[number];

export interface RecordWalkOptions {
  readonly scope: ExportScope;
  readonly pause: (ms: number) => Promise<void>;
}

/** What the walk finds at a time. */
export interface WalkPage {
  /** In ring order, deletions included. */
  readonly records: readonly WireRecord[];
  /** Who keeps them, the owner first. */
  readonly keepers: readonly NodeRef[];
  /** Where the walk goes on; an empty key is the beginning of the partition. Null: this was the last page. */
  readonly next: Cursor | null;
}

interface Page {
  /** By key, in ring order, deletions included. */
  readonly records: ReadonlyMap<string, WireRecord>;
  /** How far it goes; null: to the end of the run. */
  readonly next: Cursor | null;
}

/** Records in a page: a peer compares no more at a time. */
const { recordsMax } = comparedMax;
/** One page may be half a mebibyte from a busy disk. */
const pageTimeoutMs = 5_000;
/** The ring gets over a death in a few seconds; these pauses, together, wait for it. */
const pausesMs = [100, 200, 400, 800, 1_600, 3_200, 3_200, 3_200];

/**
 * Goes through the records of the ring partition by partition, and so from node to node around it.
 *
 * Of each partition it reads as many copies as together have every acknowledged write, all under one view, and
 * gives the newest of each record. So every key comes once, whoever moves or dies meanwhile. It is no snapshot:
 * what is written during the walk may be in it or not.
 */
export class RecordWalk {
  readonly #node: NodeService;
  readonly #options: RecordWalkOptions;
  /** The latest views heard of, ascending. */
  #runs: readonly ViewOf[] = [];
  /** Who has failed us. They are asked last, or every page would wait for them. */
  readonly #silent = new Set<Id>();

  constructor(node: NodeService, options: RecordWalkOptions) {
    this.#node = node;
    this.#options = options;
  }

  /**
   * One page a time, in ring order.
   *
   * @param from where an earlier walk stopped; its beginning by default.
   * @throws ChordError when part of the ring stays out of reach.
   */
  async *pages(from: Cursor = { partition: 0, key: "" }): AsyncGenerator<WalkPage, void, undefined> {
    for (let place: Cursor | null = from; place !== null;) {
      const page: WalkPage | null = await this.#persist(place);
      if (page === null) return;
      yield page;
      place = page.next;
    }
  }

  /** Tries again through passing trouble: each time with the views as they then are. */
  async #persist(from: Cursor): Promise<WalkPage | null> {
    for (const pauseMs of [...pausesMs, null]) {
      try {
        const run = await this.#runAt(from.partition);
        return run === null ? null : await this.#pageOf(run, from);
      } catch (error) {
        if (!(error instanceof ChordError) || pauseMs === null) throw error;
        this.#runs = [];
        await this.#options.pause(pauseMs);
      }
    }
    return null;
  }

  async #pageOf(run: ViewOf, from: Cursor): Promise<WalkPage> {
    const first = Math.max(from.partition, run.first);
    const { records, next } = await this.#page({ ...run, first }, from.key === "" ? null : from);
    const isLast = run.last + 1 >= this.#node.partitions.count;
    return {
      records: [...records.values()],
      keepers: run.view.members,
      next: next ?? (isLast ? null : { partition: run.last + 1, key: "" }),
    };
  }

  /** The run of partitions that holds `first`; for the node's own records the next one, or null: there is none. */
  async #runAt(first: Partition): Promise<ViewOf | null> {
    const isOwn = this.#options.scope === "node";
    if (runWith(first, this.#runs) === undefined) {
      this.#runs = isOwn ? await this.#keptBy(this.#node.self, 0) : await this.#runsOfKeepers(first);
    }
    const later = isOwn ? this.#runs.find((run) => run.first > first) : undefined;
    const run = runWith(first, this.#runs) ?? later;
    if (run !== undefined || isOwn) return run ?? null;
    throw new UncertainError(`nobody says who keeps partition ${first}`, { isMoving: true });
  }

  /** The word of one who keeps the partition, or else of one who has heard who does. */
  async #runsOfKeepers(first: Partition): Promise<readonly ViewOf[]> {
    let hearsay: readonly ViewOf[] = [];
    for await (const teller of this.#tellers(first)) {
      try {
        const told = await this.#toldBy(teller, first);
        const kept = told.filter((run) => isKeptBy(teller, run));
        if (runWith(first, kept) !== undefined) return kept;
        const heard = runWith(first, told);
        if (heard !== undefined) hearsay = [heard];
      } catch (error) {
        if (!(error instanceof ChordError)) throw error;
      }
    }
    return hearsay;
  }

  /** Who may know: this node, the owner, and those after it, who keep the same. */
  async *#tellers(first: Partition): AsyncGenerator<NodeRef, void, undefined> {
    const { config, partitions, self } = this.#node;
    yield self;
    const lookup = this.#node.lookup(partitions.position(first), { timeoutMs: pageTimeoutMs });
    for (let step = await lookup.next();; step = await lookup.next()) {
      if (!step.done) continue;
      yield* [step.value.owner, ...step.value.successors].slice(0, config.replicas);
      return;
    }
  }

  async #keptBy(node: NodeRef, first: Partition): Promise<readonly ViewOf[]> {
    return (await this.#toldBy(node, first)).filter((run) => isKeptBy(node, run));
  }

  /** All that the node knows of the partitions from `first` on, ascending. */
  async #toldBy(teller: NodeRef, first: Partition): Promise<readonly ViewOf[]> {
    const params = { ranges: [{ first, last: this.#node.partitions.count - 1 }] };
    const context = { timeoutMs: pageTimeoutMs };
    const { views } = await this.#node.callPeer(teller, "partition.views", params, context);
    return views.toSorted((a, b) => a.first - b.first);
  }

  /** One page of the run, merged from as many copies as it takes. */
  async #page(run: ViewOf, after: Cursor | null): Promise<Page> {
    const { sources, needed } = this.#sourcesOf(run);
    let page: Page = { records: new Map(), next: null };
    let answers = 0;
    let silence: ChordError | null = null;
    for (const source of sources) {
      try {
        page = await this.#merge(run, source, after, page);
        if (++answers === needed) return page;
      } catch (error) {
        if (!(error instanceof ChordError)) throw error;
        silence = error;
        this.#silent.add(source.id);
      }
    }
    const message = `${answers} of ${needed} copies of partition ${run.first} answer`;
    throw new UncertainError(message, silence === null ? {} : { cause: silence });
  }

  /** Ourselves first, for that costs the network nothing. */
  #sourcesOf({ view: { members } }: ViewOf): { sources: readonly NodeRef[]; needed: number } {
    const { self, config } = this.#node;
    if (this.#options.scope === "node") return { sources: [self], needed: 1 };
    const rank = (member: NodeRef) => (sameNode(member, self) ? -1 : Number(this.#silent.has(member.id)));
    return {
      sources: members.toSorted((a, b) => rank(a) - rank(b)),
      needed: sourcesNeeded(members.length, config),
    };
  }

  /** Has the source compare its copy with what the others said: it sends what is missing or newer. */
  async #merge(
    { first, last, view }: ViewOf,
    source: NodeRef,
    after: Cursor | null,
    so: Page,
  ): Promise<Page> {
    const entries = [...so.records.values()].map(({ key, version }) => ({
      partition: this.#node.partitionOf(key),
      key,
      version,
    }));
    const { newer, next } = await this.#node.callPeer(source, "partition.compare", {
      range: { first, last },
      epoch: view.epoch,
      as: this.#options.scope === "node" ? "member" : "current",
      after,
      through: so.next,
      entries,
      fetch: true,
    }, { timeoutMs: pageTimeoutMs });
    checkProgress(next, after ?? { partition: first, key: "" });
    const records = new Map(so.records);
    for (const record of newer) records.set(record.key, sealed(record));
    return this.#cut(records, next ?? so.next);
  }

  /** What lies beyond the shorter page, or is too much to compare at once, comes with the next one. */
  #cut(records: ReadonlyMap<string, WireRecord>, end: Cursor | null): Page {
    const places = [...records.keys()].map((key) => ({ partition: this.#node.partitionOf(key), key }))
      .toSorted(comparePlaces);
    const next = places.length > recordsMax ? places[recordsMax - 1] ?? null : end;
    const within = next === null ? places : places.filter((place) => comparePlaces(place, next) <= 0);
    const kept = within.map(({ key }) => records.get(key)).filter((record) => record !== undefined);
    return { records: new Map(kept.map((record) => [record.key, record])), next };
  }
}

/** @throws UncertainError for a page that ends where it began: with it the walk would never end. */
function checkProgress(next: Cursor | null, from: Cursor): void {
  if (next === null || comparePlaces(next, from) > 0) return;
  throw new UncertainError(`a keeper of partition ${from.partition} goes in a circle`);
}

/** @throws BadRecordError when the record is not what its maker sealed; another copy may be. */
function sealed(record: WireRecord): WireRecord {
  fromWire(record);
  return record;
}

function runWith(partition: Partition, runs: readonly ViewOf[]): ViewOf | undefined {
  return runs.find(({ first, last }) => first <= partition && partition <= last);
}

function isKeptBy(node: NodeRef, { view }: ViewOf): boolean {
  return view.members.some((member) => sameNode(member, node));
}
