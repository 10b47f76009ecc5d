import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { PeerUnreachableError } from "../../../core/errors.ts";
import {
  AddressRules,
  loopback,
  networks,
  privateNetworks,
  readNetwork,
} from "../../../node/dialer/address_rules.ts";
import { Dialer, type DialerOptions, DialRefusedError } from "../../../node/dialer/dialer.ts";
import { peerNetworks } from "../../../node/dialer/peer_networks.ts";
import { readTarget } from "../../../node/dialer/target.ts";
import { HttpTransport } from "../../../transport/http_transport.ts";
import { logbook, nodeAt } from "../../transport/fake_node.ts";

const onLoopback = new AddressRules(loopback);
const onPrivate = new AddressRules(privateNetworks);
const anywhere = new AddressRules(networks("0.0.0.0/0", "::/0"));

/** A dialer that connects to nobody, and what it would have sent. */
function dry(over: Partial<DialerOptions> = {}) {
  const sent: string[] = [];
  const book = logbook();
  const dialer = new Dialer({
    rules: onLoopback,
    log: book.log,
    fetch: (url) => {
      sent.push(url);
      return Promise.resolve(new Response("answer"));
    },
    ...over,
  });
  return { dialer, sent, ...book, [Symbol.dispose]: () => dialer.close() };
}

Deno.test("readTarget() knows one shape, and one form of each address", () => {
  const bad = null;
  const rows: [authority: string, host: string | null, port?: number][] = [
    ["http://127.0.0.1:8440", "127.0.0.1", 8440],
    ["HTTP://127.0.0.1:8440", "127.0.0.1", 8440],
    ["http://127.0.0.1", "127.0.0.1", 80],
    ["http://2130706433:8440", "127.0.0.1", 8440],
    ["http://0x7f000001:8440", "127.0.0.1", 8440],
    ["http://0x7f.1:8440", "127.0.0.1", 8440],
    ["http://0177.0.0.1:8440", "127.0.0.1", 8440],
    ["http://017700000001:8440", "127.0.0.1", 8440],
    ["http://127.1:8440", "127.0.0.1", 8440],
    ["http://127.0.1:8440", "127.0.0.1", 8440],
    ["http://127.0.0.1.:8440", "127.0.0.1", 8440],
    ["http://①②⑦.⓪.⓪.①:8440", "127.0.0.1", 8440],
    ["http://１２７.０.０.１:8440", "127.0.0.1", 8440],
    ["http://127。0。0。1:8440", "127.0.0.1", 8440],
    ["http://%31%32%37.0.0.1:8440", "127.0.0.1", 8440],
    ["http://127.0.0.%31:8440", "127.0.0.1", 8440],
    ["http://0:8440", "0.0.0.0", 8440],
    ["http://[::1]:8440", "::1", 8440],
    ["http://[0:0:0:0:0:0:0:1]:8440", "::1", 8440],
    ["http://[::ffff:127.0.0.1]:8440", "::ffff:7f00:1", 8440],
    ["http://[::FFFF:7F00:1]:8440", "::ffff:7f00:1", 8440],
    ["http://LOCALHOST:8440", "localhost", 8440],
    ["http://localhost.:8440", "localhost.", 8440],
    ["http://a.example:65535", "a.example", 65_535],
    ["http://127.0.0.1:0", bad],
    ["http://127.0.0.1:65536", bad],
    ["http://127.0.0.1:-1", bad],
    ["http://127.0.0.1:80:80", bad],
    ["http://256.0.0.1:8440", bad],
    ["http://0x100000000:8440", bad],
    ["http://1.2.3.4.5:8440", bad],
    ["http://[fe80::1%25eth0]:8440", bad],
    ["http://[::1:8440", bad],
    ["http://:8440", bad],
    ["http://", bad],
    ["http:/127.0.0.1:8440", bad],
    ["http:127.0.0.1:8440", bad],
    ["//127.0.0.1:8440", bad],
    ["https://127.0.0.1:8440", bad],
    ["ftp://127.0.0.1:8440", bad],
    ["file://127.0.0.1", bad],
    ["javascript:alert(1)//", bad],
    ["http://user@127.0.0.1:8440", bad],
    ["http://user:secret@127.0.0.1:8440", bad],
    ["http://@127.0.0.1:8440", bad],
    ["http://good.example@127.0.0.1:8440", bad],
    ["http://127.0.0.1:8440/", bad],
    ["http://127.0.0.1:8440/api/node/kill?", bad],
    ["http://127.0.0.1:8440/..", bad],
    ["http://127.0.0.1:8440?x=", bad],
    ["http://127.0.0.1:8440#", bad],
    ["http://127.0.0.1\\@good.example:8440", bad],
    ["http:\\\\127.0.0.1:8440", bad],
    ["http://127.0.0.1:8440\r\nx: y", bad],
    ["http://127.0.\t0.1:8440", bad],
    [" http://127.0.0.1:8440", bad],
    ["", bad],
  ];
  for (const [authority, host, port] of rows) {
    const target = readTarget(`${authority}/rpc`);
    if (host === bad) assertEquals(typeof target, "string", authority);
    else assertEquals(target, { url: `${authority}/rpc`, host, port: port ?? 80 }, authority);
  }
});

