import { createDefine } from "fresh";
import type { RondoClient, Visitor } from "./client/mod.ts";

/** Who looks at a page, and how. */
export interface Visit {
  /** Null for whoever has to sign in first. */
  readonly visitor: Visitor | null;
  /**
   * The machine to which there has to be a tunnel before somebody can sign in; null on that machine itself. Without
   * TLS a cookie is safe nowhere else.
   */
  readonly tunnelTo: string | null;
}

/** What every page knows of the node that serves it. */
export interface State extends Visit {
  /** As other nodes reach it; a browser may have come another way. */
  readonly selfUrl: string;
  readonly selfId: string;
  readonly cluster: string;
  /** Whether the node may be made to crash from the console. */
  readonly allowKill: boolean;
  /** Asks the node itself, within the process. */
  readonly client: RondoClient;
}

export const define = createDefine<State>();
