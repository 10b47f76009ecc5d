const encoder = new TextEncoder();

/** A body that is made while it is read, and no faster. Whoever stops reading ends `texts`. */
export function streamOf(texts: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return();
    },
  }, { highWaterMark: 1 });
}

export async function* jsonLines(
  values: AsyncGenerator<object, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
