import * as z from "zod";
import { getJson } from "./asking.ts";
import { listAll } from "./copies.ts";
import type { Place } from "./place.ts";

const concurrency = 32;
const found = z.object({ value: z.string(), version: z.string() });

/** How many of a node's own copies say something else than the ring does. Nobody must be writing. */
export async function wrongCopies(
  place: Place,
  ring: readonly Place[],
): Promise<{ asked: number; wrong: number }> {
  const keys = (await listAll(place) ?? []).map(({ key }) => key);
  const other = ring.find((candidate) => candidate !== place) ?? place;
  let [next, wrong] = [0, 0];
  const reader = async () => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
      const path = `/api/keys/${encodeURIComponent(key)}`;
      // One copy is enough: the node's own, where it has one.
      const [own, agreed] = await Promise.all(
        [`${place.url}${path}?consistency=one`, other.url + path].map(read),
      );
      if (own !== agreed) wrong++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  return { asked: keys.length, wrong };
}

async function read(url: string): Promise<string | null> {
  const { data: answer } = found.safeParse(await getJson(url));
  return answer === undefined ? null : `${answer.version} ${answer.value}`;
}
