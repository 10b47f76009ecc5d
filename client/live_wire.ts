import type { Wire, WireListener } from "./live_feed.ts";

/** Opens the socket of a node. */
export function openWire(nodeUrl: string, listener: WireListener): Wire {
  const socket = new WebSocket(socketUrlOf(nodeUrl));
  socket.onmessage = ({ data }) => listener.received(data);
  // What went wrong is kept from pages; that it ended is all there is to know.
  socket.onclose = () => listener.ended();
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
}

/** `ws:` for `http:`, `wss:` for `https:`. */
export function socketUrlOf(nodeUrl: string): string {
  const { href } = new URL("/api/ws", nodeUrl);
  return href.replace(/^http/, "ws");
}
