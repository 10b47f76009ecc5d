import { parseEnv } from "node:util";
import { closest } from "./closest.ts";
import { ConfigurationError } from "./exit_code.ts";
import { environmentNamesOf, type Options } from "./option.ts";

/** Names in the same file that other programs of the house read. */
const namesOfOthers = ["RONDO_URL", "RONDO_NODES", "RONDO_CHROMIUM", "RONDO_TOKEN"];

/** The variables of `.env` in the working directory; none without such a file. */
export function loadDotEnv(path = "./.env"): Record<string, string | undefined> {
  try {
    return parseEnv(Deno.readTextFileSync(path)) as Record<string, string | undefined>;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw new ConfigurationError(`Cannot read .env: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A misspelt variable is refused like a misspelt flag. In the environment it cannot be: there only the known names
 * may be looked at.
 *
 * @throws ConfigurationError naming the first variable of ours that nobody knows.
 */
export function checkNames(dotEnv: Readonly<Record<string, unknown>>, options: Options): void {
  const known = [...environmentNamesOf(options), ...namesOfOthers];
  const unknown = Object.keys(dotEnv).find((name) => name.startsWith("RONDO_") && !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  const advice = near === null ? "" : `; did you mean ${near}?`;
  throw new ConfigurationError(`Cannot use ${unknown} of .env: there is no such setting${advice}`);
}
