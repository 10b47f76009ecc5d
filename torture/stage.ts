import type { SeededRandom } from "../sim/random.ts";
import type { Caller } from "./caller.ts";
import type { Nemesis } from "./deeds.ts";
import type { FaultKind } from "./nemesis.ts";
import type { Ring } from "./ring.ts";
import type { Workload } from "./workload.ts";

/** The figures of a run. */
export interface Figures {
  readonly nodes: number;
  readonly minutes: number;
  readonly keys: number;
  readonly clients: number;
  readonly rate: number;
  readonly killEvery: number;
  readonly faults: readonly FaultKind[];
}

/** Something that a scenario wants to see, beyond what every run has to keep. */
export interface Expectation {
  readonly what: string;
  readonly isMet: boolean;
}

/** What a scenario has to play with. */
export interface Stage {
  readonly seed: number;
  readonly figures: Figures;
  readonly ring: Ring;
  readonly nemesis: Nemesis;
  readonly workload: Workload;
  readonly caller: Caller;
  readonly random: SeededRandom;
  readonly note: (line: string) => void;
  readonly expect: (what: string, isMet: boolean) => void;
  /** Says loudly that something was not tried. */
  readonly skip: (what: string) => void;
}

/** A story of what is done to the ring. The load, the healing and the judgement are the same for all. */
export interface Scenario {
  readonly summary: string;
  /** What it takes if the command line says nothing else. */
  readonly figures?: Partial<Figures>;
  /** Places kept free for nodes that join on stage. */
  readonly newcomers?: number;
  /** Through how many nodes each key is read at the end. */
  readonly ways?: number;
  /** Called for each node's directory before its first start. */
  readonly prepare?: (ring: Ring) => Promise<void>;
  /** The clients are at work already. Whatever it stopped and did not mark as gone is started again after it. */
  readonly act: (stage: Stage) => Promise<void>;
  /** Called when the ring is whole again and before the final reads. */
  readonly finale?: (stage: Stage) => Promise<void>;
  /** Called when all nodes have ended. */
  readonly cleanUp?: (ring: Ring) => Promise<void>;
}
