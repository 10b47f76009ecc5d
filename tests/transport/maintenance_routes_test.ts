import { assertEquals } from "@std/assert";
import type { Chore } from "../../core/upkeep.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { errorCodeIn, FakeNode, served } from "./fake_node.ts";

/** A node that notes the chores that it is told to do, for as long as it is a member. */
function start({ isMember = true } = {}) {
  const done: Chore[] = [];
  const ask = served(new FakeNode(), {
    operator: {
      settings: [
        { flag: "--port", environment: "RONDO_PORT", summary: "port", value: "8440", source: "default" },
      ],
      upkeepReport: () => [
        { chore: "ring", isRunning: false, runs: 7, endedAgoMs: 120, tookMs: 2.5, problem: null },
        { chore: "data", isRunning: true, runs: 0, endedAgoMs: null, tookMs: null, problem: null },
      ],
      maintain: (chore) => {
        if (isMember) done.push(chore);
        return isMember;
      },
    },
  });
  return { ask, done };
}

function post(body: string, type = "application/json") {
  return { headers: { "content-type": type }, body };
}

Deno.test("/api/node/config and /api/node/upkeep tell how the node is set up and how its chores went", async () => {
  const { ask } = start();
  const config = await ask("GET", "/api/node/config");
  assertEquals([config.status, shapes.config.strict().parse(config.json).settings[0]?.value], [200, "8440"]);
  const upkeep = await ask("GET", "/api/node/upkeep");
  const { chores } = shapes.upkeep.strict().parse(upkeep.json);
  assertEquals(chores.map(({ chore, runs }) => `${chore} ${runs}`), ["ring 7", "data 0"]);
  assertEquals(errorCodeIn(await ask("GET", "/api/node/config?all")), "BAD_QUERY");
});

Deno.test("POST /api/node/maintain does the chore that is named", async () => {
  const { ask, done } = start();
  for (const chore of ["ring", "fingers", "views", "data", "peers"] as const) {
    const { status, json } = await ask("POST", "/api/node/maintain", post(JSON.stringify({ chore })));
    assertEquals<unknown>([status, json], [202, { accepted: true }]);
  }
  assertEquals(done, ["ring", "fingers", "views", "data", "peers"]);
});

Deno.test("POST /api/node/maintain refuses what is no chore, no JSON, too much, or not its to do", async () => {
  const { ask, done } = start();
  const rows: [init: RequestInit, status: number, code: string][] = [
    [post('{"chore":"leave"}'), 400, "BAD_BODY"],
    [post("{}"), 400, "BAD_BODY"],
    [post('{"chore":"ring","force":true}'), 400, "BAD_BODY"],
    [post("ring"), 400, "BAD_JSON"],
    [post('{"chore":"ring"}', "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"],
    [post(JSON.stringify({ chore: "x".repeat(300) })), 413, "VALUE_TOO_LARGE"],
  ];
  for (const [init, status, code] of rows) {
    const answer = await ask("POST", "/api/node/maintain", init);
    assertEquals([answer.status, errorCodeIn(answer)], [status, code], String(init.body));
  }
  assertEquals(done, []);
  const outside = await start({ isMember: false }).ask(
    "POST",
    "/api/node/maintain",
    post('{"chore":"ring"}'),
  );
  assertEquals([outside.status, errorCodeIn(outside)], [409, "NOT_A_MEMBER"]);
});

Deno.test("a node without an operator's parts has none of their paths", async () => {
  const ask = served(new FakeNode());
  for (const path of ["/api/node/config", "/api/node/upkeep"]) {
    assertEquals((await ask("GET", path)).status, 404, path);
  }
});
