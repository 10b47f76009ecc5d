import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import * as z from "zod/mini";
import {
  isMethodName,
  type MethodDefinition,
  type MethodName,
  methods,
  ttlMsMax,
} from "../../core/protocol.ts";
import { formatVersion } from "../../core/data/version.ts";
import { at } from "./circle.ts";

const definitions = Object.entries<MethodDefinition>(methods);
const ref = { id: "40", url: "http://n40" };
const version = formatVersion(1_000, 0, at("40"));
const range = { first: 0, last: 3 };

type Json = Record<string, unknown>;

/** The smallest thing that a schema takes: each required member, one entry in each list. */
function sampleOf(schema: z.ZodMiniType): Json {
  return sampleOfJson(z.toJSONSchema(schema, { io: "input" })) as Json;
}

function sampleOfJson(schema: z.core.JSONSchema.BaseSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined) return sampleOfJson(choice as z.core.JSONSchema.BaseSchema);
  const { items, properties = {}, required = [] } = schema;
  const type = [schema.type].flat()[0];
  if (type === "array") return [sampleOfJson(items as z.core.JSONSchema.BaseSchema)];
  if (type === "object") {
    const members = required.map((
      name,
    ) => [name, sampleOfJson(properties[name] as z.core.JSONSchema.BaseSchema)]);
    return Object.fromEntries(members);
  }
  if (type === "string") {
    return ["40", version, "text"].find((text) => new RegExp(schema.pattern ?? "").test(text));
  }
  if (type === "null") return null;
  return type === "boolean" ? true : schema.minimum ?? 0;
}