Deno.test("AddressRules judge addresses by what they stand for", () => {
  const rows: [rules: AddressRules, address: string, isAllowed: boolean][] = [
    [onLoopback, "127.0.0.1", true],
    [onLoopback, "127.255.255.254", true],
    [onLoopback, "::1", true],
    [onLoopback, "::ffff:127.0.0.1", true],
    [onLoopback, "::ffff:7f00:1", true],
    [onLoopback, "10.0.0.1", false],
    [onLoopback, "128.0.0.1", false],
    [onLoopback, "0.0.0.0", false],
    [onPrivate, "10.255.0.1", true],
    [onPrivate, "172.16.0.1", true],
    [onPrivate, "172.31.255.255", true],
    [onPrivate, "192.168.0.1", true],
    [onPrivate, "fd12:3456::1", true],
    [onPrivate, "::ffff:10.0.0.1", true],
    [onPrivate, "127.0.0.1", false],
    [onPrivate, "::1", false],
    [onPrivate, "::ffff:127.0.0.1", false],
    [onPrivate, "172.32.0.1", false],
    [onPrivate, "11.0.0.1", false],
    [onPrivate, "8.8.8.8", false],
    [onPrivate, "fd00:ec2::254", false],
    [onPrivate, "localhost", false],
    [anywhere, "8.8.8.8", true],
    [anywhere, "2001:db8::1", true],
    [anywhere, "169.254.169.254", false],
    [anywhere, "::ffff:169.254.169.254", false],
    [anywhere, "::ffff:a9fe:a9fe", false],
    [anywhere, "64:ff9b::a9fe:a9fe", false],
    [anywhere, "64:ff9b::808:808", true],
    [anywhere, "2002:a9fe:a9fe::1", false],
    [anywhere, "::a9fe:a9fe", false],
    [anywhere, "fe80::1", false],
    [anywhere, "febf::1", false],
    [anywhere, "fe80::1%eth0", false],
    [anywhere, "ff02::1", false],
    [anywhere, "224.0.0.1", false],
    [anywhere, "255.255.255.255", false],
    [anywhere, "0.1.2.3", false],
    [anywhere, "0.0.0.0", false],
    [anywhere, "::", false],
    [anywhere, "::ffff:0.0.0.0", false],
    [anywhere, "", false],
  ];
  for (const [rules, address, isAllowed] of rows) {
    assertEquals(rules.refusal(address) === null, isAllowed, address);
  }
});

Deno.test("readNetwork() reads CIDR, and nothing else", () => {
  for (const text of ["10.0.0.0/8", "1.2.3.4", "::/0", "fd00::/8", "0.0.0.0/0", "1.2.3.4/32", "::1/128"]) {
    assertEquals(readNetwork(text) === null, false, text);
  }
  for (
    const text of [
      "",
      "10/8",
      "10.0.0.0/33",
      "::/129",
      "a/8",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "10.0.0.0/-1",
      "fe80::1%a/64",
    ]
  ) {
    assertEquals(readNetwork(text), null, text);
  }
});

