import { keyRequestBody } from "./key_descriptions.ts";
import { type JsonObject, jsonSchemaOf } from "./open_rpc.ts";
import { type Shape, shapes } from "./rest_shapes.ts";
import { roleOf, type RouteDescription } from "./route.ts";

/** The OpenAPI 3.1 description of the REST interface, made from the table of its routes. */
export function openApiDocument(routes: readonly RouteDescription[]): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describe(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Rondo", description: "A Chord ring that stores keys.", version: "1.0.0" },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, jsonSchemaOf(shape)])),
    },
  };
}

function describe(route: RouteDescription): JsonObject {
  return {
    summary: route.summary,
    operationId: operationId(route),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query ?? {})],
    ...securityOf(route),
    ...(route.takes === undefined ? keyRequestBody(route) : fileBody(route.takes)),
    responses: {
      ...eachStatus(route.answers, (shape) => answer(`As asked (${shape})`, shape, route.gives)),
      ...eachStatus(route.refusals ?? {}, (shape) => answer(`Refused (${shape})`, shape)),
      default: answer("Refused, with the reason", "error"),
    },
  };
}

/** Whether it takes a token where the node asks for one, and with which role. */
function securityOf(route: RouteDescription): JsonObject {
  const role = roleOf(route);
  return role === null ? { security: [] } : { security: [{ token: [] }], "x-rondo-role": role };
}

function eachStatus(
  shapes: Readonly<Record<number, Shape>>,
  describeShape: (shape: Shape) => JsonObject,
): JsonObject {
  return Object.fromEntries(Object.entries(shapes).map(([status, shape]) => [status, describeShape(shape)]));
}

function fileBody(mediaTypes: readonly string[]): JsonObject {
  return { requestBody: { required: true, content: eachType(mediaTypes, { type: "string" }) } };
}

function eachType(mediaTypes: readonly string[], schema: JsonObject): JsonObject {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

/** `getApiNodeInfo`: unique because method and path are. */
function operationId({ method, path }: RouteDescription): string {
  const words = path.split(/[^a-zA-Z]+/).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function answer(
  description: string,
  shape: Shape,
  mediaTypes: readonly string[] = ["application/json"],
): JsonObject {
  return { description, content: eachType(mediaTypes, { $ref: `#/components/schemas/${shape}` }) };
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    description,
    schema: { type: "string" },
  }));
}
