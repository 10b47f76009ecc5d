import { assertEquals, assertMatch } from "@std/assert";
import { ticketMs, Tickets } from "../../../transport/access/tickets.ts";
import { MacKey } from "../../../transport/trust/mac.ts";
import { nodeAt } from "../fake_node.ts";
import { bearer, GuardedNode } from "./guarded_node.ts";

const key = new MacKey("the secret of the ring");
const nextKey = new MacKey("the next secret of the ring");

async function ticketOf(node: GuardedNode, headers: Record<string, string>): Promise<string> {
  const { ticket, expiresAt } = await (await node.ask("GET", "/api/ticket", headers)).json();
  assertMatch(expiresAt, /^2023-/);
  return ticket;
}

Deno.test("a ticket of one node reads from the others, and does nothing else", async () => {
  const [first, second] = [new GuardedNode(), new GuardedNode()];
  first.ringKeys = second.ringKeys = [key];
  const ticket = await ticketOf(first, bearer(first.token("admin", "ada")));
  const rows: [method: string, path: string, status: number][] = [
    ["GET", "/api/keys/k", 404],
    ["GET", "/api/session", 200],
    ["PUT", "/api/keys/k", 403],
    ["POST", "/api/node/leave", 403],
    ["GET", "/api/ticket", 403],
  ];
  for (const [method, path, status] of rows) {
    assertEquals(await second.status(method, path, bearer(ticket)), status, path);
  }
  assertEquals(await (await second.ask("GET", "/api/session", bearer(ticket))).json(), {
    name: "ada",
    role: "read",
    csrf: null,
  });
});

Deno.test("a ticket is good for minutes, in its ring, for as long as its secret is", async () => {
  const node = new GuardedNode();
  node.ringKeys = [key];
  const ticket = await ticketOf(node, bearer(node.token("read")));
  const status = (text: string) => node.status("GET", "/api/keys/k", bearer(text));
  const [body, mac] = ticket.split(".");
  const later = btoa(JSON.stringify({ name: "read", expiresAtMs: 9e15 })).replaceAll("=", "");
  for (
    const wrong of [`${body}.`, `${body}.AAAA`, `${body}x.${mac}`, `rondot_${later}.${mac}`, `${ticket}.x`]
  ) {
    assertEquals(await status(wrong), 401, wrong);
  }
  assertEquals(await status(ticket), 404);
  node.ringKeys = [nextKey, key];
  assertEquals(await status(ticket), 404, "the ring changes its secret");
  node.ringKeys = [nextKey];
  assertEquals(await status(ticket), 401, "the old secret is gone");
  node.ringKeys = [key];
  node.nowMs += ticketMs;
  assertEquals(await status(ticket), 401);
  const ofOthers = new Tickets({ keys: () => [key], cluster: "other", wallNow: () => 1_700_000_000_000 });
  const issued = ofOthers.issue({ name: "a", role: "read", by: "token" });
  assertEquals(await status(issued?.ticket ?? ""), 401);
});

Deno.test("without a secret of the ring there are no tickets, and strangers get none", async () => {
  const node = new GuardedNode();
  const response = await node.ask("GET", "/api/ticket", bearer(node.token("read")));
  assertEquals([response.status, (await response.json()).error.code], [404, "NO_RING_SECRET"]);
  assertEquals(await node.status("GET", "/api/ticket"), 401);
});

const preflights: [path: string, origin: string, method: string, status: number, why: string][] = [
  ["/api/node/info", nodeAt(8441).url, "GET", 204, "a member's page asks the node"],
  ["/api/lookup/k", nodeAt(8441).url, "GET", 204, "a member's page looks a key up"],
  ["/api/node/leave", nodeAt(8441).url, "POST", 405, "a member's page may command nothing"],
  ["/api/keys/k", nodeAt(8441).url, "GET", 405, "keys are for the node's own pages"],
  ["/api/ticket", nodeAt(8441).url, "GET", 405, "so are tickets"],
  ["/api/session", nodeAt(8441).url, "GET", 405, "and sessions"],
  ["/api/node/info", "http://evil.example", "GET", 405, "another site's page may do nothing"],
  ["/api/node/info", "null", "GET", 405, "a page without a site neither"],
];

Deno.test("preflights are answered for members' questions only, and never with credentials", async () => {
  const node = new GuardedNode();
  const member = nodeAt(8441);
  node.node.peers.set(member.id, member);
  for (const [path, origin, method, status, why] of preflights) {
    const response = await node.ask("OPTIONS", path, {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization",
    });
    assertEquals(response.status, status, why);
    const allowed = status === 204 ? [origin, "GET", "authorization"] : [null, null, null];
    const said = ["origin", "methods", "headers"]
      .map((name) => response.headers.get(`access-control-allow-${name}`));
    assertEquals(said, allowed, why);
    assertEquals(response.headers.get("access-control-allow-credentials"), null);
    await response.body?.cancel();
  }
});
