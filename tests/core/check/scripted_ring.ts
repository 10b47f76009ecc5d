import { infoOf } from "../node_info.ts";
import type { Ask } from "../../../core/check/ask.ts";
import type { Copy } from "../../../core/check/holders.ts";
import { emptyDigest } from "../../../core/data/digest.ts";
import type { Replica, View } from "../../../core/data/view.ts";
import { ChordError, PeerUnreachableError } from "../../../core/errors.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
import { type PartitionRange, partitionsOf } from "../../../core/partition.ts";
import type { MethodName, NodeInfo, Params, Result } from "../../../core/protocol.ts";
import { at, node } from "../circle.ts";

/** What a node of the script answers; a test changes it where it is to be wrong. */
export interface ScriptedNode {
  readonly ref: NodeRef;
  disk: string;
  predecessor: string | null;
  /** Two hex digits each. */
  successors: string[];
  peers: Record<string, "alive" | "dead" | "left">;
  info: Partial<NodeInfo>;
  /** By partition. */
  views: (View | null)[];
  copies: Copy[];
  /** What it answers to nothing but this any more. */
  isSilent: boolean;
}

const partitions = 16;
const replicas = 3;

/** What every member of a view has of each of its partitions. */
export const complete: Copy = { epoch: 2, isSynced: true, digest: "00000000000000aa" };
/** What all others have. */
export const nothing: Copy = { epoch: 0, isSynced: false, digest: emptyDigest };

/**
 * A healthy ring on a circle of 256 points, in 16 partitions: partition 0 ends at 0f, and so on. Each node is called
 * by its two digits.
 */
export class ScriptedRing {
  readonly nodes = new Map<string, ScriptedNode>();
  /** `20 partition.views`, in the order of asking. */
  readonly asked: string[] = [];
  /** How often the check paused. */
  pauses = 0;
  /** Called during a pause: the ring goes on. */
  onPause: () => void = () => {};

  constructor(readonly hexes: string[] = ["20", "60", "a0", "e0"]) {
    for (const hex of hexes) this.nodes.set(hex, this.#healthy(hex));
  }

  at(hex: string): ScriptedNode {
    return this.nodes.get(hex) ?? this.#unknown(hex);
  }

  get start(): NodeRef {
    return node(this.hexes[0] as string);
  }

  /** Lets every node that names the partition's view name this one. */
  setView(partition: number, view: View): void {
    for (const { views } of this.nodes.values()) if (views[partition] !== null) views[partition] = view;
  }

  /** The view of these members. */
  view(hexes: string, epoch = 2): View {
    return { epoch, members: hexes.split(" ").map((hex) => this.replica(hex)), previous: [] };
  }

  replica(hex: string): Replica {
    return { ...node(hex), disk: `disk of ${hex}` };
  }

  pause = (): Promise<void> => {
    this.pauses++;
    this.onPause();
    return Promise.resolve();
  };

  ask: Ask = <M extends MethodName>(to: NodeRef, method: M, params: Params<M>): Promise<Result<M>> => {
    this.asked.push(`${to.id} ${method}`);
    const scripted = this.nodes.get(to.id);
    if (scripted === undefined || scripted.isSilent) {
      return Promise.reject(new PeerUnreachableError(to.url, true));
    }
    return Promise.resolve(this.#answer(scripted, method, params) as Result<M>);
  };

  #answer(scripted: ScriptedNode, method: MethodName, params: unknown): unknown {
    const { copies, disk, peers, predecessor, successors, views } = scripted;
    const partitionsAsked = () => [...partitionsOf((params as { ranges: PartitionRange[] }).ranges)];
    switch (method) {
      case "node.info":
        return this.info(scripted);
      case "node.peers":
        return {
          peers: Object.entries(peers).map(([hex, health]) => ({ node: node(hex), health, lastSeenMs: 1 })),
        };
      case "chord.neighbors":
        return {
          predecessor: predecessor === null ? null : node(predecessor),
          successors: successors.map(node),
          phase: this.info(scripted).phase,
          anchored: true,
          disk,
        };
      case "partition.views":
        return {
          views: partitionsAsked().flatMap((p) => views[p] ? [{ first: p, last: p, view: views[p] }] : []),
        };
      case "partition.digest":
        return {
          digests: partitionsAsked().map((p) => {
            const { digest, epoch, isSynced } = copies[p] as Copy;
            return { first: p, last: p, epoch, synced: isSynced, wasSynced: true, digests: [digest] };
          }),
        };
      default:
        throw new ChordError(-32601, `The check has no business with ${method}`);
    }
  }

  info({ ref, info }: ScriptedNode): NodeInfo {
    const counts = { keyCount: 0, recordCount: 0, partitionsOwned: 0, partitionsHeld: 0 };
    return infoOf({ ...ref, cluster: "rondo", partitions, replicas, ...counts, ...info });
  }

  #healthy(hex: string): ScriptedNode {
    const place = this.hexes.indexOf(hex);
    const others = [...this.hexes.slice(place + 1), ...this.hexes.slice(0, place)];
    const keeps = (partition: number) => this.#keepers(partition).includes(hex);
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    return {
      ref: node(hex),
      disk: this.replica(hex).disk,
      predecessor: others.at(-1) ?? null,
      successors: others.slice(0, 3),
      peers: Object.fromEntries(others.map((other) => [other, "alive"])),
      info: {},
      views: all.map((partition) => keeps(partition) ? this.view(this.#keepers(partition).join(" ")) : null),
      copies: all.map((partition) => keeps(partition) ? complete : nothing),
      isSilent: false,
    };
  }

  #keepers(partition: number): string[] {
    const position = at((partition * 16 + 15).toString(16).padStart(2, "0"));
    const owner = this.hexes.findIndex((hex) => hex >= position);
    const from = Math.max(owner, 0);
    return [...this.hexes.slice(from), ...this.hexes.slice(0, from)].slice(0, replicas);
  }

  #unknown(hex: string): never {
    throw new RangeError(`Cannot find ${hex} in the script`);
  }
}
