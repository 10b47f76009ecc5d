import { ChordNode } from "../../core/chord_node.ts";
import { Maintenance } from "../../core/ring/maintenance.ts";
import { Peers } from "../../core/ring/peers.ts";
import { isCloserSuccessor, reconcile } from "../../core/ring/ring_state.ts";
import { type Mutant, plantAll, replaceMethod } from "./mutant.ts";

/** Bugs of the ring's pointers. */
export const ringMutants: readonly Mutant[] = [
  {
    name: "oneSuccessor",
    breaks: "the successor list has one entry, so two neighbours that die together tear the ring",
    regime: "wild",
    plant: () =>
      replaceMethod(
        ChordNode as { open: typeof ChordNode.open },
        "open",
        (open) => (self, config, ports, vitals) =>
          open.call(ChordNode, self, { ...config, successors: 1 }, ports, vitals),
      ),
  },
  {
    name: "notifyUnasked",
    breaks: "whoever says that it is our successor is believed, though nobody has asked it",
    regime: "guarded",
    plant: () =>
      replaceMethod(Maintenance.prototype, "notified", (notified) =>
        async function (node, as) {
          const { member } = this;
          if (as !== "successor" || !isCloserSuccessor(member.state, node)) {
            return await notified.call(this, node, as);
          }
          member.apply(reconcile(member.state, node, member.state.successors, member.config.successors));
        }),
  },
  {
    name: "deadStillUsed",
    breaks: "a dead node stays on every list and is asked as if it were there",
    regime: "faults",
    plant: () =>
      plantAll(
        replaceMethod(Peers.prototype, "isUsable", () => () => true),
        replaceMethod(Peers.prototype, "isGone", () => () => false),
      ),
  },
];
