/** Everything that can go wrong in a simulated run, by the names under which it is counted. */
export const faultKinds = [
  "crash", // power off; the disk stays
  "powerCut", // most hosts crash at once
  "restartSoon", // a crashed host is back within seconds
  "restartLate", // a crashed host comes back after everybody has given it up
  "flap", // a host comes and goes every few seconds
  "leave", // a node says goodbye and hands over
  "join", // a node that was not there comes in
  "pause", // a node runs no event for up to three seconds (SIGSTOP, a virtual machine that is moved)
  "longPause", // the same until others take it for dead
  "slowNode", // all messages of a host take ten times as long
  "loss", // requests get lost for a while
  "replyLoss", // answers get lost for a while: the effect happens, nobody hears of it
  "repeats", // requests arrive again later, for a while
  "delays", // some messages are overtaken by later ones, for a while
  "partition", // no message between two sets of hosts
  "oneWay", // none in one direction
  "cutAtChange", // the network breaks in two at the moment when a view was decided, before anybody was told
  "skew", // a wall clock that was off from the beginning
  "clockJump", // a wall clock that jumps
  "diskLoss", // a crash after which the disk is empty
  "bitRot", // records that fail their checksum
  "slowDisk", // a disk that takes hundreds of milliseconds
  "fullDisk", // a disk that refuses writes
  "lostRequest", // counted by the message, like the rest
  "lostReply",
  "repeatedRequest",
  "delayedMessage",
  "cutRequest", // lost between two sides of a partition
  "cutReply",
  "refused", // nobody listens at a dead host's address
  "fullWrite", // a write that a full disk refused
] as const;

export type FaultKind = typeof faultKinds[number];

/** How often each fault has happened. A run that never met a kind of fault proves nothing about it. */
export class Faults {
  readonly hits: Record<FaultKind, number>;

  constructor(hits: Partial<Record<FaultKind, number>> = {}) {
    this.hits = Object.fromEntries(faultKinds.map((kind) => [kind, hits[kind] ?? 0])) as Faults["hits"];
  }

  hit(kind: FaultKind): void {
    this.hits[kind]++;
  }

  add(other: Readonly<Record<FaultKind, number>>): void {
    for (const kind of faultKinds) this.hits[kind] += other[kind];
  }

  /** Kinds that were met less than `times` times. */
  rarerThan(times: number): FaultKind[] {
    return faultKinds.filter((kind) => this.hits[kind] < times);
  }
}
