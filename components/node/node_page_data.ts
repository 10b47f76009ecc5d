import type { RondoClient } from "../../client/mod.ts";
import type { NodeInfo } from "../../core/protocol.ts";

export interface NodePageData {
  readonly info: NodeInfo;
}

export async function loadNodePage(client: RondoClient): Promise<NodePageData> {
  return { info: await client.info() };
}
