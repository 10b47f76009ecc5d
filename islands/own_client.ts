import { RondoClient } from "../client/mod.ts";

/** A node answers for itself at once; a page rather says that it does not than waits. */
const timeoutMs = 5_000;

let client: RondoClient | null = null;

/** Talks to the node that serves the page. Only in a browser, where there is one. */
export function ownClient(): RondoClient {
  client ??= new RondoClient({ url: location.origin, timeoutMs, attemptsMax: 1 });
  return client;
}
