import { RondoError } from "../client/mod.ts";
import { History, type Operation } from "../sim/history/history.ts";
import { pause, type Place } from "./place.ts";

/** Enough to keep two cores busy, few enough not to be refused. */
const concurrency = 48;
/** A calm ring answers at once; a node may still be finishing its repairs. */
const attemptsMax = 10;
const againMs = 500;
/** Every key is read once, however long it takes; through further nodes only as long as this lasts. */
const furtherMs = 60_000;

/** Reads every key, through `ways` different nodes if time permits. */
export async function readAll(
  places: readonly Place[],
  keys: readonly string[],
  { ways, clock }: { readonly ways: number; readonly clock: History["clock"] },
): Promise<readonly Operation[]> {
  const history = new History(clock);
  let next = 0;
  const untilMs = clock.now() + furtherMs;
  const total = keys.length * Math.min(ways, places.length);
  const reader = async () => {
    while (next < total && (next < keys.length || clock.now() < untilMs)) {
      const turn = next++;
      const key = keys[turn % keys.length] ?? "";
      // Each further round through the keys asks another node for each.
      const place = places[(turn % keys.length + Math.floor(turn / keys.length)) % places.length];
      if (place !== undefined) await readPatiently(place, key, history);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  return history.operations;
}

/** Only the answer counts; a key that nobody answers for in time stays unread. */
async function readPatiently({ client, url }: Place, key: string, history: History): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const pending = history.begin({ client: `final via ${url}`, key, kind: "get" });
    try {
      const { value, version } = await client.get(key);
      return pending.ok({ version, value: value === null ? null : new TextDecoder().decode(value) });
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      pending.fail();
      if (attempt === attemptsMax) return;
      await pause(againMs);
    }
  }
}
