import type { Fetch } from "./exchange.ts";

/** A client token, or what gives one; null: none, for nodes that ask for none. */
export type Token = string | (() => Promise<string | null>);

/** The network, to which every request shows the token. */
export function withToken(fetch: Fetch, token: Token | undefined): Fetch {
  if (token === undefined) return fetch;
  return async (url, init) => {
    const text = typeof token === "string" ? token : await token();
    if (text === null) return await fetch(url, init);
    return await fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${text}` } });
  };
}
