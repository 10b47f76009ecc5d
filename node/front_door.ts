import type { Handler } from "../transport/handler.ts";

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
  const { pathname } = new URL(request.url);
  if (pathname === "/health") return Response.json({ ok: true });
  if (pathname === "/ready") {
    return Response.json({ ready: false, reason: "the node is starting" }, { status: 503 });
  }
  const error = { code: "UNAVAILABLE", message: "Cannot answer yet: the node is starting" };
  return Response.json({ error }, { status: 503, headers: { "retry-after": "1" } });
}
