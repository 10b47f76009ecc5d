import { assertEquals } from "@std/assert";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

const diskMax = 1_000_000;
const value = "v".repeat(40_000);

Deno.test("a node at its quota refuses values with 507, says so on /ready, and recovers when something is deleted", async () => {
  const directory = await Deno.makeTempDir({ prefix: "rondo-quota-" });
  const [port = 0] = freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  try {
    await using run = Run.node(directory, [
      `--port=${port}`,
      `--data-dir=${directory}`,
      `--disk-max=${diskMax}`,
    ]);
    const put = async (key: string) => {
      const response = await fetch(`${url}/api/keys/${key}`, { method: "PUT", body: value });
      return [response.status, (await response.json()).error?.code];
    };
    const ready = async () => {
      const response = await fetch(`${url}/ready`);
      return [response.status, (await response.json()).reason ?? null];
    };
    await eventually(async () => assertEquals(await ready(), [200, null], run.output));
    const written: string[] = [];
    await eventually(async () => {
      const key = `k${written.length}`;
      const answer = await put(key);
      if (answer[0] === 201) written.push(key);
      assertEquals(answer, [507, "STORAGE_FULL"]);
    });
    // What a node knows of its disk is a second old: by now it may be nearly full, or full.
    const [status, reason] = await ready();
    assertEquals([status, /\broom\b/.test(reason)], [503, true], reason);
    assertEquals((await (await fetch(`${url}/api/keys/k0`)).json()).found, true);

    for (const key of written) {
      await (await fetch(`${url}/api/keys/${key}`, { method: "DELETE" })).body?.cancel();
    }
    await eventually(async () => assertEquals(await ready(), [200, null]));
    assertEquals(await put("again"), [201, undefined]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
