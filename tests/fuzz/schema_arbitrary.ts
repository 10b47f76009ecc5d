import fc from "fast-check";
import * as z from "zod";
import { hostileJson, hostileText } from "./hostile.ts";

/** Values that mean something where they are sent: ids that exist, keys that are there. Used wherever they fit. */
export type Vocabulary = readonly unknown[];

/** Members of an array, at most: what a schema allows beyond is a matter of size, which rows of their own try. */
const itemsMax = 6;

type Schema = z.core.$ZodType;

/** Values that the schema takes. A new method of the protocol is tried without a word about it here. */
export function fitting(schema: Schema, vocabulary: Vocabulary = []): fc.Arbitrary<unknown> {
  const made = madeFor(schema, vocabulary);
  const known = vocabulary.filter((word) => z.safeParse(schema, word).success);
  return known.length === 0 ? made : fc.oneof(made, { weight: 3, arbitrary: fc.constantFrom(...known) });
}

function madeFor(schema: Schema, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const inner = (type: Schema) => fitting(type, vocabulary);
  const { $ZodArray, $ZodBoolean, $ZodEnum, $ZodLiteral, $ZodNullable, $ZodNumber, $ZodObject } = z.core;
  const { $ZodOptional, $ZodPipe, $ZodReadonly, $ZodRecord, $ZodString, $ZodUnion, $ZodUnknown } = z.core;
  if (schema instanceof $ZodObject) return objectFor(schema, vocabulary);
  if (schema instanceof $ZodArray) return arrayFor(schema, inner(schema._zod.def.element));
  if (schema instanceof $ZodUnion) return fc.oneof(...schema._zod.def.options.map(inner));
  if (schema instanceof $ZodNullable) return fc.option(inner(schema._zod.def.innerType), { freq: 3 });
  if (schema instanceof $ZodReadonly || schema instanceof $ZodOptional) {
    return inner(schema._zod.def.innerType);
  }
  if (schema instanceof $ZodPipe) return inner(schema._zod.def.in);
  if (schema instanceof $ZodEnum || schema instanceof $ZodLiteral) {
    return fc.constantFrom(...schema._zod.values);
  }
  if (schema instanceof $ZodRecord) return fc.dictionary(fc.string(), inner(schema._zod.def.valueType));
  if (schema instanceof $ZodBoolean) return fc.boolean();
  if (schema instanceof $ZodNumber) return numberFor(schema);
  if (schema instanceof $ZodString) return stringFor(schema);
  if (schema instanceof $ZodUnknown) return hostileJson;
  throw new TypeError(`Cannot make values for a schema of type ${schema._zod.def.type}`);
}

function objectFor(schema: z.core.$ZodObject, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const shape: Readonly<Record<string, Schema>> = schema._zod.def.shape;
  const members = Object.entries(shape).map(([name, type]) => [name, fitting(type, vocabulary)]);
  const requiredKeys = Object.keys(shape).filter((name) => !(shape[name] instanceof z.core.$ZodOptional));
  return fc.record<Record<string, unknown>>(Object.fromEntries(members), { requiredKeys });
}

function arrayFor(schema: z.core.$ZodArray, item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { minItems = 0, maxItems = Infinity } = z.toJSONSchema(schema, { io: "input" });
  return fc.array(item, { minLength: minItems, maxLength: Math.max(minItems, Math.min(itemsMax, maxItems)) });
}

/** Whole numbers gather at the ends of what is allowed, and near zero. */
function numberFor(schema: z.core.$ZodNumber): fc.Arbitrary<number> {
  const { minimum = -Infinity, maximum = Infinity } = z.toJSONSchema(schema, { io: "input" });
  const min = Math.max(minimum, Number.MIN_SAFE_INTEGER);
  const max = Math.min(maximum, Number.MAX_SAFE_INTEGER);
  const small = fc.integer({ min: Math.ceil(min), max: Math.min(max, Math.ceil(Math.max(min, 0)) + 64) });
  return fc.oneof(small, fc.maxSafeInteger().map((n) => Math.min(max, Math.max(min, n))), fc.constant(max));
}

function stringFor(schema: z.core.$ZodString): fc.Arbitrary<string> {
  const { pattern, minLength = 0, maxLength = Infinity } = z.toJSONSchema(schema, { io: "input" });
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const isFit = (text: string) => text.length >= minLength && text.length <= maxLength;
  return fc.oneof(
    hostileText.filter(isFit),
    fc.base64String({ minLength, maxLength: Math.min(maxLength, 64) }),
  );
}

/** Values of the schema in which one thing was changed, so that it may not take them any more. */
export function nearlyFitting(schema: Schema, vocabulary: Vocabulary = []): fc.Arbitrary<unknown> {
  const change = fc.record({
    kind: fc.constantFrom("replace", "drop", "add", "wrap", "repeat"),
    at: fc.nat(),
    name: hostileText,
    value: hostileJson,
  });
  return fc.tuple(fitting(schema, vocabulary), change).map(([value, how]) => changed(value, how));
}

interface Change {
  readonly kind: string;
  readonly at: number;
  readonly name: string;
  readonly value: unknown;
}

function changed(root: unknown, { at, kind, name, value }: Change): unknown {
  const copy = { root: structuredClone(root) };
  const places = placesIn(copy);
  const [holder, member] = places[at % places.length] as Place;
  const old = holder[member];
  if (kind === "drop" && holder !== copy) delete holder[member];
  else if (kind === "wrap") holder[member] = [old];
  else if (kind === "repeat") holder[member] = Array(100).fill(old);
  else if (kind === "add" && typeof old === "object" && old !== null) Object.assign(old, { [name]: value });
  else holder[member] = value;
  return copy.root;
}

type Place = readonly [holder: Record<string, unknown>, member: string];

/** Every member of every object and array within. */
function placesIn(holder: Record<string, unknown>): Place[] {
  return Object.entries(holder).flatMap(([member, value]) => {
    const here: Place = [holder, member];
    return typeof value === "object" && value !== null
      ? [here, ...placesIn(value as Record<string, unknown>)]
      : [here];
  });
}
