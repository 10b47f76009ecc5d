import { defaultConfig, type NodeConfig } from "../../../core/config.ts";
import { DeadlineError, PeerUnreachableError } from "../../../core/errors.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
import type { Ports, Transport } from "../../../core/ports.ts";
import type { MethodName, Params, Phase, Result } from "../../../core/protocol.ts";
import { Maintenance } from "../../../core/ring/maintenance.ts";
import { Membership } from "../../../core/ring/membership.ts";
import { RingMember } from "../../../core/ring/ring_member.ts";
import { MemoryStore } from "../../../storage/memory_store.ts";
import { circle, idsOf, node, nodes } from "../circle.ts";
import { LogLines, VirtualTime } from "../virtual_time.ts";

type Answer<M extends MethodName> = Result<M> | Error | ((params: Params<M>) => Result<M> | Error);

interface Neighbourhood {
  readonly phase?: Phase;
  readonly anchored?: boolean;
  /** What it says of itself; an older node says nothing but its incarnation. */
  readonly incarnation?: number;
  readonly disk?: string;
  readonly wallMs?: number;
}

/** Peers whose answers a test writes, and what was asked of them. Whoever has no script is silent. */
export class ScriptedPeers implements Transport {
  /** One line a call: `chord.notify 60 {...}`. */
  readonly calls: string[] = [];
  readonly #answers = new Map<string, Answer<MethodName>>();
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;

  /** The peer answers this method so. */
  on<M extends MethodName>(hex: string, method: M, answer: Answer<M>): this {
    this.#answers.set(`${hex} ${method}`, answer as Answer<MethodName>);
    return this;
  }

  /** The peer is up, with these neighbours: it answers pings and neighbour questions, and takes every notify. */
  up(hex: string, predecessor: string | null, successors: string, of: Neighbourhood = {}): this {
    const { phase = "member", anchored = true, incarnation = 1, ...self } = of;
    const before = predecessor === null ? null : node(predecessor);
    const neighbors = { predecessor: before, successors: nodes(successors), phase, anchored };
    this.on(hex, "chord.neighbors", { ...neighbors, incarnation, ...self });
    this.on(hex, "chord.ping", { id: node(hex).id, phase, incarnation, ...self });
    return this.on(hex, "chord.notify", {}).on(hex, "chord.leave", {});
  }

  /** Nobody listens there from now on. */
  down(hex: string): this {
    for (const key of [...this.#answers.keys()]) if (key.startsWith(`${hex} `)) this.#answers.delete(key);
    const refused = new PeerUnreachableError(node(hex).url, true);
    for (const method of ["chord.neighbors", "chord.ping", "chord.notify", "chord.lookupStep"] as const) {
      this.on(hex, method, refused);
    }
    return this;
  }

  /** The peer does not answer from now on. */
  silent(hex: string): this {
    for (const key of [...this.#answers.keys()]) if (key.startsWith(`${hex} `)) this.#answers.delete(key);
    return this;
  }

  /** Answers wait until `letGo`. */
  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Lines of calls of one method, without its name. */
  callsOf(method: MethodName): string[] {
    return this.calls.filter((line) => line.startsWith(`${method} `)).map((line) =>
      line.slice(method.length + 1)
    );
  }

  async call<M extends MethodName>(peer: NodeRef, method: M, params: Params<M>): Promise<Result<M>> {
    this.calls.push(`${method} ${hexOf(peer)} ${summaryOf(params)}`.trim());
    if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const scripted = this.#answers.get(`${hexOf(peer)} ${method}`) as Answer<M> | undefined;
    const answer = typeof scripted === "function" ? scripted(params) : scripted;
    if (answer === undefined) throw new DeadlineError(`hear from ${peer.url}`);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

/** The digits in the peer's address, for a node of which only that is known. */
function hexOf({ url }: NodeRef): string {
  return url.slice("http://n".length);
}

/** What matters of the parameters: who is named, and as what. */
function summaryOf(params: unknown): string {
  const { node, as, target } = params as { node?: NodeRef; as?: string; target?: string };
  return [node?.id, as, target].filter((part) => part !== undefined).join(" ");
}

/** One node under test, among scripted peers and in virtual time. */
export class MemberFixture {
  readonly time = new VirtualTime();
  readonly peers = new ScriptedPeers();
  readonly log = new LogLines();
  readonly member: RingMember;
  readonly maintenance: Maintenance;
  readonly membership: Membership;

  constructor(self: string, config: Partial<NodeConfig> = {}) {
    const ports: Ports = {
      clock: this.time.clock,
      random: { next: () => 0.5 },
      transport: this.peers,
      store: new MemoryStore(),
      log: this.log.log,
    };
    const all = { ...defaultConfig, bits: 8, partitions: 16, successors: 3, ...config };
    this.member = new RingMember(node(self), all, circle, ports);
    this.maintenance = new Maintenance(this.member);
    this.membership = new Membership(this.member);
  }

  /** A member at `self` between these neighbours. */
  static member(
    predecessor: string | null,
    self: string,
    successors: string,
    config: Partial<NodeConfig> = {},
  ): MemberFixture {
    const fixture = new MemberFixture(self, config);
    const state = {
      self: node(self),
      predecessor: predecessor === null ? null : node(predecessor),
      successors: nodes(successors),
    };
    fixture.membership.resume(state, true);
    return fixture;
  }

  /** The pointers as one line: `20 > 40 > 60 80`. */
  get pointers(): string {
    const { predecessor, self, successors } = this.member.state;
    return `${predecessor?.id ?? "none"} > ${self.id} > ${idsOf(successors) || "none"}`;
  }

  /** Lets a peer be silent for so long that it counts as dead. */
  async bury(...hexes: string[]): Promise<void> {
    for (const hex of hexes) {
      this.peers.down(hex);
      await this.member.peers.isMember(node(hex));
    }
    await this.time.advance(this.member.config.deadAfterMs);
  }

  /** Lets every promise that can settle do so. */
  async settle(): Promise<void> {
    await this.time.advance(0);
  }
}
