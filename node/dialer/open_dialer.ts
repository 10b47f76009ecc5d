import type { Log } from "../../core/ports.ts";
import type { NodeOptions } from "../node_options.ts";
import { AddressRules } from "./address_rules.ts";
import { Dialer } from "./dialer.ts";
import { peerNetworks } from "./peer_networks.ts";

/** The dialer that the settings ask for. */
export function openDialer(options: NodeOptions, log: Log): Dialer {
  const networks = peerNetworks(options);
  log("debug", "dial.networks", { networks: networks.map(({ address, prefix }) => `${address}/${prefix}`) });
  return new Dialer({ rules: new AddressRules(networks), log });
}

/** Says it when the dialer is the only wall: nothing else would hold back code that went around it. */
export async function tellOfWalls(log: Log): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "net" });
  if (state === "granted") {
    log("info", "dial.oneWall", { advice: "deno run --allow-net=NETWORKS is a second one" });
  }
}
