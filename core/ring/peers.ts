import { ChordError, DeadlineError, PeerUnreachableError } from "../errors.ts";
import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Clock, Transport } from "../ports.ts";
import type { MethodName, Params, Phase, Result } from "../protocol.ts";
import { KnownPeers } from "./known_peers.ts";
import { type Health, Suspicion } from "./suspicion.ts";

export type Neighbors = Result<"chord.neighbors">;

/**
 * The other nodes, as one node knows them: every call to a peer goes through here, and teaches what the peer's
 * answer or silence says about its health.
 */
export class Peers {
  readonly known: KnownPeers;
  readonly #suspicion: Suspicion;

  constructor(
    readonly self: NodeRef,
    readonly clock: Clock,
    readonly transport: Transport,
    readonly options: { readonly deadAfterMs: number; readonly attemptTimeoutMs: number },
  ) {
    this.known = new KnownPeers(self);
    this.#suspicion = new Suspicion(options.deadAfterMs);
  }

  /** @throws ChordError as the peer answered it, or for its silence. */
  async call<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs = this.options.attemptTimeoutMs,
  ): Promise<Result<M>> {
    try {
      const result = await this.transport.call(peer, method, params, timeoutMs);
      this.#heard(peer);
      const { disk } = result as { disk?: string };
      if (disk !== undefined) this.#disks.set(peer.id, disk);
      return result;
    } catch (error) {
      this.#judge(peer, error);
      throw error;
    }
  }

  /** The peer's neighbors if it is a member that answers; null when it is silent, joining or on its way out. */
  async neighbors(peer: NodeRef): Promise<Neighbors | null> {
    return await this.#asMember(peer, "chord.neighbors");
  }

  /** Whether the peer answers as a member of the ring. */
  async isMember(peer: NodeRef): Promise<boolean> {
    return await this.#asMember(peer, "chord.ping") !== null;
  }

  /** The peer, or a neighbour of it, said that it is going. */
  left(peer: NodeRef): void {
    this.#suspicion.left(peer.id);
  }

  readonly #disks = new Map<Id, string>();
  readonly clocks = { refusesWrites: () => false, isExpiryFrozen: () => false };
  diskOf(id: Id): string | null {
    return this.#disks.get(id) ?? null;
  }
  isSteady(_id: Id): boolean {
    return true;
  }

  forget(id: Id): void {
    this.known.forget(id);
    this.#suspicion.forget(id);
  }

  health(id: Id): Health {
    return this.#suspicion.health(id, this.clock.now());
  }

  isUsable(id: Id): boolean {
    return this.#suspicion.isUsable(id, this.clock.now());
  }

  /** Dead or left: the ring closes without it. */
  isGone(id: Id): boolean {
    return this.#suspicion.isGone(id, this.clock.now());
  }

  /** Peers that have answered in this life and are not in doubt, the most recently met first. */
  *recent(): Generator<NodeRef> {
    for (const peer of this.known.all()) {
      if (this.health(peer.id) === "alive") yield peer;
    }
  }

  /** By the monotonic clock; null when the peer has not answered in this life. */
  lastSeenAtMs(id: Id): number | null {
    return this.#suspicion.lastSeenAtMs(id);
  }

  async #asMember<M extends "chord.neighbors" | "chord.ping">(
    peer: NodeRef,
    method: M,
  ): Promise<Result<M> | null> {
    try {
      const answer = await this.call(peer, method, {} as Params<M>);
      const { phase } = answer as { phase: Phase };
      if (phase === "member") this.#suspicion.returned(peer.id);
      if (phase === "leaving" || phase === "left") this.#suspicion.left(peer.id);
      return phase === "member" ? answer : null;
    } catch (error) {
      if (error instanceof ChordError) return null;
      throw error;
    }
  }

  #heard(peer: NodeRef): void {
    this.known.meet(peer);
    this.#suspicion.answered(peer.id, this.clock.now());
  }

  /** Silence counts against a peer; an error that it sent itself is an answer like any other. */
  #judge(peer: NodeRef, error: unknown): void {
    const isRefused = error instanceof PeerUnreachableError && error.refused;
    const isSilent = error instanceof PeerUnreachableError || error instanceof DeadlineError;
    if (isSilent) this.#suspicion.missed(peer.id, this.clock.now(), isRefused);
    else if (error instanceof ChordError) this.#heard(peer);
  }
}
