import type { NodeRef } from "../core/node_ref.ts";
import { openAccess } from "../transport/guard/access.ts";
import { Guard } from "../transport/guard/guard.ts";
import { HostList } from "../transport/guard/hosts.ts";
import type { NodeOptions } from "./node_options.ts";

/** Who may ask this node what, by its settings. */
export function guardOf({ url }: NodeRef, { allowHost }: Pick<NodeOptions, "allowHost">): Guard {
  return new Guard({ hosts: new HostList([new URL(url).host, ...allowHost]), access: openAccess });
}
