import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ChordError } from "../../../core/errors.ts";
import { type MethodDefinition, type MethodName, methods, type Params } from "../../../core/protocol.ts";
import { HttpTransport } from "../../../transport/http_transport.ts";
import { nodeAt } from "../../transport/fake_node.ts";
import { brokenJson, hostileBytes, hostileJson, utf8 } from "../hostile.ts";
import { type FuzzProperty, pure, trialsOf } from "../property.ts";
import { fitting, nearlyFitting, type Vocabulary } from "../schema_arbitrary.ts";
import { TargetRing } from "../target_ring.ts";

const definitions: Readonly<Record<string, MethodDefinition>> = methods;
const names = Object.keys(definitions) as MethodName[];

/** What comes back over HTTP for a call: of the right form or nearly, or anything at all. */
const heard = fc.oneof(...names.map((method) => {
  const { params, result } = methods[method];
  const outcome = fc.oneof(fitting(result), nearlyFitting(result), hostileJson);
  const answer = outcome.map((result) => ({ jsonrpc: "2.0", id: 1, result }));
  return fc.record({
    method: fc.constant(method),
    params: fitting(params),
    status: fc.constantFrom(200, 204, 400, 404, 421, 500, 503),
    body: fc.oneof(
      { weight: 3, arbitrary: answer.map((json) => utf8(JSON.stringify(json))) },
      brokenJson(answer).map(utf8),
      hostileBytes,
    ),
  });
}));

export const hearing = pure({
  name: "hearing",
  summary: "whatever a peer answers over HTTP, the caller has a result of the right shape or a ChordError",
  share: 10,
  inputs: heard,
  trial: async ({ body, method, params, status }) => {
    const fetch = () => Promise.resolve(new Response(status === 204 ? null : body as BodyInit, { status }));
    const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1_000, fetch });
    try {
      const result = await transport.call(nodeAt(8441), method, params as Params<MethodName>, 1_000);
      assert(methods[method].result.safeParse(JSON.parse(JSON.stringify(result))).success);
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
    } finally {
      await transport.close();
    }
  },
});

interface Lies {
  readonly answers: Readonly<Record<string, unknown>>;
  /** Calls that are answered by a lie; the others by the truth. */
  readonly oneIn: number;
}

function liesFor(vocabulary: Vocabulary): fc.Arbitrary<Lies> {
  const answers = Object.entries(definitions).map((
    [name, { result }],
  ) => [name, fitting(result, vocabulary)]);
  return fc.record({ answers: fc.record(Object.fromEntries(answers)), oneIn: fc.constantFrom(1, 2, 5) });
}

/** How long a member lies, and how long the ring then has to come to rest. */
const lieMs = 3_000;
const restMs = 20_000;

export const liars: FuzzProperty = {
  name: "liars",
  summary: "a member that answers with well-formed lies stops nobody, and the ring is whole again after it",
  share: 0.2,
  roundMax: 10,
  isStateful: true,
  open: async () => {
    const ring = await TargetRing.of(5);
    ring.small.hasOneMaker = false;
    return trialsOf(liesFor(ring.vocabulary), async (lies) => {
      const stop = lie(ring, lies);
      await ring.small.advance(lieMs);
      await ring.assertAnswers();
      stop();
      await ring.small.advance(restMs);
      ring.small.assertIdeal();
    });
  },
};

/** The last node of the ring answers with lies until that is ended. */
function lie(ring: TargetRing, { answers, oneIn }: Lies): () => void {
  const life = ring.small.hostOf(ring.nodes.at(-1) as typeof ring.nodes[number]).life;
  assert(life !== null);
  const honest = life.handle;
  let calls = 0;
  life.handle = async (method, params, context) => {
    if (++calls % oneIn !== 0) return await honest(method, params, context);
    return methods[method].result.parse(answers[method]) as never;
  };
  return () => {
    life.handle = honest;
    assertEquals(life.isAlive, true);
  };
}
