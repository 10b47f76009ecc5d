import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { formatVersion } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import {
  ChordError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
  UncertainError,
} from "../../core/errors.ts";
import type { Result } from "../../core/protocol.ts";
import { SmallWorld } from "./small_world.ts";
import { call, three } from "./wire_call.ts";

/** A ring of five, a key, the node that it is asked through, which does not keep it, and one that does. */
async function five(): Promise<{ small: SmallWorld; key: string; node: ChordNode; keeper: ChordNode }> {
  const small = await SmallWorld.ideal(5);
  const [node] = small.ring as [ChordNode];
  const key = small.keyThat((it) => small.strangersTo(it).includes(node));
  return { small, key, node, keeper: small.keepersOf(key)[0] as ChordNode };
}

Deno.test("kv.put, kv.get and kv.delete through any node", async () => {
  const { small, key, node, keeper } = await five();
  const put = await call(small, node, "kv.put", { key, value: "AQI=" });
  assertEquals([put.created, put.owner, put.hops], [true, keeper.self, 1]);
  assert(put.replicas.length >= 2, "a quorum has it");
  const got = await call(small, node, "kv.get", { key });
  assertEquals([got.found, got.value, got.version, got.hops], [true, "AQI=", put.version, 1]);
  const own = await call(small, keeper, "kv.get", { key, consistency: "one" });
  assertEquals([own.value, own.hops], ["AQI=", 0]);
  const deleted = await call(small, node, "kv.delete", { key });
  assert(deleted.version > put.version);
  const gone = await call(small, node, "kv.get", { key });
  assertEquals(
    [gone.found, gone.value, gone.version],
    [false, null, deleted.version],
    "the tombstone is the proof",
  );
  const never = await call(small, node, "kv.get", { key: `${key} never` });
  assertEquals([never.found, never.version], [false, null]);
});

Deno.test("kv methods that were passed on already are not passed on again", async () => {
  const { small, key, node, keeper } = await five();
  const calls: (() => Promise<unknown>)[] = [
    () => call(small, node, "kv.get", { key, forwarded: true }),
    () => call(small, node, "kv.put", { key, value: "", forwarded: true }),
    () => call(small, node, "kv.delete", { key, forwarded: true }),
  ];
  for (const refused of calls) await assertRejects(refused, NotOwnerError);
  await call(small, keeper, "kv.put", { key, value: "", forwarded: true });
  assertEquals((await call(small, keeper, "kv.get", { key, forwarded: true })).found, true);
  assertEquals((await call(small, keeper, "kv.delete", { key, forwarded: true })).created, false);
});

Deno.test("an attempt that was passed on is carried out once, however often its request comes", async () => {
  const { small, key, keeper } = await five();
  const attempt = { key, forwarded: true, attempt: "a1" };
  await call(small, keeper, "kv.put", { ...attempt, value: "AQ==" });
  for (const again of ["kv.put", "kv.delete"] as const) {
    const repeat = () =>
      call(small, keeper, again, { ...attempt, ...(again === "kv.put" ? { value: "" } : {}) });
    const error = await assertRejects(repeat, ChordError, "was here before");
    assertEquals([error.code, error.data.definite], [errorCode.replayedOrExpired, false]);
  }
  assertEquals((await call(small, keeper, "kv.get", { key })).value, "AQ==");
  await call(small, keeper, "kv.put", { ...attempt, attempt: "a2", value: "Ag==" });
  assertEquals((await call(small, keeper, "kv.get", { key })).value, "Ag==");
});

Deno.test("kv.put refuses what is no base64, and both kinds of expiry at once", async () => {
  const { small, node } = await three();
  for (const value of ["%", "A", "AQ=A", "é"]) {
    const put = () => call(small, node, "kv.put", { key: "k", value });
    await assertRejects(put, InvalidParamsError, "is not base64");
  }
  const put = () => call(small, node, "kv.put", { key: "k", value: "", ttlMs: 1, expiresAtMs: 1 });
  await assertRejects(put, ChordError, "exclude each other");
  assertEquals((await call(small, node, "kv.get", { key: "k" })).found, false);
});

Deno.test("kv methods refuse a version too far ahead before any copy has it", async () => {
  const { small, key, keeper } = await five();
  const { version } = await call(small, keeper, "kv.put", { key, value: "AQ==" });
  const ahead = {
    forwarded: true,
    version: formatVersion(small.world.wallNow() + 3_600_000, 0, keeper.self.id),
  };
  for (const method of ["kv.put", "kv.delete"] as const) {
    const early = () =>
      call(small, keeper, method, { key, ...(method === "kv.put" ? { value: "" } : {}), ...ahead });
    assertEquals(
      (await assertRejects(early, ChordError, "ahead of this node's clock")).code,
      errorCode.clockSkew,
    );
  }
  const partition = small.world.partitions.ofKey(key);
  for (const { disk } of small.hostsOfRing()) {
    const copy = disk.store.peek(partition, key);
    assertEquals(copy?.version ?? version, version);
  }
});

