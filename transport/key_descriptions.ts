import { createBody } from "./key_routes.ts";
import type { JsonObject } from "./open_rpc.ts";
import { jsonSchemaOf } from "./open_rpc.ts";
import type { RouteDescription } from "./route.ts";

/** The routes of single keys for the OpenAPI document; `KeyRoutes` answers them without the router. */
export const keyDescriptions: readonly RouteDescription[] = [
  {
    method: "GET",
    path: "/api/keys/{key}",
    summary: "The value of a key; its bytes with Accept: application/octet-stream",
    query: { consistency: "one, quorum or all" },
    answers: { 200: "value", 404: "absent" },
  },
  {
    method: "PUT",
    path: "/api/keys/{key}",
    summary: "Stores the body as the key's value. Heeds If-Match, If-None-Match: * and Idempotency-Key",
    query: {
      ttl: "seconds after which the key is gone",
      consistency: "copies that have to be durable: one, quorum or all",
    },
    answers: { 200: "written", 201: "written" },
  },
  {
    method: "DELETE",
    path: "/api/keys/{key}",
    summary: "Deletes a key, also one that does not exist. Heeds If-Match and Idempotency-Key",
    query: { consistency: "copies that have to be durable: one, quorum or all" },
    answers: { 200: "deleted" },
  },
];

/** What the two writing routes take. */
export function keyRequestBody({ method, path }: RouteDescription): JsonObject {
  if (method === "PUT") return requestBody("application/octet-stream", {});
  if (method === "POST" && path === "/api/keys") {
    return requestBody("application/json", jsonSchemaOf(createBody));
  }
  return {};
}

function requestBody(mediaType: string, schema: JsonObject): JsonObject {
  return { requestBody: { required: true, content: { [mediaType]: { schema } } } };
}
