import { assertEquals, assertRejects } from "@std/assert";
import { RondoClient, RondoError } from "../../client/mod.ts";
import { kill, maintain, readLogs, readMeasures, readSettings, readUpkeep } from "../../client/operations.ts";

/** A client whose node answers as told, and that notes what was asked. */
function start(answer: (path: string) => Response) {
  const asked: string[] = [];
  const client = new RondoClient({
    url: "http://127.0.0.1:8440",
    attemptsMax: 1,
    fetch: (url, { method, body }) => {
      const path = url.slice("http://127.0.0.1:8440".length);
      asked.push([method, path, ...(typeof body === "string" ? [body] : [])].join(" "));
      return Promise.resolve(answer(path));
    },
  });
  return { client, asked };
}

Deno.test("an operator's questions are asked where they are answered", async () => {
  const line = { number: 1, timeMs: 2, level: "info", event: "x", fields: {} };
  const { client, asked } = start((path) => {
    if (path.startsWith("/api/logs")) return Response.json({ lines: [line] });
    if (path.startsWith("/api/node/measures")) {
      return Response.json({ metrics: {}, history: { everyMs: 1_000, series: { cpu: [null, 0.5] } } });
    }
    return Response.json(path.endsWith("upkeep") ? { chores: [] } : { settings: [] });
  });
  assertEquals<unknown>(await readLogs(client, 10), [line]);
  assertEquals((await readMeasures(client, 60)).history?.series, { cpu: [null, 0.5] });
  assertEquals([await readUpkeep(client), await readSettings(client)], [[], []]);
  assertEquals(asked, [
    "GET /api/logs?limit=10",
    "GET /api/node/measures?history=60",
    "GET /api/node/upkeep",
    "GET /api/node/config",
  ]);
});

Deno.test("an operator's words are said once, and a refusal is an error", async () => {
  const accepted = start(() => Response.json({ accepted: true }, { status: 202 }));
  await maintain(accepted.client, "ring");
  await kill(accepted.client);
  assertEquals(accepted.asked, ['POST /api/node/maintain {"chore":"ring"}', "POST /api/node/kill {}"]);
  const refusal = { error: { code: "FORBIDDEN", message: "Cannot kill", requestId: "1" } };
  const refused = start(() => Response.json(refusal, { status: 403 }));
  const error = await assertRejects(() => kill(refused.client), RondoError);
  assertEquals([error.code, error.definite, refused.asked.length], ["FORBIDDEN", true, 1]);
});
