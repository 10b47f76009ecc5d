import { assert } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import {
  type MethodDefinition,
  type MethodName,
  methods,
  type Params,
  type Result,
} from "../../core/protocol.ts";
import { SmallWorld } from "./small_world.ts";

/**
 * Calls a node as the wire does: parameters and result go through JSON and the method table.
 *
 * @param from the id under which the call was signed, if it was.
 */
export async function call<M extends MethodName>(
  small: SmallWorld,
  node: ChordNode,
  method: M,
  params: Params<M>,
  from?: string,
): Promise<Result<M>> {
  const definition: MethodDefinition = methods[method];
  const parsed = definition.params.parse(JSON.parse(JSON.stringify(params)));
  const result = await small.run(node.handle(method, parsed as never, { timeoutMs: 5_000, from }));
  return definition.result.parse(JSON.parse(JSON.stringify(result))) as Result<M>;
}

/** A ring of three that has run for long, and two of its nodes. */
export async function three(): Promise<{ small: SmallWorld; node: ChordNode; other: ChordNode }> {
  const small = await SmallWorld.ideal(3);
  const [node, other] = small.ring;
  assert(node !== undefined && other !== undefined);
  return { small, node, other };
}
