import type { RestCall } from "../rest_call.ts";
import { RestError } from "../rest_error.ts";
import { badRequest } from "../rest_input.ts";
import { type Caller, mayDo, type Role } from "./caller.ts";
import type { HostList } from "./hosts.ts";
import { checkSite } from "./origins.ts";

/** Tells who makes a request. */
export interface Access {
  /**
   * Null: nobody that is known; such a request has only what needs no role.
   *
   * @throws RestError 401 when what it shows of itself is wrong, 403 when a page may not act for its visitor.
   */
  callerOf(call: RestCall): Caller | null;
}

/** How often somebody may ask. */
export interface Rates {
  /** @throws RestError 429 with `Retry-After`. */
  checkAddress(call: RestCall): void;
  checkCaller(caller: Caller): void;
}

export interface GuardOptions {
  readonly hosts: HostList;
  readonly access: Access;
  readonly rates?: Rates | undefined;
}

/** Load balancers probe by address, and learn nothing but that the process lives. */
const openToAllHosts = "/health";
/** One body for all: who has no token learns nothing about which there are. */
const challenge = { "www-authenticate": 'Bearer realm="rondo"' };

/**
 * Decides on a request before anything is done for it, in the order of reliability.md 3.4: what is wrong with the
 * request itself, whom it is for, how many there are, where it comes from, who makes it, and what they may do.
 */
export class Guard {
  constructor(readonly options: GuardOptions) {}

  /** Before it is known what is asked for. @throws RestError 400 or 421 */
  enter({ path, request }: RestCall): void {
    checkCanonical(path);
    if (path !== openToAllHosts) this.options.hosts.check(request);
  }

  /**
   * Once it is known what is asked for. What is found out stays with the call.
   *
   * @param needed null: whoever asks gets an answer, which may be shorter for who is nobody.
   * @throws RestError 429, 403 or 401
   */
  admit(call: RestCall, needed: Role | null): Caller | null {
    const { access, rates } = this.options;
    call.needed = needed;
    rates?.checkAddress(call);
    if (isMutation(call.request)) checkSite(call.request);
    if (needed === null) return call.caller = isMutation(call.request) ? null : this.#guess(call);
    const caller = call.caller = access.callerOf(call);
    if (caller === null) throw unauthenticated();
    rates?.checkCaller(caller);
    if (!mayDo(caller, needed)) {
      throw new RestError(403, "FORBIDDEN", `Cannot do this as ${caller.role}: it takes the role ${needed}`);
    }
    return caller;
  }

  /** Where nobody has to be somebody, whatever is wrong with what they show makes them nobody. */
  #guess(call: RestCall): Caller | null {
    try {
      return this.options.access.callerOf(call);
    } catch (error) {
      if (error instanceof RestError) return null;
      throw error;
    }
  }

  /** Who looks at a page; null for whoever has to sign in first. @throws RestError 429 or 403 */
  recognise(call: RestCall): Caller | null {
    const { access, rates } = this.options;
    rates?.checkAddress(call);
    if (isMutation(call.request)) checkSite(call.request);
    try {
      return access.callerOf(call);
    } catch (error) {
      if (error instanceof RestError && error.status === 401) return null;
      throw error;
    }
  }
}

export function unauthenticated(): RestError {
  return new RestError(401, "UNAUTHENTICATED", "Cannot tell who asks: it takes a valid token", challenge);
}

export function isMutation({ method }: Request): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}

/** Behind these the rest of the path is a key, in which everything is allowed. */
const keyed = ["/api/keys/", "/api/lookup/"];

export function isKeyed(path: string): boolean {
  return keyed.some((prefix) => path.startsWith(prefix));
}

/**
 * One resource has one path: others that a proxy might read as the same are refused.
 *
 * @throws RestError 400
 */
export function checkCanonical(path: string): void {
  if (isKeyed(path)) return;
  const segments = path.slice(1).split("/").map((segment) => segment.replace(/%2e/gi, "."));
  const isCanonical = path.startsWith("/") && !path.includes("//") &&
    !segments.some((segment) => segment === "." || segment === "..");
  if (!isCanonical) throw badRequest("BAD_PATH", "Cannot use this path: it is not in its canonical form");
}
