/** The npm package brings no types, and those of DefinitelyTyped bring all of Node's: ws.d.ts has what is used. */
// @ts-types="./ws.d.ts"
export { type WebSocket, WebSocketServer } from "npm:ws@8.23.0";
