/** The client of a Rondo ring: see `RondoClient`. */
import "./page_policy.ts";
export * from "./rondo_client.ts";
export type * from "./client_options.ts";
export { clientErrorCode, isTransient, RondoError } from "./rondo_error.ts";
export { keyProblem } from "./key_path.ts";
export type { PutRow, RowResult } from "./put_batch.ts";
export type { CallOptions, PeerOptions, WriteOptions } from "./rest_form.ts";
export type * from "./answers.ts";
export { newRequestId } from "./request_id.ts";
export type { Fetch } from "./exchange.ts";
export type { Visitor } from "./page_session.ts";
export type { Token } from "./token.ts";
export { realTiming, type Timing } from "./timing.ts";
export { liveStore, type LiveStoreOptions, openLiveStore } from "./live_store.ts";
export type * from "./live_types.ts";
