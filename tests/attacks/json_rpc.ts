import { batchMax, idCharsMax } from "../../transport/json_rpc.ts";
import { attack, type Attacks, call, json, rpc, utf8 } from "./attack.ts";

const ping = { jsonrpc: "2.0", method: "chord.ping" };
const lookup = { jsonrpc: "2.0", method: "chord.lookupStep", id: 1 };
const bad = "200 -32600 null";

/** Every case of JSON-RPC that our methods can show (the numbers are those of the specification in reliability.md 3.5). */
export const jsonRpc: Attacks = () => [
  attack(
    "R3 a call",
    rpc({ ...ping, id: 1 }),
    "200 result 1",
    "the rows below differ from this in one thing",
  ),
  attack("R5 a notification", rpc(ping), "204", "nobody waits for an answer"),
  attack("R6 an unknown notification", rpc({ ...ping, method: "foobar" }), "204", "not even for that"),
  attack(
    "R7 an unknown method",
    rpc({ ...ping, method: "foobar", id: "1" }),
    `200 -32601 "1"`,
    "with its id",
  ),
  attack(
    "R8 no JSON",
    rpc(`{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]`),
    "200 -32700 null",
    "whose?",
  ),
  attack(
    "R9 a method that is a number",
    rpc({ ...ping, method: 1 }),
    bad,
    "no request, so no notification either",
  ),
  attack(
    "R10 a batch that is no JSON",
    rpc(`[{"jsonrpc":"2.0","method":"a","id":"1"},{"method"]`),
    "200 -32700 null",
    "once",
  ),
  attack("R11 an empty batch", rpc([]), bad, "one answer, and no array"),
  attack("R12 a batch of one number", rpc([1]), "200 [-32600 null]", "an array"),
  attack(
    "R13 a batch of three",
    rpc([1, 2, 3]),
    "200 [-32600 null, -32600 null, -32600 null]",
    "each has its answer",
  ),
  attack(
    "R14 a batch of everything",
    rpc([{ ...ping, id: "1" }, ping, { foo: "boo" }, { ...ping, method: "foo.get", id: "5" }]),
    `200 [result "1", -32600 null, -32601 "5"]`,
    "but for the notification",
  ),
  attack("R15 a batch of notifications", rpc([ping, ping]), "204", "no empty array"),
  attack("R16 id null", rpc({ ...ping, id: null }), "200 result null", "an id like any other"),
  attack("R17 an id that is an object", rpc({ ...ping, id: {} }), bad, "text, a number or null"),
  attack("R17 an id that is an array", rpc({ ...ping, id: [] }), bad, "the same"),
  attack("R17 an id that is true", rpc({ ...ping, id: true }), bad, "the same"),
  attack("R18 an id with a fraction", rpc({ ...ping, id: 1.5 }), bad, "it may not come back as it was"),
  attack(
    "R18 an id past 2^53",
    rpc(`{"jsonrpc":"2.0","method":"chord.ping","id":9007199254740993}`),
    bad,
    "it would not",
  ),
  attack(
    "R19 an id without end",
    rpc({ ...ping, id: "x".repeat(idCharsMax + 1) }),
    bad,
    "it would have us write",
  ),
  attack("R20 no version", rpc({ method: "chord.ping", id: 1 }), bad, "its id is not repeated"),
  attack("R20 version 1.0", rpc({ ...ping, jsonrpc: "1.0", id: 1 }), bad, "another protocol"),
  attack("R20 a version that is a number", rpc({ ...ping, jsonrpc: 2.0, id: 1 }), bad, "text"),
  ...["bar", 1, null, true].map((params) =>
    attack(
      `R21 params ${JSON.stringify(params)}`,
      rpc({ ...ping, params, id: 1 }),
      bad,
      "by name or by position",
    )
  ),
  attack("R22 a parameter too few", rpc({ ...lookup, params: {} }), "200 -32602 1", "the target"),
  attack("R22 one of the wrong kind", rpc({ ...lookup, params: { target: 7 } }), "200 -32602 1", "text"),
  attack(
    "R22 an unknown one",
    rpc({ ...ping, params: { admin: true }, id: 1 }),
    "200 -32602 1",
    "nothing is ignored",
  ),
  attack(
    "R22 one too many by position",
    rpc({ ...lookup, params: ["00ff", [], 1] }),
    "200 -32602 1",
    "the same",
  ),
  attack(
    "R22 __proto__",
    rpc(`{"jsonrpc":"2.0","method":"chord.ping","params":{"__proto__":{}},"id":1}`),
    "200 -32602 1",
    "an unknown one, and nothing else",
  ),
  attack(
    "R23 rpc.secret",
    rpc({ ...ping, method: "rpc.secret", id: 1 }),
    "200 -32601 1",
    "reserved, and not ours",
  ),
  ...["__proto__", "constructor", "toString", "hasOwnProperty", ""].map((method) =>
    attack(
      `R24 method "${method}"`,
      rpc({ ...ping, method, id: 1 }),
      "200 -32601 1",
      "the table is no object",
    )
  ),
  attack(
    "R25 a notification with bad params",
    rpc({ ...ping, params: { admin: true } }),
    "204",
    "nobody hears of it",
  ),
  attack("R26 no request, no id", rpc({}), bad, "it is answered all the same"),
  attack(
    `R27 a batch of ${batchMax + 1}`,
    rpc(Array(batchMax + 1).fill({ ...ping, id: 1 })),
    bad,
    "none of it is done",
  ),
  attack(
    "R28 one id twice",
    rpc([{ ...ping, id: 1 }, { ...ping, id: 1 }]),
    "200 [result 1, result 1]",
    "the client's affair",
  ),
  attack("R29 a batch in a batch", rpc([[{ ...ping, id: 1 }]]), "200 [-32600 null]", "no request"),
  attack("R32 nothing", rpc(""), "200 -32700 null", "no JSON"),
  attack("R32 blanks", rpc("  \n"), "200 -32700 null", "no JSON"),
  attack(
    "R32 a byte order mark",
    rpc(utf8(`\ufeff${JSON.stringify({ ...ping, id: 1 })}`)),
    "200 -32700 null",
    "RFC 8259, 8.1",
  ),
  attack("R33 no UTF-8", rpc(new Uint8Array([0x22, 0xff, 0x22])), "200 -32700 null", "a fatal decoder"),
  attack(
    "R34 a member twice",
    rpc(`{"jsonrpc":"2.0","method":"x","method":"chord.ping","id":1}`),
    "200 result 1",
    "the last",
  ),
  attack(
    "R35 a member too many",
    rpc({ ...ping, id: 1, colour: "red" }),
    "200 result 1",
    "in the envelope it is ignored",
  ),
  attack(
    "R38 plain text",
    call("POST", "/rpc", { headers: { "Content-Type": "text/plain" }, body: "{}" }),
    "415 -32600 null",
    "a page of another site can send it",
  ),
  attack("R38 no type", call("POST", "/rpc", { body: "{}" }), "415 -32600 null", "the same"),
  attack(
    "R38 utf-16",
    call("POST", "/rpc", { headers: { "Content-Type": "application/json; charset=utf-16" }, body: "{}" }),
    "415 -32600 null",
    "RFC 8259, 8.1",
  ),
  attack(
    "R38 utf-8",
    call("POST", "/rpc", {
      headers: { "Content-Type": `${json["Content-Type"]}; charset=utf-8` },
      body: "{}",
    }),
    bad,
    "it says what is so anyway",
  ),
  attack(
    "100,000 brackets",
    rpc("[".repeat(100_000) + "]".repeat(100_000)),
    "200 -32600 null",
    "nothing is made of it",
  ),
  attack(
    "a body past the cap",
    rpc(" ".repeat(1_500_000)),
    "413 -32009 null",
    "values are small here, and so are bodies",
  ),
];