Deno.test("peerNetworks() follows what the operator has named", () => {
  const nothing = { host: "127.0.0.1", advertise: null, bootstrap: [], peerAllow: [] };
  const rows: [whereabouts: Partial<typeof nothing> | object, allowed: string[], refused: string[]][] = [
    [{}, ["127.0.0.1", "::1"], ["10.0.0.1", "8.8.8.8"]],
    [{ host: "localhost", bootstrap: ["http://[::1]:8441"] }, ["127.0.0.1"], ["10.0.0.1"]],
    [{ host: "10.1.2.3" }, ["10.200.0.1", "192.168.0.1", "fd00::1"], ["127.0.0.1", "8.8.8.8"]],
    [{ host: "0.0.0.0" }, ["10.0.0.1"], ["127.0.0.1", "8.8.8.8"]],
    [{ host: "0.0.0.0", advertise: "http://198.51.100.7:8440" }, ["198.51.100.200"], [
      "198.51.101.1",
      "127.0.0.1",
    ]],
    [{ host: "::", bootstrap: ["http://[2001:db8::7]:8440"] }, ["2001:db8::1"], ["2001:db8:0:1::1"]],
    [{ host: "10.1.2.3", bootstrap: ["http://127.0.0.1:8441"] }, ["10.0.0.1", "127.0.0.1"], ["8.8.8.8"]],
    [{ advertise: "http://node.example:8440" }, ["127.0.0.1", "10.0.0.1"], ["8.8.8.8"]],
    [{ peerAllow: ["198.51.100.0/24"] }, ["198.51.100.1"], ["127.0.0.1", "10.0.0.1"]],
  ];
  for (const [whereabouts, allowed, refused] of rows) {
    const rules = new AddressRules(peerNetworks({ ...nothing, ...whereabouts }));
    for (const address of allowed) assertEquals(rules.refusal(address), null, JSON.stringify(whereabouts));
    for (const address of refused) {
      assertEquals(rules.refusal(address) === null, false, `${JSON.stringify(whereabouts)} ${address}`);
    }
  }
});

Deno.test("Dialer sends nothing where no peer may be, says so once, and counts", async () => {
  using it = dry();
  for (let turn = 0; turn < 3; turn++) {
    await assertRejects(
      () => it.dialer.fetch("http://10.0.0.1:8440/rpc", {}),
      DialRefusedError,
      "--peer-allow",
    );
  }
  await assertRejects(
    () => it.dialer.fetch("http://127.0.0.1:8440/api/node/kill?/rpc", {}),
    DialRefusedError,
  );
  await it.dialer.fetch("http://127.0.0.1:8440/rpc", {});
  assertEquals(it.sent, ["http://127.0.0.1:8440/rpc"]);
  assertEquals([it.dialer.refused, it.events], [4, ["dial.refused", "dial.refused"]]);
});

Deno.test("Dialer judges a name by all that it means at the moment", async () => {
  let means: string[] = ["10.0.0.1", "127.0.0.1"];
  let nowMs = 0;
  let asked = 0;
  const resolve = () => {
    asked++;
    return means.length === 0 ? Promise.reject(new Error("no such name")) : Promise.resolve(means);
  };
  using it = dry({ resolve, now: () => nowMs });
  const call = () => it.dialer.fetch("http://node.example:8440/rpc", {});
  await call();
  means = ["169.254.169.254"];
  await call();
  assertEquals(asked, 1, "believed for a while");
  nowMs += 10_000;
  await assertRejects(call, DialRefusedError, "node.example means 169.254.169.254");
  means = [];
  await assertRejects(call, Error, "no such name");
  means = ["127.0.0.1"];
  await call();
  assertEquals([it.sent.length, it.dialer.refused], [3, 1]);
});

Deno.test("Dialer connects to the address that was judged, under the name that was meant", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    return new Response(request.headers.get("host"));
  });
  const dialer = new Dialer({
    rules: onLoopback,
    log: () => {},
    resolve: () => Promise.resolve(["127.0.0.1"]),
  });
  const host = `node.example:${server.addr.port}`;
  assertEquals(await (await dialer.fetch(`http://${host}/rpc`, {})).text(), host);
  dialer.close();
  await server.shutdown();
});

Deno.test("Dialer follows no redirect to where no peer may be", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response(null, { status: 307, headers: { location: "http://169.254.169.254/" } });
  });
  const dialer = new Dialer({ rules: onLoopback, log: () => {} });
  await assertRejects(
    () => dialer.fetch(`http://127.0.0.1:${server.addr.port}/rpc`, { redirect: "follow" }),
    TypeError,
  );
  dialer.close();
  await server.shutdown();
});

Deno.test("Dialer forgets names, so that no number of them fills the memory", async () => {
  using it = dry({ resolve: (name) => Promise.resolve([`127.0.${name.length}.${name.charCodeAt(1)}`]) });
  for (let i = 0; i < 3_000; i++) await it.dialer.fetch(`http://n${i}.example:8440/rpc`, {});
  assertEquals(it.sent.length, 3_000);
});

Deno.test("HttpTransport takes a refused address for one where nobody listens: nothing has happened", async () => {
  using it = dry();
  const transport = new HttpTransport({ cluster: "rondo", valueBytesMax: 1_000, fetch: it.dialer.fetch });
  const peer = { ...nodeAt(8441), url: "http://10.0.0.1:8440" };
  const error = await assertRejects(() => transport.call(peer, "chord.ping", {}, 1_000));
  assertInstanceOf(error, PeerUnreachableError);
  assertEquals([error.refused, error.data.definite, it.sent], [true, true, []]);
  await transport.close();
});
