import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RondoClient } from "../../client/mod.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

Deno.test("The launcher runs a ring, shows a death, stops all on SIGINT, and brings all back", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "rondo-ring-" });
  const [port = 0, second = 0] = freePorts(3);
  const args = ["--nodes=3", `--port=${port}`, `--data-dir=${directory}`, "--stabilize-ms=200"];
  const client = new RondoClient({ url: `http://127.0.0.1:${port}` });

  await t.step("three nodes come up, one line for each change", async () => {
    await using ring = launch(directory, args);
    await eventually(() => assertStringIncludes(ring.output, "3 of 3 nodes ready"));
    assertMatch(ring.output, new RegExp(`[0-9a-f]{8} http://127\\.0\\.0\\.1:${second} member, ready, `));
    await client.put("a", "1");
    const [victim = 0] = await pidsOn(second);
    Deno.kill(victim, "SIGKILL");
    await eventually(() => assertMatch(ring.output, new RegExp(`${second} dead, killed by SIGKILL`)));
    ring.signal("SIGINT");
    assertEquals(await ring.exited, 0, ring.output);
    assertEquals(await pidsOn(port), []);
  });

  await t.step("started again, it is the same ring", async () => {
    await using ring = launch(directory, args);
    await eventually(() => assertStringIncludes(ring.output, "3 of 3 nodes ready"));
    assertEquals(await client.getText("a"), "1");
    assertEquals((await client.ring()).nodes.length, 3);
    ring.signal("SIGTERM");
    assertEquals(await ring.exited, 0, ring.output);
  });

  await t.step("a ring whose first port is taken ends with the node's own word", async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port });
    await using ring = launch(directory, ["--memory", "--nodes=2", `--port=${port}`]);
    assertEquals(await ring.exited, 69, ring.output);
    assertStringIncludes(ring.output, "dead, exit 69: Cannot listen on");
    assert(taken.addr);
  });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("The launcher refuses flags that it does not know, and ports that do not exist", async () => {
  const rows: [flag: string, line: RegExp][] = [
    ["--node=3", /did you mean --nodes\?$/],
    ["--nodes=0", /from 1 to 64$/],
    ["--port=65535", /^Cannot run 3 nodes from port 65535 on/],
  ];
  for (const [flag, line] of rows) {
    await using ring = launch("./data", [flag]);
    assertEquals(await ring.exited, 78, ring.output);
    assertMatch(ring.output, line);
  }
});

function launch(directory: string, args: readonly string[]): Run {
  const permissions = [
    "-P=ring",
    `--allow-read=${directory},./.env`,
    `--allow-write=${directory}`,
    `--allow-run=${Deno.execPath()}`,
  ];
  return new Run("launcher/main.ts", [...permissions, ...args]);
}

/** Processes that were started with the port. The brackets keep the search from finding itself. */
async function pidsOn(port: number): Promise<number[]> {
  const search = `grep -la -e '[-]-port=${port}' /proc/[0-9]*/cmdline`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", search], stderr: "null" }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/\/proc\/([0-9]+)\//g)].map(([, pid]) => Number(pid));
}
