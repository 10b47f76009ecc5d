import { assert, assertEquals } from "@std/assert";
import * as z from "zod";
import { ChordError, errorCode } from "../../core/errors.ts";
import { type MethodRegistry, rpcMethod } from "../../transport/method_registry.ts";
import { RpcServer } from "../../transport/rpc_server.ts";
import { logbook } from "./fake_node.ts";

/** The specification's example server, and a few methods that misbehave. */
function exampleRegistry(): MethodRegistry {
  const pair = z.strictObject({ minuend: z.number(), subtrahend: z.number() });
  const numbers = z.array(z.number());
  return new Map([
    ["subtract", rpcMethod(pair, z.number(), ({ minuend, subtrahend }) => minuend - subtrahend)],
    ["sum", rpcMethod(numbers, z.number(), (terms) => terms.reduce((a, b) => a + b, 0))],
    ["get_data", rpcMethod(numbers, z.tuple([z.string(), z.number()]), () => ["hello", 5])],
    ["update", rpcMethod(numbers, z.null(), () => null)],
    ["notify_hello", rpcMethod(numbers, z.null(), () => null)],
    ["notify_sum", rpcMethod(numbers, z.null(), () => null)],
    ["nothing", rpcMethod(numbers, z.undefined(), () => undefined)],
    ["break", rpcMethod(numbers, z.null(), () => Promise.reject(new TypeError("secret detail")))],
    ["lie", rpcMethod(numbers, z.null(), () => "not null")],
    ["refuse", rpcMethod(numbers, z.null(), () => Promise.reject(conflict()))],
    ["text", rpcMethod(z.tuple([z.int()]), z.string(), ([length]) => "x".repeat(length))],
  ]);
}

const conflict = () => new ChordError(errorCode.versionConflict, "Cannot write", { current: "7" });

const book = logbook();
const server = new RpcServer(exampleRegistry(), book.log, () => "req-1");

function answerTo(body: string | Uint8Array): Promise<string | null> {
  return server.answer(typeof body === "string" ? new TextEncoder().encode(body) : body, {
    timeoutMs: 1_000,
    caller: { kind: "anyone" },
  });
}

const invalid = `{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}`;
const unparsed = `{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}`;
const unknown = (id: string) =>
  `{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":${id}}`;
const result = (value: string, id: string) => `{"jsonrpc":"2.0","result":${value},"id":${id}}`;
const request = (members: string) => `{"jsonrpc":"2.0",${members}}`;
const call = (members: string) => request(`"method":"sum","params":[1],${members}`);

