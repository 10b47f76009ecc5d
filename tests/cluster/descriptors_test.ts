import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RondoClient } from "../../client/mod.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

const hostname = "127.0.0.1";
const descriptorsMax = 120;
/** More than the process may open, and fewer than the kernel keeps for a listener that does not ask for them. */
const strangers = 300;

async function isWell(url: string): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
  assertEquals(response.status, 200, await response.text());
}

/** How it shows that the flood has taken all descriptors: the one dies and says so, the other falls silent. */
const drowned: Readonly<Record<string, (url: string, run: Run) => unknown>> = {
  fast: (_url, run) => assertStringIncludes(run.output, "http.listenerDied"),
  hardened: (url) => assertRejects(() => isWell(url)),
};

for (const [listener, isDrowned] of Object.entries(drowned)) {
  Deno.test(`a node with the ${listener} listener survives running out of descriptors`, async () => {
    const [port = 0] = freePorts(1);
    const url = `http://${hostname}:${port}`;
    const args = ["--memory", `--port=${port}`, `--listener=${listener}`, "--stabilize-ms=200"];
    await using run = Run.node("./data", args, {}, descriptorsMax);
    await eventually(() => isWell(url));
    const client = new RondoClient({ url });
    await client.put("before", "the flood");

    const connections = await Promise.all(
      Array.from({ length: strangers }, () => Deno.connect({ hostname, port }).catch(() => null)),
    );
    await eventually(() => isDrowned(url, run));
    for (const connection of connections) connection?.close();

    await eventually(() => isWell(url));
    assertEquals(await client.getText("before"), "the flood");
    assertStringIncludes(run.output, "http.listenerDied");
  });
}
