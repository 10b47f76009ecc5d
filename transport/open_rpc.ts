import * as z from "zod";
import { errorCode } from "../core/errors.ts";
import { type MethodDefinition, methods, protocolVersion } from "../core/protocol.ts";

/** A JSON Schema or a part of the document; what is in it is for readers, not for this code. */
export type JsonObject = { [member: string]: unknown };

/** The OpenRPC description of `POST /rpc`, made from the method table. What `rpc.discover` answers. */
export function openRpcDocument(): JsonObject {
  return {
    openrpc: "1.3.2",
    info: {
      title: "Rondo",
      description: "A Chord ring that stores keys.",
      version: `${protocolVersion}.0.0`,
    },
    methods: Object.entries(methods).map(([name, definition]) => describeMethod(name, definition)),
    components: { errors: describeErrors() },
  };
}

/** The JSON Schema of what travels: for a schema that brands or transforms, its input. */
export function jsonSchemaOf(schema: z.core.$ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

function describeMethod(name: string, { summary, params, result }: MethodDefinition): JsonObject {
  return {
    name,
    summary,
    paramStructure: "either",
    params: describeParams(jsonSchemaOf(params)),
    result: { name: "result", schema: jsonSchemaOf(result) },
    errors: Object.keys(errorCode).map((error) => ({ $ref: `#/components/errors/${error}` })),
  };
}

function describeParams(schema: JsonObject): JsonObject[] {
  const required = new Set((schema["required"] ?? []) as string[]);
  const properties = (schema["properties"] ?? {}) as Record<string, JsonObject>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.has(name),
    schema: property,
  }));
}

function describeErrors(): JsonObject {
  return Object.fromEntries(
    Object.entries(errorCode).map((
      [name, code],
    ) => [name, { code, message: errorMeanings[name as ErrorName] }]),
  );
}

type ErrorName = keyof typeof errorCode;

/** A record over the codes, so that a new code cannot be left without a meaning. */
const errorMeanings: Readonly<Record<ErrorName, string>> = {
  parse: "Parse error",
  invalidRequest: "Invalid Request",
  methodNotFound: "Method not found",
  invalidParams: "Invalid params",
  internal: "Internal error",
  unavailable: "No quorum, no contact, or an absence that cannot be vouched for",
  unauthenticated: "No valid credentials",
  forbidden: "Not allowed to the caller's role",
  notOwner: "Another node owns the key; data.hint says which",
  wrongRing: "Another ring, protocol or receiver was meant",
  staleIncarnation: "A later life of the sender is known",
  replayedOrExpired: "The message was seen before or is too old",
  deadlineExceeded: "Out of time",
  overloaded: "Too much at once; data.retryAfterMs says when to come back",
  tooLarge: "The value or the body is over the limit",
  storageFull: "No room for the record",
  hopLimit: "The lookup went around too long",
  clockSkew: "The clocks differ too much",
  badRecord: "The record does not match its checksum",
  draining: "The node is leaving",
  versionConflict: "The condition of the write did not hold",
};
