import type { ChordNode } from "./chord_node.ts";
import { ChordError, errorCode } from "./errors.ts";
import { checkWidth, inBackground } from "./handling.ts";
import type { Id } from "./id.ts";
import { type PartitionRange, toRanges } from "./partition.ts";
import { type ParsedParams, protocolVersion, type Result } from "./protocol.ts";
import { softwareVersion } from "./software_version.ts";

/** What the node answers about itself, and does at an operator's word. */
export class NodeAnswers {
  constructor(readonly node: ChordNode) {}

  /** What has happened since the node started. */
  status(): Promise<Result<"node.status">> {
    const { antiEntropy, exchange, tombstones } = this.node.data;
    return Promise.resolve({
      refusals: [...this.node.keeper.refusals].map(([reason, count]) => ({ reason, count })),
      differences: antiEntropy.differences,
      fetched: exchange.fetched,
      pushed: exchange.pushed,
      collected: tombstones.collected,
    });
  }

  info(): Promise<Result<"node.info">> {
    const { config, incarnation, partitions, phase, ports, replicas, self } = this.node;
    const reason = this.node.notReadyReason();
    const owned = replicas.ownPartitions();
    const recordsIn = (ranges: PartitionRange[]) =>
      ranges.reduce((sum, range) => sum + ports.store.count(range), 0);
    return Promise.resolve({
      id: self.id,
      url: self.url,
      cluster: config.cluster,
      protocol: protocolVersion,
      bits: config.bits,
      hash: config.hash,
      partitions: partitions.count,
      replicas: config.replicas,
      writeQuorum: config.writeQuorum,
      readQuorum: config.readQuorum,
      incarnation,
      phase,
      ready: reason === null,
      reason,
      keyCount: recordsIn(toRanges(owned)),
      recordCount: ports.store.count(replicas.everything),
      partitionsOwned: owned.length,
      partitionsHeld: replicas.table.matching((state) => replicas.isMember(state)).length,
      partitionsUnsynced: replicas.unsynced().length,
      uptimeMs: this.node.uptimeMs(),
      version: softwareVersion,
      ...this.node.vitals(),
    });
  }

  fingers(): Promise<Result<"node.fingers">> {
    const { fingers } = this.node.member;
    const entries = fingers.starts.map((start, index) => ({ index, start, node: fingers.get(index) }));
    return Promise.resolve({ entries });
  }

  peers(): Promise<Result<"node.peers">> {
    const { member: { peers }, ports: { clock } } = this.node;
    const wallMinusNow = clock.wallNow() - clock.now();
    const all = peers.known.all().map((node) => {
      const seenAtMs = peers.lastSeenAtMs(node.id);
      const lastSeenMs = seenAtMs === null ? null : Math.max(0, Math.round(seenAtMs + wallMinusNow));
      const { rttMs = null, phase = null } = peers.reports.of(node.id) ?? {};
      return { node, health: peers.health(node.id), lastSeenMs, rttMs, phase };
    });
    return Promise.resolve({ peers: all });
  }

  /** @throws ChordError (invalid params) for a node that still answers: of those only lost disks are forgotten. */
  async forget(
    { id, lostDisk = false, passedOn }: ParsedParams<"node.forget">,
  ): Promise<Result<"node.forget">> {
    checkWidth(this.node, id);
    const { member: { peers }, replicas, self } = this.node;
    const health = peers.health(id);
    const isThere = id !== self.id && (health === "alive" || health === "suspect");
    if (isThere && !lostDisk) {
      throw new ChordError(errorCode.invalidParams, `Cannot forget ${id}: it is ${health}`, {
        reason: "notGone",
      });
    }
    const partitions = replicas.forget(id, lostDisk || id === self.id);
    await replicas.save();
    if (passedOn !== true) this.#passOnForgetting(id, lostDisk);
    return { partitions };
  }

  /** Everybody who counts on the node has to know; one that is not reached is told when the operator tells it. */
  #passOnForgetting(id: Id, lostDisk: boolean): void {
    const { member: { peers }, ports: { log } } = this.node;
    for (const peer of peers.known.all()) {
      if ((peer.id === id && !lostDisk) || peers.isGone(peer.id)) continue;
      inBackground(this.node, "forget", peers.call(peer, "node.forget", { id, lostDisk, passedOn: true }));
    }
    log("warn", "nodeForgotten", { id, lostDisk });
  }
}
