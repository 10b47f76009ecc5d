import fc from "fast-check";
import { type MethodDefinition, methods } from "../../../core/protocol.ts";
import { type FuzzProperty, trialsOf } from "../property.ts";
import { fitting, nearlyFitting, type Vocabulary } from "../schema_arbitrary.ts";
import { TargetRing } from "../target_ring.ts";
import { assertRpcAnswer } from "../well_formed.ts";

interface Input {
  readonly node: number;
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
}

/** Members change who keeps what by these, and are believed: docs/guarantees.md says so, and SECURITY.md. */
const trusted = ["partition.learn", "partition.prepare", "partition.accept", "node.forget"];

function inputsFor(names: readonly string[], vocabulary: Vocabulary): fc.Arbitrary<Input> {
  const definitions: Readonly<Record<string, MethodDefinition>> = methods;
  const calls = names.map((method) => {
    const params = (definitions[method] as MethodDefinition).params;
    return fc.record({
      method: fc.constant(method),
      params: fc.oneof(
        { weight: 3, arbitrary: fitting(params, vocabulary) },
        nearlyFitting(params, vocabulary),
      ),
    });
  });
  return fc.record({ node: fc.nat(3), calls: fc.array(fc.oneof(...calls), { minLength: 1, maxLength: 3 }) });
}

function requestOf({ calls }: Input): Request {
  const members = calls.map((call, id) => ({ jsonrpc: "2.0", ...call, id }));
  const body = JSON.stringify(members.length === 1 ? members[0] : members);
  return new Request("http://n1/rpc", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}

const stateful = { roundMax: 250, isStateful: true } as const;

export const peers: FuzzProperty = {
  name: "peers",
  summary: "any call of the protocol is answered in form, and moves no pointer and no copy",
  share: 12,
  ...stateful,
  open: async () => {
    const ring = await TargetRing.of(4);
    const names = Object.keys(methods).filter((name) => !trusted.includes(name));
    return trialsOf(inputsFor(names, ring.vocabulary), async (input) => {
      assertRpcAnswer(await ring.ask(input.node, requestOf(input)));
      await ring.assertUnharmed();
    });
  },
};

export const views: FuzzProperty = {
  name: "views",
  summary: "what a member is believed is answered in form too, and moves no pointer",
  share: 4,
  ...stateful,
  open: async () => {
    const ring = await TargetRing.of(4);
    // A liar can tell two nodes of two views of one epoch; among the honest the simulator takes that for a bug.
    ring.small.hasOneMaker = false;
    return trialsOf(inputsFor(trusted, ring.vocabulary), async (input) => {
      assertRpcAnswer(await ring.ask(input.node, requestOf(input)));
      await ring.assertInPlace();
    });
  },
};
