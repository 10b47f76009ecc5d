const madeWhileRead = new WeakSet<ReadableStream>();

/** Whether the body may still fail when a part of it is with its reader already. */
export function isMadeWhileRead(body: ReadableStream): boolean {
  return madeWhileRead.has(body);
}

const encoder = new TextEncoder();

/** A body that is made while it is read, and no faster. Whoever stops reading ends `texts`. */
export function streamOf(texts: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return();
    },
  }, { highWaterMark: 1 });
  madeWhileRead.add(stream);
  return stream;
}

export async function* jsonLines(
  values: AsyncGenerator<object, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
