import type { NodeConfig } from "../config.ts";
import {
  ChordError,
  DishonestAnswerError,
  errorCode,
  isSilence,
  PeerUnreachableError,
  UntrustedPeerError,
} from "../errors.ts";
import type { Id } from "../id.ts";
import type { IsTrueRef } from "../node_ids.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Ports } from "../ports.ts";
import type { MethodName, Params, Phase, Result } from "../protocol.ts";
import { withoutLies } from "./answer_check.ts";
import { Inquest } from "./inquest.ts";
import { KnownPeers, knownPeersMax } from "./known_peers.ts";
import { type Life, Lives } from "./lives.ts";
import { LocalHealth } from "./local_health.ts";
import { PeerClocks } from "./peer_clocks.ts";
import { Penalties } from "./penalties.ts";
import { PeerReports } from "./peer_reports.ts";
import { Steadiness } from "./steadiness.ts";
import { type Health, Suspicion } from "./suspicion.ts";

export type Neighbors = Result<"chord.neighbors">;

/** What a peer may say of itself in its answers to `chord.ping` and `chord.neighbors`. */
type SelfReport = Life & { readonly phase: Phase; readonly wallMs?: number | undefined };

/** A witness's own question must have ended before the one who asked it gives up: this share of the time. */
const witnessTimeShare = 0.6;
/** A question with less than this share of the usual time may just have been impatient. */
const patientShare = 0.5;
/** Suspects asked again in one round. */
const suspectsPerRound = 8;
/** A peer that died longer ago, or was dead when we started, is no more likely to be back than any other stranger. */
const recentlyMs = 60 * 60_000;

/**
 * The other nodes, as one node knows them: every call to a peer goes through here, and teaches what the peer's
 * answer or silence says about its health.
 */
export class Peers {
  readonly known: KnownPeers;
  readonly localHealth: LocalHealth;
  readonly clocks: PeerClocks;
  readonly reports = new PeerReports();
  readonly #suspicion: Suspicion;
  readonly #inquest: Inquest;
  readonly #steadiness = new Steadiness();
  readonly #lives = new Lives();
  readonly #penalties = new Penalties();
  /** Peers that missed a call since they last answered. */
  readonly #silent = new Map<Id, NodeRef>();

