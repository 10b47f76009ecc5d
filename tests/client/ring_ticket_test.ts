import { assertEquals } from "@std/assert";
import { RingTicket } from "../../client/ring_ticket.ts";
import { RondoError } from "../../client/mod.ts";

const startMs = Date.UTC(2026, 0, 1);

Deno.test("RingTicket asks for a ticket once, and again before it is over", async () => {
  let nowMs = startMs;
  let asked = 0;
  const client = {
    ask: () => {
      const expiresAt = new Date(nowMs + 300_000).toISOString();
      return Promise.resolve({ ticket: `ticket ${++asked}`, expiresAt } as never);
    },
  };
  const { current } = new RingTicket(client, () => nowMs);
  assertEquals(await Promise.all([current(), current(), current()]), ["ticket 1", "ticket 1", "ticket 1"]);
  nowMs += 239_999;
  assertEquals(await current(), "ticket 1");
  nowMs += 1;
  assertEquals(await current(), "ticket 2");
});

Deno.test("RingTicket does without one where there is none, and asks again after a while", async () => {
  let nowMs = startMs;
  let asked = 0;
  const client = {
    ask: () => {
      asked++;
      return Promise.reject(new RondoError("NO_RING_SECRET", "none", { definite: true, status: 404 }));
    },
  };
  const { current } = new RingTicket(client, () => nowMs);
  assertEquals([await current(), await current(), asked], [null, null, 1]);
  nowMs += 30_000;
  assertEquals([await current(), asked], [null, 2]);
});
