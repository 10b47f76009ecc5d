import { assertEquals } from "@std/assert";
import * as z from "zod";
import { methods } from "../../core/protocol.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** Where a schema takes as much as anybody likes to send. */
function unboundedIn(schema: Schema, place: string): string[] {
  const under = (inner: unknown, name: string) =>
    typeof inner === "object" && inner !== null ? unboundedIn(inner as Schema, `${place}${name}`) : [];
  const found: string[] = [];
  const types: readonly unknown[] = [schema.type].flat();
  if (types.includes("array") && schema.maxItems === undefined) found.push(`${place} takes any number`);
  if (types.includes("string") && !isBoundedText(schema)) found.push(`${place} takes text of any length`);
  if (
    typeof schema.additionalProperties === "object" && Object.keys(schema.additionalProperties).length > 0
  ) {
    found.push(`${place} takes any number of members`);
  }
  return [
    ...found,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => under(inner, `.${name}`)),
    ...under(schema.items, "[]"),
    ...[...schema.anyOf ?? [], ...schema.oneOf ?? [], ...schema.allOf ?? []].flatMap((inner) =>
      under(inner, "")
    ),
  ];
}

function isBoundedText({ enum: choices, const: literal, maxLength, pattern }: Schema): boolean {
  return choices !== undefined || literal !== undefined || maxLength !== undefined ||
    (pattern !== undefined && /^\^[^*+]*\$$/.test(pattern.replaceAll("{2,40}", "{40}")));
}

Deno.test("every list and text of the protocol has an end, of parameters and of results", () => {
  const unbounded = Object.entries(methods).flatMap(([name, { params, result }]) =>
    Object.entries({ params, result }).flatMap(([part, schema]) =>
      unboundedIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), `${name} ${part}`)
    )
  );
  assertEquals(unbounded, []);
});

Deno.test("what has no end is found, wherever it is", () => {
  const rows: [schema: z.ZodType, places: string[]][] = [
    [z.object({ a: z.array(z.int()) }), [".a takes any number"]],
    [z.array(z.object({ a: z.string().nullable() })).max(2), ["[].a takes text of any length"]],
    [z.object({ a: z.record(z.string(), z.int()) }), [".a takes any number of members"]],
    [z.object({ a: z.string().regex(/^a+$/) }), [".a takes text of any length"]],
    [z.object({ a: z.string().max(1), b: z.enum(["c"]), d: z.literal("e") }), []],
  ];
  for (const [schema, places] of rows) {
    assertEquals(unboundedIn(z.toJSONSchema(schema, { io: "input" }), ""), places);
  }
});
