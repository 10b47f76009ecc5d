import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { claimData, openDataDirectory, refuseLoss } from "../../node/data_directory.ts";
import { exitCode, StartError } from "../../node/exit_code.ts";
import { describeStartFailure } from "../../node/start_failure.ts";
import { defaultConfig } from "../../core/config.ts";
import { StoreDamagedError } from "../../storage/store_errors.ts";
import { TestDirectory } from "./kv_fixture.ts";
import { everything, noise, record } from "./records.ts";

const pageBytes = 4_096;

/** A closed store with records enough for a tree of some pages. */
async function prepare(directory: TestDirectory): Promise<void> {
  const store = await directory.open();
  const merges = Array.from(
    { length: 500 },
    (_, i) => store.merge(i % 8, record(`key-${i}`, { value: noise(100) })),
  );
  await Promise.all(merges);
  await store.saveDocument("ring", "state");
  await store.close();
}

async function harmFile(
  directory: TestDirectory,
  harm: (bytes: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const harmed = harm(await Deno.readFile(directory.file));
  await Deno.writeFile(directory.file, harmed);
  return harmed;
}

async function quarantined(directory: TestDirectory): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  return names.filter((name) => name.startsWith("rondo.kv.corrupt-"));
}

/** Flips a bit in the second letter of the text, wherever it stands in the bytes. */
function misspell(bytes: Uint8Array, text: string): Uint8Array {
  const places = [...new TextDecoder("latin1").decode(bytes).matchAll(new RegExp(text, "g"))];
  assert(places.length > 0);
  for (const { index } of places) bytes[index + 1] = (bytes[index + 1] ?? 0) ^ 1;
  return bytes;
}

const harms: readonly (readonly [name: string, harm: (bytes: Uint8Array) => Uint8Array])[] = [
  ["garbage", () => noise(10_000)],
  ["a zeroed header", (bytes) => bytes.fill(0, 0, 100)],
  ["a zeroed page", (bytes) => bytes.fill(0, 4 * pageBytes, 5 * pageBytes)],
  ["a file cut in the middle of a page", (bytes) => bytes.subarray(0, 6 * pageBytes + 1_000)],
  ["a file without its last page", (bytes) => bytes.subarray(0, bytes.length - pageBytes)],
  ["every page behind the first lost", (bytes) => bytes.fill(0xff, pageBytes)],
  ["a header that makes it read-only", (bytes) => bytes.fill(7, 18, 19)],
  ["a letter of a key", (bytes) => misspell(bytes, "key-77\0")],
  ["a letter of the schema", (bytes) => misspell(bytes, "CREATE TABLE kv")],
];

for (const [name, harm] of harms) {
  Deno.test(`a database with ${name} is set aside, and the node goes on with an empty one`, async () => {
    await using directory = new TestDirectory();
    await prepare(directory);
    const harmed = await harmFile(directory, harm);

    const store = await directory.open();
    const [file] = await quarantined(directory);
    assertEquals([store.lostData, store.count(everything)], [true, 0]);
    assertEquals(store.quarantined, `${directory.path}/${file}`);
    assertEquals(await Deno.readFile(`${directory.path}/${file}`), harmed, "as it was found");
    const logged = directory.logged.map(({ level, event, fields }) => [level, event, fields.path]);
    assertEquals(logged, [["error", "store.quarantined", store.quarantined]]);
    await store.merge(0, record("a"));
    await store.close();

    const again = await directory.open();
    assertEquals([again.lostData, again.quarantined, again.count(everything)], [
      true,
      `${directory.path}/${file}`,
      1,
    ]);
    await again.acceptLoss();
    assertEquals([again.lostData, again.quarantined], [false, null]);
    await again.close();
    const afterwards = await directory.open();
    assertEquals([afterwards.lostData, await quarantined(directory)], [false, [file]]);
  });
}

Deno.test("a database whose rows Deno KV would choke on is set aside", async () => {
  for (const change of ["v_encoding = 2", "v_encoding = 9", "v = 'text'", "version = 'text'"]) {
    await using directory = new TestDirectory();
    await prepare(directory);
    {
      using database = new DatabaseSync(directory.file);
      database.exec(`update kv set ${change} where k in (select k from kv limit 1)`);
    }
    assertEquals(
      [(await directory.open()).lostData, directory.events],
      [true, ["store.quarantined"]],
      change,
    );
  }
});

Deno.test("data is known to be lost even if the marker beside the damaged database is gone", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  await harmFile(directory, () => noise(10_000));
  await Deno.remove(`${directory.path}/generation`);
  assertEquals((await directory.open()).lostData, true);
});

Deno.test("the write-ahead log goes with its database", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  const store = await directory.open();
  await store.merge(0, record("a"));
  const killed = await directory.asKilled();
  await harmFile(killed, (bytes) => bytes.fill(0, 4 * pageBytes));
  assertEquals((await killed.open()).count(everything), 0);
  const names = (await Array.fromAsync(Deno.readDir(killed.path))).map(({ name }) => name);
  assertEquals(names.filter((name) => name.startsWith("rondo.kv-wal.corrupt-")).length, 1);
});

Deno.test("a disk that fails is not a damaged database: nothing is set aside", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  const openKv = () => Promise.reject(new Error("disk I/O error"));
  const error = await assertRejects(() => directory.open({ openKv }), StoreDamagedError, "disk I/O error");
  assertEquals(describeStartFailure(error).exit, exitCode.storeFailure);
  assertEquals([await quarantined(directory), (await directory.open()).count(everything)], [[], 500]);
});

Deno.test("a database that is damaged again as soon as it was replaced stops the node", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  const openKv = () => Promise.reject(new Error("file is not a database"));
  await assertRejects(() => directory.open({ openKv }), StoreDamagedError, "file is not a database");
});

Deno.test("a disk that damages one database after another is given up", async () => {
  await using directory = new TestDirectory();
  for (let i = 0; i < 8; i++) await Deno.writeFile(`${directory.file}.corrupt-${i}`, noise(10));
  await Deno.writeFile(directory.file, noise(10_000));
  await assertRejects(() => directory.open(), StoreDamagedError, "the disk damaged 8 databases before");
});

Deno.test("a node without a ring to go to does not begin a new one in the place of lost data", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  await harmFile(directory, () => noise(10_000));
  const store = await openDataDirectory(directory.path, directory.log);
  await claimData(store, { id: "00" as never, url: "http://127.0.0.1:1" }, defaultConfig);
  const refusal = assertThrows(() => refuseLoss(store, false, []), StartError, "has lost its data");
  assert(refusal.message.includes(`the damaged database is kept in ${store.quarantined})`));
  assertEquals(refusal.exit, exitCode.storeFailure);
  refuseLoss(store, false, ["http://127.0.0.1:2"]);
  await store.close();
});
