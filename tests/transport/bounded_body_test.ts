import { assertEquals, assertRejects } from "@std/assert";
import { DeadlineError } from "../../core/errors.ts";
import { drain, readBody } from "../../transport/bounded_body.ts";

/** A request whose body begins, and never ends. */
function slow(headers: Record<string, string> = {}): Request {
  const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(3)) });
  return new Request("http://127.0.0.1:8440/", { method: "POST", body, headers });
}

Deno.test("readBody() gives up a sender that takes too long, of an announced length or not", async () => {
  for (const headers of [{}, { "content-length": "9" }]) {
    const error = await assertRejects(() => readBody(slow(headers), 1_000, 10), DeadlineError);
    assertEquals((error as DeadlineError).data.definite, true);
  }
});

Deno.test("readBody() does not wait for a body that it will refuse", async () => {
  await assertRejects(() => readBody(slow({ "content-length": "2000" }), 1_000, 10), Error, "1000 bytes");
});

Deno.test("drain() gives up a sender that takes too long", async () => {
  await drain(slow(), 10);
});
