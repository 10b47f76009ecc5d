/**
 * Works on the items a few at a time and yields the results in the order of the items.
 *
 * When it ends, by an error or because the reader stops early, what was begun has ended too.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  inFlightMax: number,
): AsyncGenerator<R, void, undefined> {
  const begun: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const running = work(item);
      // Whoever awaits it hears of its failure; until then nobody may call that unhandled.
      running.catch(() => {});
      begun.push(running);
      if (begun.length < inFlightMax) continue;
      const [oldest] = begun;
      if (oldest !== undefined) yield await oldest;
      begun.shift();
    }
    while (begun[0] !== undefined) {
      yield await begun[0];
      begun.shift();
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
