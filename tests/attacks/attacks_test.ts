import { assert } from "@std/assert";
import type { Attacks } from "./attack.ts";
import { browser } from "./browser.ts";
import { httpSyntax } from "./http_syntax.ts";
import { jsonRpc } from "./json_rpc.ts";
import { keysAndValues } from "./keys_values.ts";
import { operations } from "./operations.ts";
import { peers } from "./peers.ts";
import { records } from "./records.ts";
import { Target } from "./target.ts";

const families: Readonly<Record<string, Attacks>> = {
  "HTTP syntax": httpSyntax,
  "keys and values": keysAndValues,
  "JSON-RPC": jsonRpc,
  "pages of other sites": browser,
  "peers": peers,
  "records of peers": records,
  "operations": operations,
};

let rows = 0;

for (const [family, attacks] of Object.entries(families)) {
  Deno.test(`attacks by ${family}: each gets exactly its answer, and harms nothing`, async () => {
    await using target = await Target.open();
    for (const row of attacks(target)) {
      await target.withstand(row);
      rows++;
    }
  });
}

Deno.test("the attack suite has at least a hundred rows", () => {
  assert(rows >= 100, `${rows}`);
});
