import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Fetch, RondoClient } from "../../client/mod.ts";
import type { CommandContext } from "../../cli/command_context.ts";
import { verify } from "../../cli/verify.ts";
import { ChordError } from "../../core/errors.ts";
import type { MethodName, Params } from "../../core/protocol.ts";
import { FakeTiming } from "../client/fake_timing.ts";
import { node } from "../core/circle.ts";
import { nothing, ScriptedRing } from "../core/check/scripted_ring.ts";
import { type Outcome, runCli } from "./fake_terminal.ts";

interface RpcCall {
  readonly id: number;
  readonly method: MethodName;
  readonly params: Params<MethodName>;
}

/** The network of a scripted ring: its nodes are at http://n20 and so on, and nobody else anywhere. */
function networkOf(script: ScriptedRing): Fetch {
  return async (address, init) => {
    const { hostname, pathname } = new URL(address);
    const calls: RpcCall[] = pathname === "/rpc"
      ? JSON.parse(String(init.body))
      : [{ id: 0, method: "node.info", params: {} }];
    try {
      const answers = calls.map(async ({ id, method, params }) => {
        return { jsonrpc: "2.0", id, result: await script.ask(node(hostname.slice(1)), method, params) };
      });
      const results = await Promise.all(answers);
      return Response.json(pathname === "/rpc" ? results : results[0]?.result);
    } catch (error) {
      if (error instanceof ChordError) throw new TypeError("Connection refused");
      throw error;
    }
  };
}

function runVerify(script: ScriptedRing, args: readonly string[] = [], url = "http://n20"): Promise<Outcome> {
  return runCli(["verify", "--url", url, ...args], { fetch: networkOf(script) });
}

/** The command in virtual time, for what it waits for. */
async function verifyInTime(script: ScriptedRing, waitMs: number, timing = new FakeTiming()) {
  const lines = { out: "", err: "" };
  const outputTo = (name: "out" | "err") => ({
    isTerminal: false,
    write: (text: string | Uint8Array) => void (lines[name] += String(text)),
  });
  const clientOf = (url: string) =>
    new RondoClient({ url, timing: new FakeTiming(), fetch: networkOf(script) });
  const context: CommandContext = {
    stdout: outputTo("out"),
    stderr: outputTo("err"),
    readStdin: () => Promise.resolve(new Uint8Array()),
    openFile: (path) => Promise.reject(new Deno.errors.NotFound(path)),
    createFile: (path) => Promise.reject(new Deno.errors.NotFound(path)),
    env: () => undefined,
    now: () => 0,
    json: false,
    client: clientOf("http://n20"),
    clientOf,
  };
  const exit = await verify({ waitMs }, context, timing);
  return { exit, ...lines, timing };
}

/** Changes the script whenever the command sleeps. */
class Changing extends FakeTiming {
  constructor(readonly onSleep: (count: number) => void) {
    super();
  }

  override sleep(ms: number): Promise<void> {
    this.onSleep(this.sleeps.length + 1);
    return super.sleep(ms);
  }
}

Deno.test("verify of a healthy ring says so and ends with 0", async () => {
  assertEquals(await runVerify(new ScriptedRing()), {
    exit: 0,
    out: "Ring rondo: 4 nodes, successor lists of 3, 16 partitions in 3 copies\nhealthy\n",
    outBytes: new TextEncoder().encode(
      "Ring rondo: 4 nodes, successor lists of 3, 16 partitions in 3 copies\nhealthy\n",
    ),
    err: "",
  });
  assertMatch(
    (await runVerify(new ScriptedRing(["20"]))).out,
    /^Ring rondo: 1 node, .* of 0, [^]*\nhealthy\n$/,
  );
});

Deno.test("verify mentions orphans, and the ring is healthy all the same", async () => {
  const script = new ScriptedRing();
  script.at("20").copies[3] = { ...nothing, digest: "1".repeat(16) };
  const { exit, out } = await runVerify(script);
  assertEquals(exit, 0);
  assertMatch(out, /^orphaned +1 +3$/m);
  assertMatch(out, /\nhealthy\n$/);
});

Deno.test("verify shows what falls short in the ring and in the copies, and ends with 1", async () => {
  const script = new ScriptedRing();
  script.at("e0").isSilent = true;
  script.at("60").successors = ["20"];
  script.at("20").copies[0] = { ...nothing, epoch: 2 };
  const { exit, out, timing } = await verifyInTime(script, 0);
  assertEquals([exit, timing.sleeps], [1, [1_000]]);
  assertEquals(out.split("\n").map((line) => line.replaceAll(/ +/g, " ")), [
    "Ring rondo: 3 nodes, successor lists of 3, 16 partitions in 3 copies",
    "Not a member: e0 http://ne0: Cannot reach http://ne0: connection refused",
    "Not in order: 20 http://n20: its successors are 60 a0 e0, and should be 60 a0",
    "Not in order: 20 http://n20: its predecessor is e0, and should be a0",
    "Not in order: 60 http://n60: its successors are 20, and should be a0 20",
    "Not in order: a0 http://na0: its successors are e0 20 60, and should be 20 60",
    "",
    "COPIES PARTITIONS WHICH",
    "under-replicated 12 2-13",
    "unsynced 1 0",
    "",
    "NODE URL COPIES PARTITIONS WHICH",
    "e0 http://ne0 under-replicated 12 2-13",
    "20 http://n20 unsynced 1 0",
    "",
    "not healthy: 3 nodes not in order, 12 partitions under-replicated, 1 partition unsynced",
    "",
  ]);
});

