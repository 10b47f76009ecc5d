import { assert } from "@std/assert";
import fc from "fast-check";
import { createBody } from "../../../transport/key_routes.ts";
import { hostileBytes, hostileJson, hostileText, utf8 } from "../hostile.ts";
import { type FuzzProperty, trialsOf } from "../property.ts";
import { fitting, nearlyFitting, type Vocabulary } from "../schema_arbitrary.ts";
import { TargetRing } from "../target_ring.ts";
import { assertRestAnswer } from "../well_formed.ts";

/** A path of the interface as its own document describes it, so that a new one is tried by itself. */
interface Route {
  readonly path: string;
  readonly method: string;
  readonly queries: readonly string[];
}

interface Input {
  readonly node: number;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

const headerNames = [
  ...["accept", "content-type", "if-match", "if-none-match", "idempotency-key", "origin", "cookie", "range"],
  ...["authorization", "x-rondo-deadline-ms", "x-rondo-cluster", "x-rondo-to", "x-rondo-from", "upgrade"],
  ...["sec-fetch-site", "sec-websocket-version", "sec-websocket-key", "content-encoding", "x-rondo-csrf"],
];
const headerValues = [
  ...["application/json", "text/csv", "application/x-ndjson", "application/octet-stream", "text/plain", "*"],
  ...[
    "websocket",
    "13",
    "8",
    "gzip",
    "0",
    "5",
    "4999",
    "-1",
    "cross-site",
    "null",
    "rondo",
    "Bearer x",
    "*/*",
  ],
  ...[`"000000000001.0000.40"`, `W/"x"`, `"`, "http://n1", "https://evil.example", "bytes=0-1"],
];

function inputsFor(routes: readonly Route[], vocabulary: Vocabulary): fc.Arbitrary<Input> {
  const words = vocabulary.filter((word) => typeof word === "string");
  const text = fc.oneof(fc.constantFrom(...words), hostileText);
  const encoded = text.map((word) => (word.isWellFormed() ? encodeURIComponent(word) : word));
  const piece = fc.oneof({ weight: 3, arbitrary: encoded }, text);
  const known = fc.constantFrom(...routes).chain(({ method, path, queries }) =>
    fc.record({
      method: fc.oneof(
        { weight: 4, arbitrary: fc.constant(method) },
        fc.constantFrom("GET", "PUT", "DELETE", "HEAD"),
      ),
      target: fc.tuple(piece, queryFor(queries, piece)).map(([word, query]) =>
        path.replace(/\{\w+\}/, word) + query
      ),
    })
  );
  const unknown = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "OPTIONS", "FOO"),
    target: fc.array(piece, { maxLength: 4 }).map((pieces) => `/${pieces.join("/")}`),
  });
  const schemaBody = fc.oneof(
    fitting(createBody, vocabulary),
    nearlyFitting(createBody, vocabulary),
    hostileJson,
  );
  return fc.record({
    node: fc.nat(2),
    where: fc.oneof({ weight: 4, arbitrary: known }, unknown),
    headers: fc.array(
      fc.tuple(fc.constantFrom(...headerNames), fc.oneof(fc.constantFrom(...headerValues), text)),
      { maxLength: 4 },
    ),
    body: fc.oneof(hostileBytes, schemaBody.map((json) => utf8(JSON.stringify(json))), rowsBody),
  }).map(({ where, ...input }) => ({ ...where, ...input }));
}

const rowsBody = fc.constantFrom("key,value\nopen-1,1\n", `{"key":"open-2","value":"AA=="}`).map(utf8);

function queryFor(names: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const name = names.length === 0
    ? hostileText
    : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, value);
  const usual = fc.constantFrom(
    "1",
    "10",
    "ring",
    "node",
    "true",
    "quorum",
    "one",
    "csv",
    "skip",
    "newer",
    "warn",
  );
  return fc.array(fc.tuple(name, fc.oneof(usual, value)), { maxLength: 3 })
    .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map((pair) => pair.join("=")).join("&")}`));
}

/** The request as a server would hand it over: its target as it was sent, and no header that cannot travel. */
function requestOf({ body, headers, method, target }: Input): Request {
  const sent = new Headers();
  for (const [name, value] of headers) {
    if (/^[\t\x20-\x7e]*$/.test(value)) sent.set(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  if (hasBody) sent.set("content-length", String(body.length));
  const init = { method, headers: sent, ...(hasBody ? { body: body as BodyInit } : {}) };
  const request = new Request("http://n1/", init);
  return Object.defineProperty(request, "url", { value: `http://n1${wireTarget(target)}` });
}

/** What an HTTP parser lets through: no blanks, no controls. */
function wireTarget(target: string): string {
  return target.replace(/[^\x21-\x7e]/g, (char) => (char.isWellFormed() ? encodeURIComponent(char) : "%EF"));
}

async function routesOf(ring: TargetRing): Promise<Route[]> {
  const { text } = await ring.ask(0, new Request("http://n1/openapi.json"));
  const { paths } = JSON.parse(text) as {
    paths: Record<string, Record<string, { parameters: Parameter[] }>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters }]) => ({
      path,
      method: method.toUpperCase(),
      queries: parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
    }))
  );
  assert(routes.length > 20);
  return routes;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

export const rest: FuzzProperty = {
  name: "rest",
  summary: "any HTTP request at a node of a ring gets an answer of ours, and harms nothing",
  share: 20,
  roundMax: 250,
  isStateful: true,
  open: async () => {
    const ring = await TargetRing.of(3);
    const inputs = inputsFor(await routesOf(ring), ring.vocabulary);
    return trialsOf(inputs, async (input) => {
      assertRestAnswer(await ring.ask(input.node, requestOf(input)));
      await ring.assertUnharmed();
    });
  },
};
