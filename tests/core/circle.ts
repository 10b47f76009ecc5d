import { type Id, IdSpace } from "../../core/id.ts";
import type { NodeRef } from "../../core/node_ref.ts";

/** A circle of 256 points: small enough to write ids by hand, two digits each. */
export const circle = new IdSpace(8);

/** The point with these two hex digits. */
export function at(hex: string): Id {
  return circle.parse(hex);
}

/** The node at this point. Its address does not lead to its id; only whole nodes check that. */
export function node(hex: string): NodeRef {
  return { id: at(hex), url: `http://n${hex}` };
}

/** Several nodes at once: `nodes("10 20 30")`. */
export function nodes(hexes: string): NodeRef[] {
  return hexes.split(" ").filter((hex) => hex !== "").map(node);
}

/** The ids of nodes as one line, for comparing and for reading. */
export function idsOf(list: Iterable<NodeRef>): string {
  return [...list].map(({ id }) => id).join(" ");
}
