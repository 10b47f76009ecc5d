import type { JSX } from "preact";
import type { NodeInfo } from "../../core/protocol.ts";
import { CopyButton } from "../ring/CopyButton.tsx";
import { address, duration } from "../ring/words.ts";
import { IdChip } from "../shell/IdChip.tsx";

/** Which node this is. */
export function Heading({ info, url }: { info: NodeInfo | null; url: string }): JSX.Element {
  return (
    <div class="node-heading">
      {info !== null && <IdChip id={info.id} />}
      <span class="mono">{address(url)}</span>
      <CopyButton what="address" text={url} />
      {info !== null && (
        <>
          <span>{phaseWords(info)}</span>
          <span>version {info.version}</span>
          <span>up {duration(info.uptimeMs)}</span>
          <span>life {info.incarnation}</span>
        </>
      )}
    </div>
  );
}

function phaseWords({ phase, partitionsUnsynced }: NodeInfo): string {
  if (phase !== "member") return phase;
  return partitionsUnsynced === 0 ? "member, copies complete" : "member, copies not complete";
}
