import { between, type Id } from "../id.ts";

/**
 * What must hold of a ring's pointers, all looked at in one moment (chord.md 2.4; Zave's Alloy model). The simulator
 * asks it after every event, an operator's check of a running ring asks all but A10, which compares two moments.
 */
export const ringAssertionNames = [
  "A1", // every member has a live successor
  "A2", // there is a ring
  "A3", // there is only one
  "A4", // it is in order
  "A5", // every member leads into it
  "A6", // no list has repeats or its own node
  "A7", // every list runs clockwise
  "A8", // enough principals: members that no list skips
  "A9", // principals are in the ring
  "A10", // principals are lost only by their own failure
] as const;

export type RingAssertionName = typeof ringAssertionNames[number];

/** A member as the assertions see it. */
export interface MemberView {
  readonly id: Id;
  readonly successors: readonly Id[];
  readonly predecessor: Id | null;
}

/** All members at one moment, with what follows from their pointers. */
export class Snapshot {
  readonly members: ReadonlyMap<Id, MemberView>;
  /** First live successor; a lone member's is itself. */
  readonly best = new Map<Id, Id>();
  readonly ring: ReadonlySet<Id>;
  readonly principals: ReadonlySet<Id>;
  readonly #sorted: readonly Id[];

  constructor(views: Iterable<MemberView>) {
    this.members = new Map([...views].map((view) => [view.id, view]));
    this.#sorted = [...this.members.keys()].sort();
    for (const view of this.members.values()) {
      const best = view.successors.find((id) => this.members.has(id)) ?? this.#aloneBest(view);
      if (best !== undefined) this.best.set(view.id, best);
    }
    this.ring = this.#ringMembers();
    this.principals = this.#findPrincipals();
  }

  /** Members strictly between two points, clockwise. */
  *membersBetween(after: Id, before: Id): Generator<Id> {
    const count = this.#sorted.length;
    let at = this.#firstAfter(after);
    for (let i = 0; i < count; i++, at++) {
      const id = this.#sorted[at % count] as Id;
      if (!between(after, id, before)) return;
      yield id;
    }
  }

  /** The `n` members that follow, clockwise. */
  following(id: Id, n: number): Id[] {
    const at = this.#firstAfter(id);
    return Array.from({ length: n }, (_, i) => this.#sorted[(at + i) % this.#sorted.length] as Id);
  }

  /** The member before this one, counter-clockwise; a lone member's is itself. */
  preceding(id: Id): Id {
    return this.#sorted.at(this.#sorted.indexOf(id) - 1) as Id;
  }

  /** Where following best successors from `id` ends up going round. */
  cycleFrom(id: Id): Set<Id> {
    const seen = new Set<Id>();
    let at: Id | undefined = id;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      at = this.best.get(at);
    }
    const cycle = new Set<Id>();
    while (at !== undefined && !cycle.has(at)) {
      cycle.add(at);
      at = this.best.get(at);
    }
    return cycle;
  }

  #aloneBest(view: MemberView): Id | undefined {
    return view.successors.length === 0 && this.members.size === 1 ? view.id : undefined;
  }

  #ringMembers(): Set<Id> {
    const ring = new Set<Id>();
    const visited = new Set<Id>();
    for (const start of this.#sorted) {
      const path = new Set<Id>();
      let at: Id | undefined = start;
      while (at !== undefined && !visited.has(at)) {
        visited.add(at);
        path.add(at);
        at = this.best.get(at);
      }
      if (at === undefined || !path.has(at)) continue;
      for (let onRing: Id | undefined = at; onRing !== undefined && !ring.has(onRing);) {
        ring.add(onRing);
        onRing = this.best.get(onRing);
      }
    }
    return ring;
  }

  #findPrincipals(): Set<Id> {
    const principals = new Set(this.members.keys());
    for (const { id, successors } of this.members.values()) {
      let j = id;
      for (const k of successors) {
        for (const skipped of this.membersBetween(j, k)) principals.delete(skipped);
        j = k;
      }
    }
    return principals;
  }

  #firstAfter(id: Id): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as Id) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** What the assertions on one moment need to know beside it. */
