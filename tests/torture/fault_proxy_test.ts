import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { FaultProxy, type Link } from "../../torture/fault_proxy.ts";
import { drawFate, type LinkFaults } from "../../torture/link_faults.ts";
import { SeededRandom } from "../../sim/random.ts";

/** Its first throw for "how long" is short, so that what is held back for a while comes soon. */
const seed = 74;
/** A reply that takes longer than this does not come. */
const patienceMs = 300;

interface Stage {
  readonly link: Link;
  readonly proxy: FaultProxy;
  /** The bodies that arrived at the node, in order. */
  readonly arrived: string[];
  /** Sends a body over the link and gives what came back as text. */
  ask(body: string, timeoutMs?: number): Promise<string>;
}

/** One node that echoes what it is sent, and one link to it. */
async function onStage(faults: LinkFaults, story: (stage: Stage) => Promise<void>): Promise<void> {
  const arrived: string[] = [];
  const node = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = await request.text();
    arrived.push(body);
    return new Response(`echo ${body}`);
  });
  const port = freePort();
  const proxy = new FaultProxy([{ from: 0, to: 1, port, targetPort: node.addr.port }], seed);
  const client = Deno.createHttpClient({ http2: false });
  const link = proxy.link(0, 1);
  proxy.setListening(1, true);
  link.setFaults(faults);
  try {
    await story({
      link,
      proxy,
      arrived,
      async ask(body, timeoutMs = patienceMs) {
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), timeoutMs);
        const url = `http://127.0.0.1:${port}/rpc`;
        try {
          const init = { method: "POST", body, client, signal: controller.signal };
          const response = await fetch(url, init);
          return await response.text();
        } finally {
          clearTimeout(timer);
        }
      },
    });
  } finally {
    client.close();
    await proxy.close();
    await node.shutdown();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function until(isSo: () => boolean): Promise<void> {
  const untilMs = performance.now() + 5_000;
  while (!isSo()) {
    assert(performance.now() < untilMs, "it did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function assertRefused(ask: () => Promise<string>): Promise<void> {
  const error = await assertRejects(ask, TypeError);
  assertMatch(`${error.message} ${error.cause}`, /refused/);
}

Deno.test("A sound link brings every request and its own answer, one after another and side by side", async () => {
  await onStage({}, async ({ ask, arrived }) => {
    const bodies = ["", "a", "b".repeat(300_000), ...Array.from({ length: 50 }, (_, i) => `c${i}`)];
    for (const body of bodies) assertEquals(await ask(body, 5_000), `echo ${body}`);
    await Promise.all(bodies.map(async (body) => assertEquals(await ask(body, 5_000), `echo ${body}`)));
    assertEquals(arrived.length, 2 * bodies.length);
  });
});

Deno.test("A delay holds every request back by at least as much", async () => {
  await onStage({ delayMs: 60, jitterMs: 20 }, async ({ ask }) => {
    const startedMs = performance.now();
    assertEquals(await ask("a"), "echo a");
    assert(performance.now() - startedMs >= 59);
  });
});

Deno.test("A dropped request does not arrive; a dropped reply is of one that did", async () => {
  for (const [fate, want] of [["dropRequest", []], ["dropReply", ["a"]]] as const) {
    await onStage({ fates: { [fate]: 1 } }, async ({ ask, arrived }) => {
      await assertRejects(() => ask("a"));
      assertEquals(arrived, [...want], fate);
    });
  }
});

Deno.test("A duplicate arrives twice and is answered once", async () => {
  await onStage({ fates: { duplicate: 1 } }, async ({ ask, arrived }) => {
    assertEquals(await ask("a"), "echo a");
    await until(() => arrived.length === 2);
    assertEquals(arrived, ["a", "a"]);
  });
});

Deno.test("A request that is held back is overtaken, and arrives even if its caller has gone", async () => {
  await onStage({ fates: { reorder: 1 } }, async ({ ask, arrived, link }) => {
    await assertRejects(() => ask("a", 20));
    link.setFaults({});
    assertEquals(await ask("b"), "echo b");
    await until(() => arrived.length === 2);
    assertEquals(arrived, ["b", "a"]);
  });
});

Deno.test("A corrupted body differs by one bit, in the request or in the answer", async () => {
  await onStage({ fates: { corruptRequest: 1 } }, async ({ ask, arrived }) => {
    const answer = await ask("aaaa");
    assertNotEquals(arrived, ["aaaa"]);
    assertEquals(answer, `echo ${arrived[0]}`);
  });
  await onStage({ fates: { corruptReply: 1 } }, async ({ ask, arrived }) => {
    assertNotEquals(await ask("aaaa"), "echo aaaa");
    assertEquals(arrived, ["aaaa"]);
  });
});

Deno.test("Garbage is a page; a truncated answer breaks off; a reset gives none", async () => {
  await onStage({ fates: { garbage: 1 } }, async ({ ask }) => {
    const answer = await ask("a");
    assert(answer.startsWith("<!doctype html>"), answer);
  });
  for (const fate of ["truncate", "reset"] as const) {
    await onStage({ fates: { [fate]: 1 } }, async ({ ask, arrived }) => {
      await assertRejects(() => ask("a".repeat(10_000), 5_000));
      assertEquals(arrived.length, 1, fate);
    });
  }
});

Deno.test("An endless answer, a bomb and a drip go on until the caller has had enough", async () => {
  for (const fate of ["endless", "bomb"] as const) {
    await onStage({ fates: { [fate]: 1 } }, async ({ link }) => {
      const client = Deno.createHttpClient({ http2: false });
      const init: RequestInit & { client: Deno.HttpClient } = { client };
      const response = await fetch(`http://127.0.0.1:${link.plan.port}/`, init);
      let bytes = 0;
      for await (const part of response.body ?? []) {
        bytes += part.length;
        if (bytes > 17 * 1024 * 1024) break;
      }
      assert(bytes > 17 * 1024 * 1024, `${fate}: ${bytes}`);
      client.close();
    });
  }
  await onStage({ fates: { drip: 1 } }, async ({ ask }) => {
    await assertRejects(() => ask("a".repeat(10_000)));
  });
});

Deno.test("A cut link, and one to a node that does not listen, refuse and let go what they had", async () => {
  await onStage({}, async ({ ask, link, proxy }) => {
    assertEquals(await ask("a"), "echo a");
    link.setFaults({ isCut: true });
    await assertRefused(() => ask("b"));
    proxy.heal();
    assertEquals(await ask("c"), "echo c");
    proxy.setListening(1, false);
    await assertRefused(() => ask("d"));
  });
});

Deno.test("drawFate() gives the n-th request the same dice, whatever the faults before", () => {
  const drawn = (first: LinkFaults) => {
    const random = new SeededRandom(3);
    drawFate(first, random);
    return drawFate({ fates: { dropReply: 0.5, reset: 0.5 }, jitterMs: 10 }, random);
  };
  assertEquals(drawn({}), drawn({ delayMs: 5, fates: { garbage: 1 } }));
});
