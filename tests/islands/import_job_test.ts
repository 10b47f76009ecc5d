import { assert, assertEquals } from "@std/assert";
import { type Fetch, RondoClient } from "../../client/mod.ts";
import type { ImportState } from "../../components/keys/import_progress.ts";
import { ImportJob } from "../../islands/import_job.ts";
import { RingInProcess } from "../transport/ring_in_process.ts";

function jobOn(ring: RingInProcess, fetch: Fetch = ring.fetch) {
  const states: ImportState[] = [];
  const client = new RondoClient({ url: ring.nodes[0]?.self.url ?? "", fetch });
  let onState: (state: ImportState) => void = () => {};
  const job = new ImportJob({ client, onChange: (state) => (states.push(state), onState(state)) });
  /** Does something once, when the import has come to be like this. */
  const when = (kind: ImportState["kind"], act: () => void) => {
    onState = (state) => {
      if (state.kind !== kind) return;
      onState = () => {};
      act();
    };
  };
  return { client, job, states, when, last: () => states.at(-1) };
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => `k${i},v${i}\n`).join("");

Deno.test("a file is imported, and the page hears of each step", async () => {
  await using ring = await RingInProcess.of(3);
  const { client, job, states, last } = jobOn(ring);
  const file = new Blob([`key,value\n${rows(300)}k0,again\n`]);
  await job.start(file, { format: "csv", prefix: "p/" });
  assertEquals([...new Set(states.map(({ kind }) => kind))], ["checking", "running", "ended"]);
  const ended = last();
  assert(ended?.kind === "ended");
  assertEquals([ended.end.finished, ended.end.ok, ended.end.duplicates], [true, 300, 1]);
  assertEquals(ended.problems.map(({ row, code }) => [row, code]), [[2, "DUPLICATE_KEY"]]);
  assertEquals(await client.getText("p/k0"), "again");
  job.reset();
  assertEquals(last(), { kind: "idle" });
});

Deno.test("a bad file is refused with its rows, and nothing of it is there", async () => {
  await using ring = await RingInProcess.of(1);
  const { client, job, last } = jobOn(ring);
  await job.start(new Blob([`key,value\n${rows(10)}bad\n`]), { format: "csv" });
  const refused = last();
  assert(refused?.kind === "refused");
  assertEquals([refused.bad, refused.problems[0]?.row], [1, 12]);
  assertEquals((await client.get("k0")).found, false);
  await job.start(new Blob(["x"]), { format: "csv", ttlSeconds: 0 });
  assertEquals(last()?.kind === "refused", true, "so is what the node does not understand");
});

Deno.test("a stopped import says which row was its last, and the rows before it are there", async () => {
  await using ring = await RingInProcess.of(1);
  const { client, job, states, when, last } = jobOn(ring);
  when("running", () => void job.stop());
  await job.start(new Blob([`key,value\n${rows(20_000)}`]), { format: "csv" });
  assert(states.some((state) => state.kind === "running" && state.isStopping));
  const ended = last();
  assert(ended?.kind === "ended" && ended.end.reason === "cancelled", JSON.stringify(ended));
  const { lastRow, done } = ended.end;
  assert(lastRow === null ? done === 0 : lastRow === done + 1 && done < 20_000);
  if (done > 0) assertEquals(await client.getText(`k${done - 1}`), `v${done - 1}`);
  assertEquals((await client.get(`k${done}`)).found, false);
});

Deno.test("an import that is stopped while its file is checked ends at once, and says so", async () => {
  await using ring = await RingInProcess.of(1);
  const { client, job, when, last } = jobOn(ring);
  when("checking", () => void job.stop());
  await job.start(new Blob([`key,value\n${rows(20_000)}`]), { format: "csv" });
  const ended = last();
  assert(ended?.kind === "ended" && ended.end.reason === "cancelled", JSON.stringify(ended));
  assertEquals((await client.get("k19999")).found, false);
});

Deno.test("a file that is still on its way when it is stopped is cut off, and nobody says more than is known", async () => {
  let cut: () => void = () => {};
  const timing = { after: (_ms: number, callback: () => void) => (cut = callback, () => {}) };
  const fetch: Fetch = (_url, { signal }) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const states: ImportState[] = [];
  const client = { urls: ["http://slow.test"], fetch };
  const job = new ImportJob({ client, timing, onChange: (state) => states.push(state) });
  const sending = job.start(new Blob(["key,value\n"]), { format: "csv" });
  await job.stop();
  cut();
  await sending;
  assertEquals(states.at(-1), { kind: "lost", why: "Stopped.", counts: null, problems: [] });
});

Deno.test("an import whose node falls silent is told as such, with what was last heard", async () => {
  await using ring = await RingInProcess.of(1);
  const cut: Fetch = async (url, init) => {
    const response = await ring.fetch(url, init);
    const text = await response.text();
    return new Response(text.split("\n").slice(0, 2).join("\n") + "\n", { headers: response.headers });
  };
  const { job, last } = jobOn(ring, cut);
  await job.start(new Blob([`key,value\n${rows(5)}`]), { format: "csv" });
  const lost = last();
  assert(lost?.kind === "lost" && lost.counts?.total === 5, JSON.stringify(lost));
  const dead = jobOn(ring, () => Promise.reject(new TypeError("Failed to fetch")));
  await dead.job.start(new Blob(["key,value\n"]), { format: "csv" });
  assertEquals(dead.last()?.kind, "lost");
});
