import { assert, assertEquals } from "@std/assert";
import { errorCode } from "../../core/errors.ts";
import { methods } from "../../core/protocol.ts";
import { openRpcDocument } from "../../transport/open_rpc.ts";
import { FakeNode, served } from "./fake_node.ts";

interface OpenRpc {
  readonly methods: readonly {
    readonly name: string;
    readonly summary: string;
    readonly params: readonly {
      readonly name: string;
      readonly required: boolean;
      readonly schema: object;
    }[];
    readonly result: { readonly schema: object };
  }[];
  readonly components: {
    readonly errors: Record<string, { readonly code: number; readonly message: string }>;
  };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, object>;
}

/** Every `$ref` in the document, as written. */
function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === "$ref" && typeof member === "string" ? [member] : refsIn(member)
  );
}

function resolve(document: unknown, ref: string): unknown {
  const names = ref.replace(/^#\//, "").split("/");
  return names.reduce<unknown>(
    (part, name) => (part as Record<string, unknown> | undefined)?.[name],
    document,
  );
}

function assertRefsResolve(document: unknown): void {
  const refs = refsIn(document);
  assert(refs.length > 0);
  for (const ref of refs) assert(resolve(document, ref) !== undefined, ref);
}

Deno.test("openRpcDocument() describes every method of the table, and nothing else", () => {
  const document = openRpcDocument() as unknown as OpenRpc;
  assertEquals(document.methods.map(({ name }) => name), Object.keys(methods));
  for (const { name, summary, params, result } of document.methods) {
    const { shape } = methods[name as keyof typeof methods].params;
    assertEquals(params.map((param) => param.name), Object.keys(shape), name);
    assert(summary.length > 0 && Object.keys(result.schema).length > 0, name);
    for (const { schema } of params) assert(Object.keys(schema).length > 0, name);
  }
  const put = document.methods.find(({ name }) => name === "kv.put");
  assertEquals(put?.params.filter(({ required }) => required).map(({ name }) => name), ["key", "value"]);
});

Deno.test("openRpcDocument() lists every code, and its references resolve", () => {
  const document = openRpcDocument();
  const { components } = document as unknown as OpenRpc;
  assertEquals(
    Object.values(components.errors).map(({ code }) => code),
    Object.values(errorCode),
  );
  assertRefsResolve(document);
  assertEquals(JSON.parse(JSON.stringify(document)), document);
});

Deno.test("/openapi.json describes the routes, and its references resolve", async () => {
  const { json } = await served(new FakeNode())("GET", "/openapi.json");
  const { openapi, paths } = json as { openapi: string; paths: Record<string, Record<string, Operation>> };
  assertEquals(openapi, "3.1.0");
  assertRefsResolve(json);
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item).map((operation) => ({ path, ...operation }))
  );
  assertEquals(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { path, parameters, responses, summary } of operations) {
    const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`);
    assertEquals([...path.matchAll(/\{\w+\}/g)].map(([name]) => name), inPath);
    assert("default" in responses && summary.length > 0, path);
  }
});

Deno.test("/openapi.json has no path that the server does not know", async () => {
  const node = new FakeNode();
  const ask = served(node);
  const { paths } = (await ask("GET", "/openapi.json")).json as { paths: Record<string, object> };
  assert(Object.keys(paths).length >= 20);
  for (const [template, item] of Object.entries(paths)) {
    const path = template.replace("{key}", "k").replace("{id}", node.self.id);
    const answer = await ask("TRACE-IT", path);
    assertEquals(answer.status, 405, path);
    const allowed = answer.headers.get("allow")?.split(", ").map((method) => method.toLowerCase()) ?? [];
    for (const method of Object.keys(item)) assert(allowed.includes(method), `${method} ${path}`);
  }
});
