import { Signal } from "@preact/signals";
import * as devalue from "devalue";
import type { IslandEntry } from "./build.ts";
import type { PageState } from "./shared.ts";

/** Stands in the props of an island for children, which travel as the page's own markup. */
export class SlotReference {
  constructor(readonly slot: number) {}
}

/** One island on a page, with the props that the browser needs to render it again. */
export interface IslandUse {
  readonly entry: IslandEntry;
  readonly props: Record<string, unknown>;
}

/**
 * The islands of a page as text. What several of them share, signals above all, is one thing again when it is read.
 *
 * @throws TypeError for props that cannot travel, with the names of the island and the prop.
 */
export function serializeIslands(islands: readonly IslandUse[], page: Omit<PageState, "islands">): string {
  const state: PageState = {
    ...page,
    islands: islands.map(({ entry, props }) => [entry.script, entry.exportName, props]),
  };
  try {
    return devalue.stringify(state, {
      Signal: (value) => value instanceof Signal && [value.peek()],
      Slot: (value) => value instanceof SlotReference && [value.slot],
    });
  } catch (error) {
    if (!(error instanceof devalue.DevalueError)) throw error;
    throw new TypeError(explanation(error, islands), { cause: error });
  }
}

/** The path begins `.islands[INDEX][2]`; what follows is the prop. */
function explanation({ path, message }: devalue.DevalueError, islands: readonly IslandUse[]): string {
  const [, index = "", prop = ""] = /^\.islands\[(\d+)\]\[2\](.*)$/.exec(path) ?? [];
  const name = islands[Number(index)]?.entry.name ?? "";
  const kind = message.replace(/^Cannot stringify /, "");
  return `Cannot send the prop props${prop} to the island ${name}: it is ${kind}`;
}
