import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { PeerUnreachableError, UntrustedPeerError } from "../../../core/errors.ts";
import { unknownId } from "../../../core/node_ref.ts";
import type { Fetch } from "../../../transport/exchange.ts";
import { HttpTransport } from "../../../transport/http_transport.ts";
import type { RingTrust } from "../../../transport/trust/ring_trust.ts";
import { signatureHeader } from "../../../transport/trust/signed_text.ts";
import { infoOf } from "../fake_node.ts";
import { friend, guarded, newSecret, oldSecret, otherSecret, self, trustOf } from "./trusted_nodes.ts";

const timeoutMs = 5_000;

/** The transport of `friend`, whose requests reach the node at `self` by `fetch`. */
function transport(
  fetch: Fetch,
  trust: RingTrust | undefined = trustOf(friend.id),
  now?: () => number,
): HttpTransport {
  return new HttpTransport({
    cluster: "rondo",
    valueBytesMax: 1_000,
    from: friend.id,
    fetch,
    trust,
    ...(now === undefined ? {} : { now }),
  });
}

/** A network to a node with the secrets; it counts what passes, and may spoil answers. */
function wire(
  trust: RingTrust | undefined,
  spoil: (answer: Response) => Response | Promise<Response> = (it) => it,
) {
  const { node, ask } = guarded({}, trust);
  const statuses: number[] = [];
  const fetch: Fetch = async (_, { headers, body }) => {
    const { headers: given, status, text } = await ask("POST", "/rpc", {
      headers: headers ?? {},
      body: body ?? null,
    });
    statuses.push(status);
    return await spoil(new Response(status === 204 ? null : text, { status, headers: given }));
  };
  return { fetch, node, statuses };
}

Deno.test("HttpTransport and a node with the same secret understand each other", async () => {
  const { fetch, node } = wire(trustOf(self.id));
  node.answers["node.info"] = () => infoOf(node);
  const caller = transport(fetch);
  const ping = () => caller.call(self, "chord.ping", {}, timeoutMs);
  const answers = await Promise.all(Array.from({ length: 100 }, ping));
  assertEquals(new Set(answers.map(({ id }) => id)), new Set([self.id]));
  const { id } = await caller.call({ id: unknownId, url: self.url }, "node.info", {}, timeoutMs);
  assertEquals(id, self.id, "also when only the address is known");
  await caller.close();
});

Deno.test("HttpTransport believes no answer that its peer has not signed, and does not ask again", async () => {
  const changed = async (answer: Response, change: (headers: Headers, text: string) => string) => {
    const headers = new Headers(answer.headers);
    const text = change(headers, await answer.text());
    return new Response(text, { status: answer.status, headers });
  };
  const rows: [why: string, spoil: (answer: Response) => Promise<Response>, message: string][] = [
    [
      "not signed",
      (it) => changed(it, (headers, text) => (headers.delete(signatureHeader), text)),
      "its answer is not signed, as if its nodes had no secret",
    ],
    [
      "another text",
      (it) => changed(it, (_, text) => text.replace("member", "joining")),
      "is signed by somebody else",
    ],
    [
      "another's id",
      (it) =>
        changed(it, (headers, text) => {
          headers.set(signatureHeader, (headers.get(signatureHeader) ?? "").replace(self.id, friend.id));
          return text;
        }),
      "is signed by somebody else",
    ],
    [
      "another MAC",
      (it) =>
        changed(it, (headers, text) => {
          headers.set(signatureHeader, `${self.id}.${"0".repeat(64)}`);
          return text;
        }),
      "is signed by somebody else",
    ],
  ];
  for (const [why, spoil, message] of rows) {
    const { fetch, statuses } = wire(trustOf(self.id), spoil);
    const caller = transport(fetch);
    const error = await assertRejects(
      () => caller.call(self, "chord.ping", {}, timeoutMs),
      UntrustedPeerError,
      message,
      why,
    );
    assertInstanceOf(error, PeerUnreachableError, "as good as silence");
    assertEquals([error.data.definite, error.refused, statuses], [false, false, [200]], why);
    await caller.close();
  }
});

Deno.test("HttpTransport: with another secret, or with one where the peer has none, nobody is understood", async () => {
  const rows: [theirs: string[] | null, ours: string[], statuses: number[], message: string][] = [
    [[otherSecret], [oldSecret], [401], "it does not accept our secret"],
    [[otherSecret], [newSecret, oldSecret], [401, 401], "it does not accept our secret"],
    [null, [oldSecret], [200], "its answer is not signed"],
  ];
  for (const [theirs, ours, want, message] of rows) {
    const { node, ask } = guarded(
      theirs === null ? { trust: undefined } : {},
      trustOf(self.id, theirs ?? undefined),
    );
    const statuses: number[] = [];
    const caller = transport(async (_, { headers, body }) => {
      const { headers: given, status, text } = await ask("POST", "/rpc", {
        headers: headers ?? {},
        body: body ?? null,
      });
      statuses.push(status);
      return new Response(text, { status, headers: given });
    }, trustOf(friend.id, ours));
    await assertRejects(() => caller.call(self, "chord.ping", {}, timeoutMs), UntrustedPeerError, message);
    assertEquals(
      [statuses, node.calls.length],
      [want, theirs === null ? 1 : 0],
      "asked once under each secret",
    );
    await caller.close();
  }
});

Deno.test("HttpTransport goes through a rotation without losing a call, whoever reads the new secret first", async () => {
  const clock = { nowMs: 0 };
  const [theirs, ours] = [trustOf(self.id), trustOf(friend.id)];
  const { fetch, statuses } = wire(theirs);
  const caller = transport(fetch, ours, () => clock.nowMs);
  const ping = async () => {
    statuses.length = 0;
    await caller.call(self, "chord.ping", {}, timeoutMs);
    return statuses.join(" ");
  };
  assertEquals(await ping(), "200");
  ours.renew([newSecret, oldSecret]);
  assertEquals(await ping(), "401 200", "the peer has not read it yet, and gets the call under the old one");
  assertEquals(await ping(), "200", "which is remembered");
  clock.nowMs += 5_000;
  assertEquals(await ping(), "401 200", "for five seconds");
  theirs.renew([newSecret, oldSecret]);
  clock.nowMs += 5_000;
  assertEquals(await ping(), "200");
  theirs.renew([newSecret]);
  assertEquals(await ping(), "200", "the old one is taken out");
  ours.renew([newSecret]);
  assertEquals(await ping(), "200");
  await caller.close();
});

Deno.test("HttpTransport: a peer that drops the old secret while it is spoken to in it loses no call either", async () => {
  const [theirs, ours] = [trustOf(self.id), trustOf(friend.id, [newSecret, oldSecret])];
  const { fetch, statuses } = wire(theirs);
  const caller = transport(fetch, ours, () => 0);
  await caller.call(self, "chord.ping", {}, timeoutMs);
  theirs.renew([newSecret]);
  await caller.call(self, "chord.ping", {}, timeoutMs);
  await caller.call(self, "chord.ping", {}, timeoutMs);
  assertEquals(statuses, [401, 200, 401, 200, 200]);
  await caller.close();
});
