import { assert, assertEquals } from "@std/assert";
import type { Attack, Attacks } from "./attack.ts";
import { browser } from "./browser.ts";
import { busy, flood, frontDoor } from "./front_door.ts";
import { type AttacksAtGate, Gate } from "./gate.ts";
import { httpSyntax } from "./http_syntax.ts";
import { jsonRpc } from "./json_rpc.ts";
import { keysAndValues } from "./keys_values.ts";
import { operations } from "./operations.ts";
import { peers } from "./peers.ts";
import { records } from "./records.ts";
import { roles, tooOften, wrongCredentials } from "./roles.ts";
import { sessions, signingIn } from "./sessions.ts";
import { signatures } from "./signatures.ts";
import { Target } from "./target.ts";
import { tickets } from "./tickets.ts";

const families: Readonly<Record<string, Attacks>> = {
  "HTTP syntax": httpSyntax,
  "keys and values": keysAndValues,
  "JSON-RPC": jsonRpc,
  "pages of other sites": browser,
  "peers": peers,
  "records of peers": records,
  "operations": operations,
};

/** Those at a node that has a secret and asks for tokens. */
const familiesAtGate: Readonly<Record<string, AttacksAtGate>> = {
  "roles": roles,
  "wrong credentials": wrongCredentials,
  "sessions": sessions,
  "signing in": signingIn,
  "tickets": tickets,
  "signatures": signatures,
  "the front door": frontDoor,
};

/** What those get who show nothing, or something wrong: of each kind of answer one. */
const isStranger = /^401 (UNAUTHENTICATED|-32001)/;

let rows = 0;

function test(
  family: string,
  open: () => Promise<Target>,
  attacks: (target: Target) => readonly Attack[],
): void {
  Deno.test(`attacks by ${family}: each gets exactly its answer, and harms nothing`, async () => {
    await using target = await open();
    /** What strangers are told. */
    const told = new Map<string, string>();
    for (const row of attacks(target)) {
      const body = (await target.withstand(row))?.body.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "") ?? "";
      if (isStranger.test(row.want)) {
        assertEquals(body, told.get(row.want) ?? body, `${row.name}: nobody learns why`);
        told.set(row.want, body);
      }
      rows++;
    }
  });
}

for (const [family, attacks] of Object.entries(families)) test(family, () => Target.open(), attacks);

for (const [family, attacks] of Object.entries(familiesAtGate)) {
  const gate = new Gate();
  test(family, () => Target.open((self) => gate.before(self)), (target) => attacks(target, gate));
}

const narrow = new Gate(1);
test(
  "too many requests",
  () => Target.open((self) => narrow.before(self)),
  (target) => tooOften(target, narrow),
);

test("a flood", () => Target.open(busy), flood);

Deno.test("the attack suite has at least five hundred rows", () => {
  assert(rows >= 500, `${rows}`);
});
