import { RestError } from "../rest_error.ts";
import { badRequest } from "../rest_input.ts";

/**
 * The names under which a node may be addressed.
 *
 * A page whose own name was pointed at this machine (DNS rebinding) is of the same origin as the node, and could read
 * and command everything; its `Host` gives it away. Names of the loopback cannot be pointed elsewhere, so they are
 * good with any port: tunnels come in under another one.
 */
export class HostList {
  readonly #names: ReadonlySet<string>;

  /** @param names as `host` or `host:port`, in lower case; without a port, with any. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  /** @throws RestError 400 when there is none or it is not what the request line names, 421 when it is not ours. */
  check(request: Request): void {
    const host = request.headers.get("host");
    if (host === null || host === "") throw badRequest("BAD_HOST", "Cannot tell which host this is for");
    if (!this.has(host)) {
      throw new RestError(421, "WRONG_HOST", "Cannot answer under this name: it is none of this node's");
    }
    if (!names(request.url, host)) {
      throw badRequest("BAD_HOST", "Cannot tell which host this is for: the request names two");
    }
  }

  has(host: string): boolean {
    if (this.#names.has(host)) return true;
    const lower = host.toLowerCase();
    const name = withoutPort(lower);
    return isLoopbackName(name) || this.#names.has(lower) || this.#names.has(name);
  }
}

/** A request line may carry a whole URL (RFC 9112, 3.2.2), which must not be for somebody else. */
function names(url: string, host: string): boolean {
  const begin = url.indexOf("//") + 2;
  if (url.startsWith(host, begin) && url[begin + host.length] === "/") return true;
  return URL.parse(`http://${host}`)?.host === URL.parse(url)?.host;
}

function withoutPort(host: string): string {
  return host.replace(/:[0-9]{1,5}$/, "");
}

export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || /^127(\.(0|[1-9][0-9]{0,2})){3}$/.test(name);
}