Deno.test("kv.get of an owner whose answer is no base64 is uncertain, and no failure of ours", async () => {
  const { small, key, node } = await five();
  await call(small, node, "kv.put", { key, value: "AQI=" });
  for (const { life } of small.keepersOf(key).map((keeper) => small.hostOf(keeper))) {
    assert(life !== null);
    const honest = life.handle;
    life.handle = async (method, params, context) => {
      const result = await honest(method, params, context);
      return method === "kv.get" ? { ...result, value: "%" } : result;
    };
  }
  await assertRejects(() => call(small, node, "kv.get", { key }), UncertainError, "cannot be read");
});

Deno.test("kv.get: a copy that answers with a newer record of another key is not believed", async () => {
  const { small, key, keeper } = await five();
  const other = small.keyThat((it) => it !== key && small.keepersOf(it).includes(keeper));
  await call(small, keeper, "kv.put", { key, value: "AQI=" });
  await call(small, keeper, "kv.put", { key: other, value: "AwQ=" });
  const partition = small.world.partitions.ofKey(other);
  const record = small.hostOf(keeper).disk.store.peek(partition, other);
  const [, liar] = small.keepersOf(key).map((node) => small.hostOf(node).life);
  assert(record !== undefined && liar !== undefined && liar !== null);
  const honest = liar.handle;
  liar.handle = async (method, params, context) =>
    method === "replica.read" ? { record: toWire(record) } as never : await honest(method, params, context);
  assertEquals((await call(small, keeper, "kv.get", { key, consistency: "quorum" })).value, "AQI=");
});

Deno.test("kv.put writes on condition, and says what the key holds when that fails", async () => {
  const { small, node } = await three();
  const { version } = await call(small, node, "kv.put", { key: "k", value: "AQ==", ifAbsent: true });
  const again = () => call(small, node, "kv.put", { key: "k", value: "Ag==", ifAbsent: true });
  const error = await assertRejects(again, ChordError);
  assertEquals([error.code, error.data.definite, error.data["current"]], [
    errorCode.versionConflict,
    true,
    version,
  ]);
  const next = await call(small, node, "kv.put", { key: "k", value: "Ag==", ifVersion: version });
  const stale = () => call(small, node, "kv.delete", { key: "k", ifVersion: version });
  await assertRejects(stale, ChordError, next.version);
  await call(small, node, "kv.delete", { key: "k", ifVersion: next.version });
  const missing = () => call(small, node, "kv.put", { key: "k", value: "", ifVersion: next.version });
  await assertRejects(missing, ChordError, "the key does not exist");
});

Deno.test("kv.list gives the live keys held here, by prefix and page by page", async () => {
  const small = await SmallWorld.ideal(1);
  const [lone] = small.ring;
  assert(lone !== undefined);
  for (let i = 0; i < 12; i++) await small.put(lone, `a${i}`, "v");
  await small.put(lone, "b", "v");
  await small.put(lone, "short", "v", { ttlMs: 1_000 });
  await small.delete(lone, "a3");
  await small.advance(2_000);
  const all = await call(small, lone, "kv.list", {});
  assertEquals(all.keys.map(({ key }) => key).toSorted(), [
    ...Array.from({ length: 12 }, (_, i) => `a${i}`).filter((key) => key !== "a3").toSorted(),
    "b",
  ]);
  assertEquals(new Set(all.keys.map(({ role, bytes }) => `${role} ${bytes}`)), new Set(["owner 1"]));
  assertEquals((await call(small, lone, "kv.list", { prefix: "b" })).keys.map(({ key }) => key), ["b"]);
  const seen: string[] = [];
  let after: Result<"kv.list">["next"] = null;
  do {
    const page: Result<"kv.list"> = await call(small, lone, "kv.list", { prefix: "a", limit: 4, after });
    assert(page.keys.length <= 4);
    seen.push(...page.keys.map(({ key }) => key));
    after = page.next;
  } while (after !== null);
  assertEquals([seen.length, new Set(seen).size], [11, 11]);
});

Deno.test("kv.list says in which role the node holds a key", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(40);
  const [node] = small.ring as [ChordNode];
  const listed = (await call(small, node, "kv.list", { limit: 1_000 })).keys;
  const roleOf = (key: string) => {
    const at = small.keepersOf(key).indexOf(node);
    return at < 0 ? null : at === 0 ? "owner" : "replica";
  };
  const want = keys.filter((key) => roleOf(key) !== null).map((key) => `${key} ${roleOf(key)}`);
  assertEquals(listed.map(({ key, role }) => `${key} ${role}`).toSorted(), want.toSorted());
});
