import { assert, assertEquals, assertMatch } from "@std/assert";
import { newToken } from "../../transport/access/credential.ts";
import { versionOf } from "../client/fake_node.ts";
import { runCli, type Scene } from "./fake_terminal.ts";

const token = newToken();
const list = `{"tokens":[]}`;

/** A node that knows one token, and writes down where which was shown. */
function guarded(answers: Readonly<Record<string, unknown>> = {}) {
  const shown: string[] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    const authorization = new Headers(init.headers).get("authorization");
    shown.push(`${url} ${authorization}`);
    const { pathname } = new URL(url);
    if (authorization !== `Bearer ${token}`) {
      const error = { code: "UNAUTHENTICATED", message: "Cannot tell who asks: it takes a valid token" };
      return Promise.resolve(Response.json({ error }, { status: 401 }));
    }
    const answer = answers[pathname];
    if (answer !== undefined) return Promise.resolve(Response.json(answer));
    const error = { code: "FORBIDDEN", message: "Cannot do this as read: it takes the role write" };
    return Promise.resolve(Response.json({ error }, { status: 403 }));
  };
  return { fetch, shown };
}

const value = {
  found: true,
  value: btoa("v"),
  version: versionOf(1),
  expiresAt: null,
  owner: { id: "a".repeat(40), url: "http://127.0.0.1:8440" },
  hops: 0,
};
const files = { mine: `${token}\n`, list, other: newToken() };
const advice =
  "Cannot tell who asks: it takes a valid token. Give one with --token-file PATH or in RONDO_TOKEN\n";
const rows: [args: string, env: Record<string, string>, exit: number, err: string, why: string][] = [
  ["get a", {}, 77, advice, "no token"],
  ["get a --token-file other", {}, 77, advice, "a wrong one"],
  [
    "put a b --token-file mine",
    {},
    77,
    "Cannot do this as read: it takes the role write\n",
    "too small a role",
  ],
  [
    "put a b",
    { RONDO_TOKEN: token },
    77,
    "Cannot do this as read: it takes the role write\n",
    "from the variable",
  ],
  ["get a --token-file none", {}, 66, "Cannot read none: there is no such file\n", "no file"],
  [
    "get a --token-file list",
    {},
    64,
    "Cannot use list: it is a node's list of tokens, in which no token can be read\n",
    "the file of a node",
  ],
  [
    "get a",
    { RONDO_TOKEN: "half" },
    64,
    "Cannot use RONDO_TOKEN: it takes a token, which begins with rondo_\n",
    "no token",
  ],
];

Deno.test("a command shows its token, and says what is missing", async () => {
  for (const [args, env, exit, err, why] of rows) {
    const outcome = await runCli(args.split(" "), { files, env, fetch: guarded().fetch });
    assertEquals([outcome.exit, outcome.err], [exit, err], why);
    assert(!outcome.err.includes(token.slice(6)));
  }
  const { fetch } = guarded({ "/api/keys/a": value });
  const scene: Scene = { files, env: { RONDO_TOKEN: newToken() }, fetch };
  assertEquals((await runCli(["get", "a", "--token-file", "mine"], scene)).exit, 0, "the file goes before");
});

Deno.test("nodes that only other nodes have named are shown a ticket, and the token on this machine alone", async () => {
  const info = { id: "a".repeat(40), url: "http://10.0.0.1:8440" };
  for (
    const [elsewhere, want] of [["http://10.0.0.9:8440", "null"], ["http://127.0.0.1:8441", token]] as const
  ) {
    const { fetch, shown } = guarded({ "/api/node/info": { ...info, url: elsewhere } });
    await runCli(["verify", "--token-file", "mine", "--url", "http://10.0.0.1:8440"], { files, fetch });
    const asked = shown.filter((line) => line.startsWith(elsewhere));
    assert(asked.every((line) => line.endsWith(want)), asked.join("\n"));
    assertMatch(shown[0] ?? "", /^http:\/\/10\.0\.0\.1:8440\/api\/node\/info Bearer rondo_/);
  }
});