Deno.test("verify names the assertions that do not hold", async () => {
  const script = new ScriptedRing();
  for (const [self, other] of [["20", "60"], ["60", "20"], ["a0", "e0"], ["e0", "a0"]] as const) {
    Object.assign(script.at(self), { successors: [other], predecessor: other });
  }
  const { exit, out } = await runVerify(script);
  assertEquals(exit, 1);
  assertStringIncludes(
    out,
    "\nA3 does not hold: there is only one ring\nA4 does not hold: the ring is in order\n",
  );
  assertMatch(out, /\nnot healthy: A3, A4, A8 broken, 4 nodes not in order\n$/);
});

Deno.test("verify --json has everything that was found", async () => {
  const script = new ScriptedRing();
  script.at("60").predecessor = "a0";
  const { exit, out } = await runVerify(script, ["--json"]);
  const { healthy, problem, ring, copies } = JSON.parse(out);
  assertEquals([exit, healthy, problem], [1, false, "1 node not in order"]);
  assertEquals(ring.flaws, [{ kind: "predecessor", node: node("60"), is: "a0", shouldBe: "20" }]);
  assertEquals(ring.members.length, 4);
  assertEquals(copies.counts.partitions, 16);
});

Deno.test("verify --wait looks again until the ring is healthy", async () => {
  const script = new ScriptedRing();
  script.at("60").predecessor = "a0";
  const timing = new Changing((count) => {
    if (count === 2) script.at("60").predecessor = "20";
  });
  const { exit, out, err } = await verifyInTime(script, 60_000, timing);
  assertEquals([exit, timing.sleeps], [0, [2_000, 2_000]]);
  assertEquals(err, "Not healthy yet: 1 node not in order\n".repeat(2));
  assertMatch(out, /\nhealthy\n$/);
});

Deno.test("verify --wait looks a last time when the time is up", async () => {
  const script = new ScriptedRing();
  script.at("60").predecessor = "a0";
  const { exit, out, timing } = await verifyInTime(script, 5_000);
  assertEquals([exit, timing.sleeps], [1, [2_000, 2_000, 1_000]]);
  assertMatch(out, /\nnot healthy: 1 node not in order\n$/);
});

Deno.test("verify --wait waits for a node that is not there yet", async () => {
  const script = new ScriptedRing();
  script.at("20").isSilent = true;
  const timing = new Changing(() => script.at("20").isSilent = false);
  const { exit, err } = await verifyInTime(script, 60_000, timing);
  assertEquals([exit, err], [0, "Not healthy yet: Cannot reach http://n20: connection refused\n"]);
});

Deno.test("verify tells how far it is when a check takes long", async () => {
  const script = new ScriptedRing();
  const timing = new FakeTiming();
  // Every look at the clock takes a second: a ring of many nodes.
  timing.now = () => timing.sleeps.push(1_000) * 1_000;
  const { err } = await verifyInTime(script, 0, timing);
  assertMatch(err, /^Asked \d of 4 nodes of the ring$/m);
  assertMatch(err, /^Asked \d of 4 questions about copies$/m);
});

Deno.test("verify starts at the first node that answers, at the address the user gave", async () => {
  const script = new ScriptedRing();
  script.at("20").isSilent = true;
  assertEquals((await runVerify(script, [], "http://n20,http://n60")).exit, 1);
  script.at("20").isSilent = false;
  script.at("20").info = { url: "http://where-only-nodes-get" };
  assertEquals((await runVerify(script)).exit, 0);
});

Deno.test("verify ends with 69 when no node answers, with 64 for a wrong option", async () => {
  const script = new ScriptedRing();
  script.at("20").isSilent = true;
  const silent = await runVerify(script);
  assertEquals([silent.exit, silent.out], [69, ""]);
  assertEquals(silent.err, "Cannot reach http://n20: connection refused\n");
  const hanging = await runCli(["verify", "--url", "http://n20"], {
    fetch: () => Promise.reject(new TypeError("error reading a body from connection")),
  });
  assertEquals(hanging.exit, 69);
  const wrong = await runVerify(script, ["--wait", "soon"]);
  assertEquals(wrong.exit, 64);
  assertStringIncludes(wrong.err, "takes seconds");
  assertEquals((await runVerify(script, ["60"])).exit, 64);
});

Deno.test("verify through a node that is in no ring says that there is no member", async () => {
  const script = new ScriptedRing(["20"]);
  script.at("20").info = { phase: "joining" };
  const { exit, out } = await verifyInTime(script, 0);
  assertEquals(exit, 1);
  assertEquals(out.split("\n").map((line) => line.replaceAll(/ +/g, " ")), [
    "Ring rondo: 0 nodes, successor lists of 0, 16 partitions in 3 copies",
    "Not a member: 20 http://n20: It is joining",
    "",
    "COPIES PARTITIONS WHICH",
    "unknown 16 0-15",
    "",
    "not healthy: no member, 16 partitions unknown",
    "",
  ]);
});

Deno.test("verify --help has examples", async () => {
  const { exit, out } = await runCli(["verify", "--help"]);
  assertEquals(exit, 0);
  assertStringIncludes(out, "Examples:\n  rondo verify\n");
});
