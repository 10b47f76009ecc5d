import type { ChordNode } from "../core/chord_node.ts";
import type { OperatorParts } from "../transport/maintenance_routes.ts";
import { effectiveSettings } from "./effective_settings.ts";
import { type NodeOptions, nodeOptions } from "./node_options.ts";
import type { Found } from "./settings.ts";

/** What an operator sees and does, with the settings as they came to be where they were left open. */
export function operatorParts(
  node: Pick<ChordNode, "config" | "maintain" | "self" | "upkeepReport">,
  { options, found, port, directory }: {
    readonly options: NodeOptions;
    readonly found: ReadonlyMap<string, Found>;
    readonly port: number;
    /** Null for a node that keeps its data in memory. */
    readonly directory: string | null;
  },
): OperatorParts {
  const { partitions, writeQuorum, readQuorum } = node.config;
  const values = { ...options, partitions, writeQuorum, readQuorum };
  const places = { port, advertise: node.self.url, dataDir: directory };
  return {
    settings: effectiveSettings(nodeOptions, found, { ...values, ...places }),
    maintain: (chore) => node.maintain(chore),
    upkeepReport: () => node.upkeepReport(),
  };
}
