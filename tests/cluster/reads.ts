import { assertEquals } from "@std/assert";

/** What a node says of a key, as a client sees it. */
export interface Reading {
  readonly key: string;
  readonly status: number;
  /** The value as text, or the code of the error. */
  readonly said: string;
}

/** Requests under way at a time. */
const concurrency = 32;

/** Reads the keys through one node, once each: a client that repeats itself would hide what the test looks for. */
export async function readAll(url: string, keys: readonly string[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  const left = [...keys];
  const reader = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) readings.push(await read(url, key));
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  return readings;
}

async function read(url: string, key: string): Promise<Reading> {
  const response = await fetch(`${url}/api/keys/${encodeURIComponent(key)}`);
  const body = await response.json();
  const said = response.ok
    ? new TextDecoder().decode(Uint8Array.fromBase64(body.value))
    : body.error?.code ?? "absent";
  return { key, status: response.status, said };
}

/** Every key has the value that was last acknowledged, whichever of the nodes is asked. */
export async function assertAllReadable(
  urls: readonly string[],
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  for (const url of urls) {
    const wrong = (await readAll(url, [...expected.keys()])).filter(({ key, said }) =>
      said !== expected.get(key)
    );
    assertEquals(wrong.slice(0, 3), [], `${wrong.length} keys read wrongly through ${url}`);
  }
}

/** In the middle of trouble a node may say that it cannot tell; it may never say that a key is not there. */
export function assertNoneAbsent(readings: readonly Reading[]): void {
  const absent = readings.filter(({ status }) => ![200, 503, 504].includes(status));
  assertEquals(absent.slice(0, 3), [], `${absent.length} keys were answered as absent`);
}
