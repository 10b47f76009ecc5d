import { ChordError, errorCode } from "../core/errors.ts";
import type { Handler } from "../transport/handler.ts";
import { readCall } from "../transport/rest_call.ts";
import { errorResponse } from "../transport/rest_error.ts";

/**
 * What a node answers from the moment it listens: that it lives but is not ready, and, once there is a node, what
 * the node says.
 *
 * The port is bound before the data is opened, so that a second start on one port ends before it touches anything.
 */
export class FrontDoor {
  #handler: Handler = answerStarting;

  readonly answer: Handler = (request, connection) => this.#handler(request, connection);

  open(handler: Handler): void {
    this.#handler = handler;
  }
}

function answerStarting(request: Request): Response {
  const { path } = readCall(request);
  if (path === "/health") return Response.json({ ok: true });
  if (path === "/ready") {
    return Response.json({ ready: false, reason: "the node is starting" }, { status: 503 });
  }
  const error = new ChordError(errorCode.unavailable, "Cannot answer yet: the node is starting");
  return errorResponse(error, () => {});
}
