import type { JSX } from "preact";
import { address, plural, shortId } from "../ring/words.ts";
import { DangerDialog } from "../shell/DangerDialog.tsx";
import { itemWords } from "../shell/ring_states.ts";
import type { ForgettableNode } from "./forgetting.ts";

interface ForgetDialogProps {
  readonly node: ForgettableNode;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Before what only a dead node had is given up with it. */
export function ForgetDialog({ node, onConfirm, onClose }: ForgetDialogProps): JSX.Element {
  const word = shortId(node.id, 4);
  return (
    <DangerDialog
      title={`Give up node ${word} for good?`}
      confirmWord={word}
      actionLabel="Give it up"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <ul>
        <li>
          {address(node.url)} is {itemWords[node.state]}. {node.partitions === null
            ? "How many partitions count on it is not known."
            : `${
              plural(node.partitions, "partition")
            } count on it, as far as this node has heard, and stop doing so.`}
        </li>
        <li>What only this node had is lost, also if it comes back later.</li>
        <li>All other nodes that are reached are told the same.</li>
      </ul>
    </DangerDialog>
  );
}