export interface Moment {
  readonly snapshot: Snapshot;
  /** Length of a full successor list (r). */
  readonly successorsMax: number;
  /** Principals at the last look, and who failed since. */
  readonly before: {
    readonly principals: ReadonlySet<Id>;
    readonly failed: ReadonlySet<Id>;
    /** Principals that became so after the answers that are being applied now may have been given. */
    readonly fresh: ReadonlySet<Id>;
  } | null;
}

type RingAssertion = (moment: Moment) => boolean;

/** A1-A10 as functions of a moment. */
export const ringAssertions: Readonly<Record<RingAssertionName, RingAssertion>> = {
  A1: ({ snapshot }) => snapshot.best.size === snapshot.members.size,
  A2: ({ snapshot }) => snapshot.members.size === 0 || snapshot.ring.size > 0,
  A3: ({ snapshot }) => {
    const [any] = snapshot.ring;
    return any === undefined || snapshot.cycleFrom(any).size === snapshot.ring.size;
  },
  A4: ({ snapshot: { ring, best } }) => isOrdered(ring, best),
  A5: ({ snapshot }) =>
    [...snapshot.members.keys()].every((id) =>
      snapshot.ring.has(id) || [...snapshot.cycleFrom(id)].some((other) => snapshot.ring.has(other))
    ),
  A6: ({ snapshot }) =>
    every(snapshot, ({ id, successors }) => new Set([id, ...successors]).size === successors.length + 1),
  A7: ({ snapshot }) => every(snapshot, ({ id, successors }) => isClockwise([id, ...successors])),
  A8: ({ snapshot, successorsMax }) =>
    snapshot.members.size < successorsMax + 1 || snapshot.principals.size >= successorsMax + 1,
  A9: ({ snapshot }) => [...snapshot.principals].every((id) => snapshot.ring.has(id)),
  A10: ({ snapshot, before }) => {
    if (before === null || snapshot.principals.size >= before.principals.size) return true;
    if ([...before.principals].some((id) => before.failed.has(id))) return true;
    return [...before.principals].every((id) => snapshot.principals.has(id) || before.fresh.has(id));
  },
};

/** Q2: the quiet ring is ideal, to the end of every list. */
export function isIdeal(snapshot: Snapshot, successorsMax: number): boolean {
  return snapshot.ring.size === snapshot.members.size &&
    every(snapshot, (view) => isSameView(view, idealView(snapshot, view.id, successorsMax)));
}

/** How the member's pointers look in an ideal ring of the same members. */
export function idealView(snapshot: Snapshot, id: Id, successorsMax: number): MemberView {
  const others = snapshot.members.size - 1;
  return {
    id,
    successors: snapshot.following(id, Math.min(successorsMax, others)),
    predecessor: others === 0 ? null : snapshot.preceding(id),
  };
}

function isSameView(a: MemberView, b: MemberView): boolean {
  return a.predecessor === b.predecessor && a.successors.join() === b.successors.join();
}

function every(snapshot: Snapshot, holds: (view: MemberView) => boolean): boolean {
  for (const view of snapshot.members.values()) {
    if (!holds(view)) return false;
  }
  return true;
}

function isOrdered(ring: ReadonlySet<Id>, best: ReadonlyMap<Id, Id>): boolean {
  const sorted = [...ring].sort();
  return sorted.every((id, i) => best.get(id) === sorted[(i + 1) % sorted.length]);
}

/** A7: each entry lies clockwise of the one before, without passing the first. */
function isClockwise([first, ...rest]: readonly Id[]): boolean {
  if (first === undefined) return true;
  let last = first;
  for (const id of rest) {
    if (!between(last, id, first)) return false;
    last = id;
  }
  return true;
}
