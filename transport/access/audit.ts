import type { Log } from "../../core/ports.ts";
import type { Caller } from "../guard/caller.ts";
import { addressOf, type RestCall } from "../rest_call.ts";
import { requestIdHeader } from "../rest_error.ts";

/** A path may hold a key of 512 bytes, each of them percent-encoded; its beginning says enough. */
const actCharsMax = 256;
/** It is sent as a command, and changes nothing. */
const asksOnly = "/api/node/ping";

export interface AuditOptions {
  readonly log: Log;
  /** Single keys too: where nobody is asked who they are, that would tell nothing. */
  readonly keyWrites: boolean;
}

/** Tells the log who did what, and who tried to. Names keys, never values, and nothing that lets somebody in. */
export class Audit {
  constructor(readonly options: AuditOptions) {}

  /** Notes a request that is none of reading, once it is answered; gives the answer its number. */
  noteRest(call: RestCall, response: Response): Response {
    const { needed, path, request } = call;
    if (needed === undefined || path === asksOnly) return response;
    if (isOfKeys(path) && !this.options.keyWrites) return response;
    this.#note(call, `${request.method} ${path}`, response);
    return response;
  }

  /** Notes the commands of a JSON-RPC request: a batch is one line. @param status 403 when one was refused. */
  noteRpc(call: RestCall, commands: readonly string[], status: number, response: Response): void {
    const { keyWrites } = this.options;
    const noted = keyWrites ? commands : commands.filter((command) => !command.startsWith("kv."));
    const [first] = noted;
    if (first === undefined) return;
    const more = noted.length > 1 ? ` and ${noted.length - 1} more` : "";
    this.#note(call, `rpc ${first}${more}`, response, status);
  }

  #note(call: RestCall, act: string, response: Response, status = response.status): void {
    const { by, name: who, role } = call.caller ?? nobody;
    this.options.log("info", "audit", {
      who,
      by,
      role,
      address: addressOf(call),
      act: act.slice(0, actCharsMax),
      status,
      requestId: numbered(response),
    });
  }
}

const nobody: Omit<Caller, "role" | "by"> & { readonly role: string; readonly by: string } = {
  name: "nobody",
  role: "none",
  by: "nothing",
};

function isOfKeys(path: string): boolean {
  return path === "/api/keys" || path.startsWith("/api/keys/");
}

/** The number of the request, which its answer bears from now on. */
function numbered({ headers }: Response): string {
  const known = headers.get(requestIdHeader);
  if (known !== null) return known;
  const id = crypto.randomUUID();
  headers.set(requestIdHeader, id);
  return id;
}
