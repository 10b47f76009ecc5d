import { useEffect, useState } from "preact/hooks";
import {
  distinctFingers,
  emptySnapshot,
  type Finger,
  nodeOf,
  type RingNode,
  type RingSnapshot,
} from "../components/ring/snapshot.ts";
import { liveStore, RondoError } from "../client/mod.ts";
import { hasSession } from "../client/page_session.ts";
import { LiveRing } from "./live_ring.ts";
import { NodeReach } from "./node_reach.ts";
import { ownClient } from "./own_client.ts";
import { PollingRing } from "./polling_ring.ts";
import { RingTicket } from "../client/ring_ticket.ts";
import type { RingSource } from "./ring_source.ts";

/** The ring as a page follows it. */
export interface FollowedRing {
  readonly snapshot: RingSnapshot;
  /** Null on the server: only a browser asks round. */
  readonly reach: NodeReach | null;
  readonly refresh: () => void;
}

/** The source of a page. Any other that keeps to `RingSource` can stand here. */
function sourceOf(cluster: string, reach: NodeReach): RingSource {
  return new LiveRing({ walks: new PollingRing({ cluster, reach }), store: liveStore() });
}

/** Undefined where nobody has to sign in. */
function ticketOfVisitor(): (() => Promise<string | null>) | undefined {
  return hasSession() ? new RingTicket(ownClient()).current : undefined;
}

export function useRing(cluster: string): FollowedRing {
  const [snapshot, setSnapshot] = useState(() => emptySnapshot(cluster));
  const [tools, setTools] = useState<{ reach: NodeReach; source: RingSource } | null>(null);
  useEffect(() => {
    const reach = new NodeReach({ ownUrl: location.origin, ticket: ticketOfVisitor() });
    const source = sourceOf(cluster, reach);
    setTools({ reach, source });
    return source.subscribe(setSnapshot);
  }, [cluster]);
  return { snapshot, reach: tools?.reach ?? null, refresh: () => tools?.source.refresh() };
}

export interface FollowedFingers {
  /** Null while they are asked for, and when there is no answer. */
  readonly fingers: readonly Finger[] | null;
  readonly problem: string | null;
}

const noFingers: FollowedFingers = { fingers: null, problem: null };

/** The finger table of a node, asked for again with every walk. */
export function useFingers({ snapshot, reach }: FollowedRing, nodeId: string | null): FollowedFingers {
  const [state, setState] = useState<FollowedFingers & { of: string | null }>({ ...noFingers, of: null });
  const node = nodeOf(snapshot, nodeId);
  useEffect(() => {
    if (reach === null || node === null) return;
    let isWanted = true;
    askFingers(reach, node).then((answer) => {
      if (isWanted) setState({ ...answer, of: node.id });
    });
    return () => {
      isWanted = false;
    };
  }, [reach, node?.id, snapshot.walkedAtMs]);
  return state.of === nodeId ? state : noFingers;
}

async function askFingers(reach: NodeReach, node: RingNode): Promise<FollowedFingers> {
  try {
    const { answer } = await reach.ask(node, (client, peer) => client.fingers(peer));
    return { fingers: distinctFingers(answer, node.id), problem: null };
  } catch (error) {
    if (error instanceof RondoError) return { fingers: null, problem: error.message };
    throw error;
  }
}

/** The node as it was when it was last in the ring, for when it is gone. */
export function useLastSeen(snapshot: RingSnapshot, nodeId: string | null): RingNode | null {
  const [last, setLast] = useState<RingNode | null>(null);
  const node = nodeOf(snapshot, nodeId);
  useEffect(() => {
    if (node !== null) setLast(node);
  }, [node]);
  return last?.id === nodeId ? last : null;
}

/** The time by the clock of the page, anew every second: ages grow also when nothing is heard. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
