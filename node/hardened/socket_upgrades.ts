import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Handler } from "../../transport/handler.ts";
import { messageCharsMax } from "../../transport/live/session.ts";
import { offerUpgrade, type SocketEvents } from "../../transport/live/upgrade.ts";
import { connectionOf, withTarget } from "./targets.ts";

/** A character of a message takes up to four bytes. Longer ones end the socket before they are in memory. */
const messageBytesMax = 4 * messageCharsMax;

/** Of a request whose connection is to become something else. */
interface Connection {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head. */
  readonly head: Buffer;
}

/** Asks the handler about requests for an upgrade, and lets it make WebSockets of them. */
export class SocketUpgrades {
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
  });

  constructor(readonly handler: Handler) {}

  /** For the event "upgrade" of a server. */
  readonly take = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    this.#answer({ incoming, socket, head }).catch(() => socket.destroy());
  };

  async #answer(connection: Connection): Promise<void> {
    const { incoming, socket } = connection;
    // A body would have to be read from the socket by hand, and nobody who asks for an upgrade sends one.
    if (incoming.method !== "GET") return void socket.end(headOf(new Response(null, { status: 400 })));
    const request = requestOf(incoming);
    let isTaken = false;
    offerUpgrade(request, (events, idleTimeoutSeconds) => {
      isTaken = true;
      this.#open(connection, events, idleTimeoutSeconds);
      return new Response(null);
    });
    const response = await this.handler(request, connectionOf(incoming));
    if (isTaken) return;
    const body = await response.bytes();
    socket.write(headOf(response));
    socket.end(body);
  }

  #open({ incoming, socket, head }: Connection, events: SocketEvents, idleTimeoutSeconds: number): void {
    let isOpen = false;
    this.#server.handleUpgrade(incoming, socket, head, (opened) => {
      isOpen = true;
      follow(opened, events, idleTimeoutSeconds);
    });
    // The server has answered the client already.
    if (!isOpen) throw new TypeError("Cannot make a WebSocket of this request");
  }
}

function follow(socket: WebSocket, events: SocketEvents, idleTimeoutSeconds: number): void {
  let isAlive = true;
  const heart = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, idleTimeoutSeconds * 1_000 / 2);
  socket.on("pong", () => isAlive = true);
  // It closes by itself then, and says so.
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    isAlive = true;
    events.received(isBinary ? data : data.toString());
  });
  socket.on("close", () => {
    clearInterval(heart);
    events.closed();
  });
  events.opened(socket);
}

function requestOf(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? "", incoming.rawHeaders[at + 1] ?? "");
  }
  // The url that counts is put in as it came.
  return withTarget(new Request("http://localhost/", { headers }), incoming);
}

/** The connection was to be something else than HTTP, so it ends with the answer. */
function headOf(response: Response): string {
  const { status, statusText } = response;
  const headers = [...response.headers].filter(([name]) => name !== "content-length");
  const lines = [...headers, ["connection", "close"]].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${statusText}\r\n${lines.join("")}\r\n`;
}