/** Null: no answer at all. */
const rows: readonly [title: string, body: string | Uint8Array, answer: string | null][] = [
  ["R1 positional", request(`"method":"subtract","params":[42,23],"id":1`), result("19", "1")],
  [
    "R2 positional, the other way",
    request(`"method":"subtract","params":[23,42],"id":2`),
    result("-19", "2"),
  ],
  [
    "R3 named",
    request(`"method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3`),
    result("19", "3"),
  ],
  [
    "R4 named in order",
    request(`"method":"subtract","params":{"minuend":42,"subtrahend":23},"id":4`),
    result("19", "4"),
  ],
  ["R5 notification", request(`"method":"update","params":[1,2,3,4,5]`), null],
  ["R6 unknown method as notification", request(`"method":"foobar"`), null],
  ["R7 unknown method", request(`"method":"foobar","id":"1"`), unknown(`"1"`)],
  ["R8 bad JSON", `{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]`, unparsed],
  ["R9 method is a number", request(`"method":1,"params":"bar"`), invalid],
  [
    "R10 bad JSON in a batch",
    `[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method"]`,
    unparsed,
  ],
  ["R11 empty batch", "[]", invalid],
  ["R12 batch of one number", "[1]", `[${invalid}]`],
  ["R13 batch of three numbers", "[1,2,3]", `[${invalid},${invalid},${invalid}]`],
  [
    "R14 mixed batch",
    `[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method":"notify_hello","params":[7]},{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"2"},{"foo":"boo"},{"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},{"jsonrpc":"2.0","method":"get_data","id":"9"}]`,
    `[${
      [result("7", `"1"`), result("19", `"2"`), invalid, unknown(`"5"`), result(`["hello",5]`, `"9"`)].join(
        ",",
      )
    }]`,
  ],
  [
    "R15 batch of notifications",
    `[{"jsonrpc":"2.0","method":"notify_sum","params":[1,2,4]},{"jsonrpc":"2.0","method":"notify_hello","params":[7]}]`,
    null,
  ],
  ["R16 id null is a request", call(`"id":null`), result("1", "null")],
  ["R17 id is an object", call(`"id":{}`), invalid],
  ["R17 id is an array", call(`"id":[]`), invalid],
  ["R17 id is true", call(`"id":true`), invalid],
  ["R18 id is a fraction", call(`"id":1.5`), invalid],
  ["R18 id is beyond 2^53 - 1", call(`"id":9007199254740993`), invalid],
  ["R18 id is the last safe integer", call(`"id":-9007199254740991`), result("1", "-9007199254740991")],
  ["R19 id of 300 characters", call(`"id":"${"i".repeat(300)}"`), invalid],
  ["R19 id of 129 characters", call(`"id":"${"i".repeat(129)}"`), invalid],
  ["R19 id of 128 characters", call(`"id":"${"i".repeat(128)}"`), result("1", `"${"i".repeat(128)}"`)],
  ["R20 jsonrpc is missing", `{"method":"sum","params":[1],"id":1}`, invalid],
  ["R20 jsonrpc is 1.0", `{"jsonrpc":"1.0","method":"sum","params":[1],"id":1}`, invalid],
  ["R20 jsonrpc is a number", `{"jsonrpc":2.0,"method":"sum","params":[1],"id":1}`, invalid],
  ["R21 params is a string", request(`"method":"sum","params":"1","id":1`), invalid],
  ["R21 params is a number", request(`"method":"sum","params":1,"id":1`), invalid],
  ["R21 params is null", request(`"method":"sum","params":null,"id":1`), invalid],
  ["R21 params is true", request(`"method":"sum","params":true,"id":1`), invalid],
  ["R23 rpc. is not an extension", request(`"method":"rpc.foo","id":1`), unknown("1")],
  ["R24 __proto__ is no method", request(`"method":"__proto__","id":1`), unknown("1")],
  ["R24 constructor is no method", request(`"method":"constructor","id":1`), unknown("1")],
  ["R24 toString is no method", request(`"method":"toString","id":1`), unknown("1")],
  ["R24 hasOwnProperty is no method", request(`"method":"hasOwnProperty","id":1`), unknown("1")],
  ["R25 notification whose handler throws", request(`"method":"break","params":[]`), null],
  ["R25 notification with bad params", request(`"method":"sum","params":["x"]`), null],
  ["R26 invalid request without id", request(`"method":1`), invalid],
  [
    "R27 batch of 65",
    `[${Array(65).fill(call(`"id":1`)).join(",")}]`,
    `{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request","data":{"maxBatch":64}},"id":null}`,
  ],
  [
    "R27 batch of 64",
    `[${Array(64).fill(call(`"id":1`)).join(",")}]`,
    `[${Array(64).fill(result("1", "1")).join(",")}]`,
  ],
  [
    "R28 equal ids in a batch",
    `[${call(`"id":1`)},${call(`"id":1`)}]`,
    `[${result("1", "1")},${result("1", "1")}]`,
  ],
  ["R29 nested batch", `[[${call(`"id":1`)}]]`, `[${invalid}]`],
  [
    "R30 handler throws",
    request(`"method":"break","params":[],"id":1`),
    `{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error","data":{"definite":false,"requestId":"req-1"}},"id":1}`,
  ],
  [
    "R30 handler breaks its own schema",
    request(`"method":"lie","params":[],"id":1`),
    `{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error","data":{"definite":false,"requestId":"req-1"}},"id":1}`,
  ],
  [
    "R30 handler refuses with an error of the protocol",
    request(`"method":"refuse","params":[],"id":1`),
    `{"jsonrpc":"2.0","error":{"code":-32015,"message":"Cannot write","data":{"definite":true,"current":"7"}},"id":1}`,
  ],
  ["R31 result may be null", request(`"method":"nothing","params":[],"id":1`), result("null", "1")],
  ["R32 empty body", "", unparsed],
  ["R32 white space", " \r\n\t", unparsed],
  ["R32 byte order mark", `\ufeff${call(`"id":1`)}`, unparsed],
  ["R33 invalid UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), unparsed],
  [
    "R34 last of equal members wins",
    request(`"method":"update","method":"sum","params":[1],"id":1,"id":2`),
    result("1", "2"),
  ],
  ["R35 unknown members", call(`"id":1,"trace":{"x":1},"__proto__":{"id":9}`), result("1", "1")],
  ["a body that is JSON but no object", `"ping"`, invalid],
  ["ten thousand nested arrays", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, `[${invalid}]`],
];

for (const [title, body, want] of rows) {
  Deno.test(`RpcServer.answer(): ${title}`, async () => {
    assertEquals(await answerTo(body), want);
  });
}

const paramRows: readonly [title: string, params: string, path: string, message: RegExp][] = [
  ["R22 params of the wrong type", `,"params":{"minuend":"x","subtrahend":1}`, "minuend", /expected number/],
  ["R22 params missing", "", "minuend", /expected number/],
  ["R22 too few positional", `,"params":[1]`, "subtrahend", /expected number/],
  ["R22 unknown named", `,"params":{"minuend":1,"subtrahend":1,"more":1}`, "", /more/],
  ["R22 extra positional", `,"params":[1,2,3]`, "", /Too many positional/],
];

for (const [title, params, path, message] of paramRows) {
  Deno.test(`RpcServer.answer(): ${title} is -32602 with what is wrong`, async () => {
    const { error, id } = JSON.parse(await answerTo(request(`"method":"subtract"${params},"id":7`)) ?? "");
    const { issues, definite } = error.data;
    assertEquals([error.code, error.message, id, definite, issues[0].path], [
      -32602,
      "Invalid params",
      7,
      true,
      path,
    ]);
    assert(message.test(issues[0].message), issues[0].message);
  });
}

Deno.test("RpcServer.answer() says what is wrong in bounded space", async () => {
  const members = Array.from({ length: 500 }, (_, index) => `"${"m".repeat(500)}${index}":1`).join(",");
  const text = await answerTo(request(`"method":"subtract","params":{${members}},"id":1`)) ?? "";
  assert(text.length < 2_000, `${text.length} characters`);
});

Deno.test("RpcServer.answer() R30 logs what it hides, under the id that the caller gets", async () => {
  const { log, events, fields } = logbook();
  const logged = new RpcServer(exampleRegistry(), log, () => "req-2");
  const text = await logged.answer(new TextEncoder().encode(request(`"method":"break","params":[],"id":1`)), {
    timeoutMs: 1,
    caller: { kind: "anyone" },
  });
  assertEquals(events, ["rpc.failed"]);
  assertEquals(text?.includes("secret"), false);
  const [field] = fields as [{ requestId: string; method: string; error: Error }];
  assertEquals([field.requestId, field.method, field.error.message], ["req-2", "break", "secret detail"]);
});

Deno.test("RpcServer.answer() runs the members of a batch at the same time", async () => {
  const { promise, resolve } = Promise.withResolvers<null>();
  const none = z.array(z.null());
  const registry: MethodRegistry = new Map([
    ["wait", rpcMethod(none, z.null(), () => promise)],
    ["release", rpcMethod(none, z.null(), () => (resolve(null), null))],
  ]);
  const body = `[${request(`"method":"wait","id":1`)},${request(`"method":"release","id":2`)}]`;
  const text = await new RpcServer(registry, book.log).answer(new TextEncoder().encode(body), {
    timeoutMs: 1,
    caller: { kind: "anyone" },
  });
  assertEquals(text, `[${result("null", "1")},${result("null", "2")}]`);
});

Deno.test("RpcServer.answer() leaves out long answers that do not fit a batch, and says so", async () => {
  const long = 3 * 1024 * 1024;
  const members = [1, 2, 3, 4].map((id) =>
    request(`"method":"text","params":[${id === 4 ? 1 : long}],"id":${id}`)
  );
  const answers: { id: number; result?: string; error?: { code: number; data: unknown } }[] = JSON.parse(
    await answerTo(`[${members.join(",")}]`) ?? "",
  );
  assertEquals(answers.map(({ result }) => result?.length), [long, long, undefined, 1]);
  assertEquals(answers[2]?.error?.code, -32008);
  assertEquals(answers[2]?.error?.data, { definite: false, reason: "batchFull" });
});
