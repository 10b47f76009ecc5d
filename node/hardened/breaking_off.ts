import { isMadeWhileRead } from "../../transport/text_stream.ts";

/**
 * The response, whose connection breaks when the making of its body fails. Left to itself the request listener would
 * write the error into the body and end it properly, and who reads it would take what there is for the whole.
 */
export function breakingOff(response: Response, cutOff: () => void): Response {
  const { body } = response;
  return body === null || !isMadeWhileRead(body) ? response : new Response(guardedBy(cutOff, body), response);
}

function guardedBy(cutOff: () => void, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        cutOff();
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