/** The same with one more member in every object within. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withMore(member)]);
  return { ...Object.fromEntries(members), colour: "red" };
}

Deno.test("methods: each has a name of two parts and a summary that is a sentence", () => {
  for (const [name, { summary }] of definitions) {
    assert(/^(chord|partition|replica|kv|node)\.[a-z][A-Za-z]*$/.test(name), name);
    assert(/^[A-Z].{10,}\.$/.test(summary), `${name}: ${summary}`);
  }
});

Deno.test("methods: parameters are strict, an unknown one is refused", () => {
  for (const [name, { params }] of definitions) {
    const sample = sampleOf(params);
    assertEquals(params.safeParse(sample).success, true, name);
    const { success, error } = params.safeParse({ ...sample, colour: "red" });
    assertEquals([success, error?.issues[0]?.code], [false, "unrecognized_keys"], name);
  }
  const nested = { ranges: [{ ...range, colour: "red" }] };
  assertEquals(methods["partition.views"].params.safeParse(nested).success, false);
});

Deno.test("methods: every required parameter is required, and null is not absence", () => {
  for (const [name, { params }] of definitions) {
    const sample = sampleOf(params);
    for (const [member, value] of Object.entries(sample)) {
      const { [member]: _, ...rest } = sample;
      assertEquals(params.safeParse(rest).success, false, `${name} without ${member}`);
      if (Array.isArray(value)) {
        assertEquals(
          params.safeParse({ ...rest, [member]: null }).success,
          false,
          `${name} with ${member}: null`,
        );
      }
    }
    for (const other of [null, undefined, 1, "text", true]) {
      assertEquals(params.safeParse(other).success, false, `${name} with ${other} for parameters`);
    }
  }
});

Deno.test("methods: a result may say more than this version knows, at any depth", () => {
  for (const [name, { result }] of definitions) {
    const sample = sampleOf(result);
    const parsed = result.safeParse(withMore(sample));
    assertEquals(parsed.error, undefined, name);
    assertEquals(parsed.data, sample, `${name}: what is unknown is left out`);
  }
});

Deno.test("methods: a result must not say less", () => {
  for (const [name, { result }] of definitions) {
    const sample = sampleOf(result);
    for (const member of Object.keys(sample)) {
      const { [member]: _, ...rest } = sample;
      assertEquals(result.safeParse(rest).success, false, `${name} without ${member}`);
    }
  }
});

Deno.test("methods: what is out of range or of the wrong form is refused", () => {
  const rows: [name: MethodName, params: object, why: string][] = [
    ["chord.lookupStep", { target: "4" }, "an id too short for any circle"],
    ["chord.lookupStep", { target: "4A" }, "upper case"],
    ["chord.lookupStep", { target: "0".repeat(41) }, "an id too long for any circle"],
    ["chord.lookupStep", { target: "40", avoid: Array(17).fill("40") }, "more to avoid than 16"],
    ["chord.notify", { node: ref, as: "friend" }, "no such neighbour"],
    ["chord.notify", { node: { ...ref, url: "x".repeat(513) } }, "an endless address"],
    ["chord.leave", { node: ref, predecessor: null, successors: Array(129).fill(ref) }, "an endless list"],
    ["partition.views", { ranges: [{ first: -1, last: 3 }] }, "before the first partition"],
    ["partition.views", { ranges: [{ first: 0, last: 65_536 }] }, "past the last"],
    ["partition.views", { ranges: [{ first: 0.5, last: 1 }] }, "half a partition"],
    ["partition.push", { epoch: 0, records: [] }, "a view before the first"],
    ["partition.confirm", {
      epoch: 1,
      entries: Array(1_001).fill({ partition: 0, key: "k", version }),
    }, "more than a page"],
    ["kv.put", { key: "k", value: "AQ==", ttlMs: 0 }, "no time at all"],
    ["kv.put", { key: "k", value: "AQ==", ttlMs: 1.5 }, "half a millisecond"],
    ["kv.put", { key: "k", value: "AQ==", ttlMs: "1" }, "text for a number"],
    ["kv.put", { key: "k", value: "AQ==", ttlMs: ttlMsMax + 1 }, "an end that is no exact number"],
    ["kv.put", { key: "k", value: "AQ==", expiresAtMs: -1 }, "before 1970"],
    ["kv.put", { key: "k", value: 1 }, "a number for text"],
    ["kv.put", { key: "k", value: "AQ==", requestId: "" }, "a name without letters"],
    ["kv.delete", { key: "k", ifVersion: "1" }, "no version"],
    ["kv.get", { key: "k", consistency: "most" }, "no such consistency"],
    ["kv.list", { limit: 0 }, "no key at all"],
    ["kv.list", { limit: 1_001 }, "more than a page"],
    ["node.forget", { id: "" }, "nobody"],
  ];
  for (const [name, params, why] of rows) {
    assertEquals(
      (methods[name] as MethodDefinition).params.safeParse(params).success,
      false,
      `${name}: ${why}`,
    );
  }
});

Deno.test("methods: no parameters, however odd, make a schema throw", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      for (const [, { params, result }] of definitions) {
        params.safeParse(value);
        result.safeParse(value);
      }
    }),
    { seed: 17, numRuns: 200 },
  );
});

Deno.test("methods: writes may be repeated under their request id, and every method is said to be idempotent", () => {
  for (const [name, { isIdempotent }] of definitions) assertEquals(typeof isIdempotent, "boolean", name);
  for (const name of ["kv.put", "kv.delete"] as const) {
    const params = { ...sampleOf(methods[name].params), requestId: "r".repeat(128) };
    assertEquals(methods[name].params.safeParse(params).success, true);
  }
});

Deno.test("methods: each method of the Go seed has its counterpart, and one only", () => {
  const names = definitions.flatMap(([, { torus }]) => torus?.split(", ") ?? []);
  assertEquals(names.toSorted(), [
    "ClosestPrecedingFinger",
    "Delete",
    "DeleteTransferredKeys",
    "FindSuccessor",
    "Get",
    "GetNodeInfo",
    "GetPredecessor",
    "GetSuccessorList",
    "Notify",
    "Ping",
    "Set",
    "TransferKeys",
  ]);
});

Deno.test("isMethodName() knows the table's names and not those of every object", () => {
  for (const [name] of definitions) assertEquals(isMethodName(name), true);
  for (const name of ["", "toString", "__proto__", "constructor", "chord.Ping", "rpc.discover"]) {
    assertEquals(isMethodName(name), false, name);
  }
  assertNotEquals(definitions.length, 0);
});
