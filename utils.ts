import { createDefine } from "fresh";
import type { RondoClient } from "./client/mod.ts";

/** What every page knows of the node that serves it. */
export interface State {
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
