import { assert, assertEquals } from "@std/assert";
import type { CDPSession, Page } from "playwright-core";
import { withBrowser } from "../../bench/browser.ts";
import { MemoryNode } from "../../node/memory_node.ts";
import { eventually } from "../cluster/eventually.ts";

const cacheDirs = ["dist/console", "data/console"];
/** Few partitions, so that to hand them over takes no time. */
const flags = ["--port=0", "--stabilize-ms=100", "--partitions=16"];
const stayingNodes = 3;
const rounds = 10;
const guestsPerRound = 2;
/** By then the page has made all that it makes once. */
const settledAfterRounds = 2;
/** The clock of the page ticks and its table is drawn between two counts; the guests of a round are far more. */
const domMargin = { nodes: 60, jsEventListeners: 8 };

interface DomCounters {
  readonly nodes: number;
  readonly jsEventListeners: number;
}

Deno.test("a ring page that stays open while 20 nodes come and go keeps nothing of them", async () => {
  await using stack = new AsyncDisposableStack();
  const first = await openNode(stack, flags);
  const guestFlags = [...flags, `--bootstrap=${first.self.url}`];
  for (let i = 1; i < stayingNodes; i++) await openNode(stack, guestFlags);
  await withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await page.goto(`${first.self.url}/ring`);
    await page.waitForSelector(".live-pill.is-live");
    await showsNodes(page, stayingNodes);
    const socketsBefore = await liveSockets(first);
    assertEquals(socketsBefore, 1, "the page listens");
    let settled: DomCounters | null = null;
    for (let round = 1; round <= rounds; round++) {
      await guestsComeAndGo(page, guestFlags);
      if (round === settledAfterRounds) settled = await domCounters(session);
    }
    assert(settled !== null);
    assertEquals(await liveSockets(first), socketsBefore, "sockets of the serving node");
    assertEquals(await page.locator(".ring-marker").count(), stayingNodes, "markers");
    const after = await domCounters(session);
    for (const name of ["nodes", "jsEventListeners"] as const) {
      const grown = after[name] - settled[name];
      assert(grown <= domMargin[name], `${name} grew by ${grown}, from ${settled[name]} to ${after[name]}`);
    }
  });
});

async function openNode(stack: AsyncDisposableStack, flags: readonly string[]): Promise<MemoryNode> {
  const node = await MemoryNode.open({ flags, cacheDirs });
  stack.defer(() => node.end());
  return node;
}

/** Both are seen by the page, and both are seen to be gone. */
async function guestsComeAndGo(page: Page, flags: readonly string[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const guests = await Promise.all(Array.from({ length: guestsPerRound }, () => openNode(stack, flags)));
  await showsNodes(page, stayingNodes + guestsPerRound);
  await Promise.all(guests.map((guest) => guest.node.leave()));
  await showsNodes(page, stayingNodes);
}

async function showsNodes(page: Page, count: number): Promise<void> {
  await page.getByText(`All of ${count} nodes answered`).waitFor();
  await eventually(async () => assertEquals(await page.locator(".ring-marker").count(), count));
}

async function liveSockets({ self }: MemoryNode): Promise<number> {
  const text = await (await fetch(`${self.url}/metrics`)).text();
  return Number(/^rondo_live_sockets\{state="open"\} (\d+)$/m.exec(text)?.[1]);
}

/** Of all that scripts of the page can still reach, and of what is in the document. */
async function domCounters(session: CDPSession): Promise<DomCounters> {
  await session.send("HeapProfiler.collectGarbage");
  return await session.send("Memory.getDOMCounters");
}