  constructor(
    readonly self: NodeRef,
    readonly ports: Pick<Ports, "clock" | "random" | "transport" | "log">,
    readonly config: Pick<NodeConfig, "deadAfterMs" | "attemptTimeoutMs" | "stabilizeMs">,
    readonly isTrue: IsTrueRef,
  ) {
    this.known = new KnownPeers(self);
    this.localHealth = new LocalHealth(config.stabilizeMs);
    this.clocks = new PeerClocks(ports.clock, ports.log, (id) => this.isUsable(id));
    this.#suspicion = new Suspicion(config.deadAfterMs, this.localHealth);
    this.#inquest = new Inquest(this, this.#suspicion);
    this.localHealth.onPause((fromMs, toMs) => this.#slept(fromMs, toMs));
  }

  /** @throws ChordError as the peer answered it, or for its silence. */
  async call<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs = this.config.attemptTimeoutMs * this.localHealth.patience,
  ): Promise<Result<M>> {
    const askedAtMs = this.#nowMs;
    try {
      const answer = await this.ports.transport.call(peer, method, params, timeoutMs);
      const result = this.#withoutLies(peer, method, params, answer);
      if (method === "chord.ping" || method === "chord.neighbors") {
        this.#heardOfItself(peer, result as SelfReport, askedAtMs);
      } else this.#heard(peer);
      return result;
    } catch (error) {
      this.#judge(peer, error, askedAtMs, timeoutMs);
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

  /** Whether the peer answers at all, asked now: our word for somebody to whom it is silent. */
  async reaches(peer: NodeRef, timeoutMs: number): Promise<boolean> {
    const withinMs = Math.min(timeoutMs, this.config.attemptTimeoutMs) * witnessTimeShare;
    try {
      return (await this.call(peer, "chord.ping", {}, withinMs)).id === peer.id;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      const isSomebodyElse = error.code === errorCode.wrongRing || error instanceof DishonestAnswerError;
      return !isSilence(error) && !isSomebodyElse;
    }
  }

  /** The peer, or a neighbour of it, said that it is going. */
  left(peer: NodeRef): void {
    this.#suspicion.left(peer.id);
  }

  /** The peer said that it stops, and is back within the time. It is not taken for dead before. */
  announcedRestart(peer: NodeRef, backWithinMs: number): void {
    const nowMs = this.#nowMs;
    this.#suspicion.announcedRestart(peer.id, nowMs, nowMs + backWithinMs);
    this.#noteSilent(peer);
  }

  forget(id: Id): void {
    const { clocks, known, reports } = this;
    const own = [this.#suspicion, this.#steadiness, this.#lives, this.#penalties];
    for (const memory of [known, clocks, reports, ...own]) memory.forget(id);
    this.#silent.delete(id);
  }

  health(id: Id): Health {
    return this.#suspicion.health(id, this.#nowMs);
  }

  isUsable(id: Id): boolean {
    return this.#suspicion.isUsable(id, this.#nowMs);
  }

  /** Whether to ask it for the way, or about others. Who lied lately is not, though it may be a good keeper. */
  isWorthAsking(id: Id): boolean {
    return this.isUsable(id) && !this.#penalties.isPaying(id, this.#nowMs);
  }

  /** Dead or left: the ring closes without it. */
  isGone(id: Id): boolean {
    return this.#suspicion.isGone(id, this.#nowMs);
  }

  /** False for a while after a peer has come back once more: it is not worth a new copy of anything yet. */
  isSteady(id: Id): boolean {
    return this.#steadiness.isSteady(id, this.#nowMs);
  }

  /** Names the peer's store; another name than before means that its disk was lost. Null while it has not said. */
  diskOf(id: Id): string | null {
    return this.#lives.diskOf(id);
  }

  /** Peers that have answered in this life and are not in doubt, the most recently met first. */
  *recent(): Generator<NodeRef> {
    for (const peer of this.known.all()) {
      if (this.health(peer.id) === "alive") yield peer;
    }
  }

  /** Peers that died within the last hour: most likely to be back, or to be in another part of a ring cut in two. */
  recentlyDead(): NodeRef[] {
    const nowMs = this.#nowMs;
    return this.known.all().filter(({ id }) => {
      const diedAtMs = this.#suspicion.diedAtMs(id, nowMs);
      const wasAlive = this.#suspicion.lastSeenAtMs(id) !== null;
      return wasAlive && diedAtMs !== null && nowMs - diedAtMs < recentlyMs;
    });
  }

  /** By the monotonic clock; null when the peer has not answered in this life. */
  lastSeenAtMs(id: Id): number | null {
    return this.#suspicion.lastSeenAtMs(id);
  }

  /**
   * Finds out about suspects. Neighbours are asked in every round anyway; a peer that we only met would be a suspect
   * for ever, neither found alive nor dead.
   */
  async askSuspects(): Promise<void> {
    const nowMs = this.#nowMs;
    const suspects = [...this.#silent.values()].filter(({ id }) =>
      this.#suspicion.isNeglected(id, nowMs) || this.#suspicion.isInQuestion(id, nowMs)
    );
    await Promise.all(
      suspects.slice(0, suspectsPerRound).map((peer) =>
        this.#suspicion.isNeglected(peer.id, nowMs) ? this.isMember(peer) : this.#inquest.hold(peer)
      ),
    );
  }

  /** Asks one more peer what its clock shows, in turn. */
  async compareClocks(): Promise<void> {
    const peer = this.clocks.next(this.recent());
    if (peer !== null) await this.isMember(peer);
  }

  async #asMember<M extends "chord.neighbors" | "chord.ping">(
    peer: NodeRef,
    method: M,
  ): Promise<Result<M> | null> {
    try {
      const answer = await this.call(peer, method, {} as Params<M>);
      const report = answer as SelfReport;
      if (this.#lives.isPast(peer.id, report, this.#nowMs)) return null;
      if (report.phase === "member") this.#suspicion.returned(peer.id);
      if (report.phase === "leaving" || report.phase === "left") this.#suspicion.left(peer.id);
      return report.phase === "member" ? answer : null;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      if (isSilence(error)) await this.#inquest.hold(peer);
      return null;
    }
  }

  #heard(peer: NodeRef): void {
    const nowMs = this.#nowMs;
    if (this.#suspicion.wasDown(peer.id, nowMs)) this.#steadiness.returned(peer.id, nowMs);
    const forgotten = this.known.meet(peer);
    if (forgotten !== null) this.forget(forgotten.id);
    this.#suspicion.answered(peer.id, nowMs);
    this.#silent.delete(peer.id);
  }

  /** An answer of a life that is over says nothing, but once it is dead there is no later one. */
  #heardOfItself(peer: NodeRef, report: SelfReport, askedAtMs: number): void {
    if (this.isGone(peer.id)) this.#lives.forget(peer.id);
    if (this.#lives.isPast(peer.id, report, this.#nowMs)) return;
    this.#heard(peer);
    if (this.#lives.heard(peer.id, report, this.#nowMs)) this.#suspicion.restarted(peer.id);
    this.clocks.heard(peer.id, report.wallMs, askedAtMs);
    this.reports.heard(peer.id, { rttMs: this.#nowMs - askedAtMs, phase: report.phase });
  }

  /** @throws DishonestAnswerError when nothing is left of the answer. */
  #withoutLies<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    answer: Result<M>,
  ): Result<M> {
    const { isTrue } = this;
    const checked = withoutLies({ method, params, answer, peer, isTrue });
    if (!checked.isHonest) {
      this.#penalties.lied(peer.id, this.#nowMs);
      this.ports.log("warn", "peerLied", { peer: peer.url, method });
    }
    if (checked.answer === null) throw new DishonestAnswerError(peer.url, method);
    return checked.answer;
  }

  /** Silence counts against a peer; an error that it sent itself is an answer like any other. */
  #judge(peer: NodeRef, error: unknown, askedAtMs: number, timeoutMs: number): void {
    if (!(error instanceof ChordError)) return;
    if (!isSilence(error)) return this.#heard(peer);
    const nowMs = this.#nowMs;
    const wasPaused = this.localHealth.fired(nowMs - askedAtMs - timeoutMs, nowMs);
    if (error instanceof UntrustedPeerError && !this.#silent.has(peer.id)) {
      this.ports.log("warn", "peerUntrusted", { peer: peer.url, why: error.why });
    }
    const isRefused = error instanceof PeerUnreachableError && error.refused;
    const wasPatient = timeoutMs >= this.config.attemptTimeoutMs * patientShare;
    if (wasPaused || !(isRefused || wasPatient)) return;
    this.#suspicion.missed(peer.id, nowMs, isRefused, askedAtMs);
    this.#noteSilent(peer);
  }

  #noteSilent(peer: NodeRef): void {
    this.#silent.set(peer.id, peer);
    if (this.#silent.size <= knownPeersMax) return;
    for (const oldest of this.#silent.keys()) return void this.#silent.delete(oldest);
  }

  #slept(fromMs: number, toMs: number): void {
    this.#suspicion.slept(fromMs, toMs);
    this.ports.log("warn", "paused", { forMs: Math.round(toMs - fromMs) });
  }

  get #nowMs(): number {
    return this.ports.clock.now();
  }
}
