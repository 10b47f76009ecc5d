import type { NodeInfo, Phase } from "../core/protocol.ts";
import type { Ending } from "./node_process.ts";

/** `stopped` ended as it was asked to, `dead` did not; `unreachable` runs but does not answer. */
export type NodeState = "starting" | Phase | "unreachable" | "stopped" | "dead";

/** A node as the launcher sees it. */
export interface NodeView {
  readonly url: string;
  /** Null until it has said it. */
  readonly id: string | null;
  readonly state: NodeState;
  readonly isReady: boolean;
  /** Why it is not ready, or how it ended. */
  readonly remark: string;
  /** Its own word on itself; null when it does not answer. */
  readonly info: NodeInfo | null;
}

/** Answers missed in a row that make a node unreachable; one may be lost on a busy machine. */
const missesMax = 2;

/** What the launcher knows of one node from its answers, or their absence, and from the end of its process. */
export class NodeObserver {
  #latest: NodeInfo | null = null;
  #missed = 0;

  constructor(readonly url: string) {}

  observed(info: NodeInfo | null): void {
    if (info !== null) {
      this.#latest = info;
      this.#missed = 0;
    } else this.#missed++;
  }

  view(ending: Ending | null, lastWords: string): NodeView {
    const { url } = this;
    const latest = this.#latest;
    const id = latest?.id ?? null;
    // Somebody may have started it again by hand: what answers, lives.
    const isSilent = this.#missed >= (ending === null ? missesMax : 1);
    const info = isSilent ? null : latest;
    if (ending !== null && info === null) {
      const state = ending.code === 0 ? "stopped" : "dead";
      return { url, id, state, isReady: false, remark: remarkOn(ending, lastWords), info };
    }
    if (info === null) {
      return {
        url,
        id,
        state: latest === null ? "starting" : "unreachable",
        isReady: false,
        remark: "",
        info,
      };
    }
    const remark = info.reason ?? (ending === null ? "" : "started again");
    return { url, id, state: info.phase, isReady: info.ready, remark, info };
  }
}

function remarkOn({ code, signal }: Ending, lastWords: string): string {
  if (signal !== null) return `killed by ${signal}`;
  return code === 0 ? "" : `exit ${code}: ${lastWords}`;
}
