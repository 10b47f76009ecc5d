import type * as z from "zod";
import type { ParamIssue } from "./json_rpc.ts";

/** Enough for a person to see what is wrong, whatever the caller sent. */
const issuesMax = 8;
const issueCharsMax = 200;

/** What a schema found, bounded and without the values themselves. */
export function issuesOf(error: z.core.$ZodError): ParamIssue[] {
  return error.issues.slice(0, issuesMax).map(({ path, message }) => ({
    path: path.map(String).join(".").slice(0, issueCharsMax),
    message: message.slice(0, issueCharsMax),
  }));
}
