/** What of the project a node reads when it makes its console; deno.json permits the same to `deno task node`. */
export const consoleFiles: readonly string[] = [
  "deno.json",
  "utils.ts",
  "routes",
  "islands",
  "components",
  "static",
  "client",
  "core",
  "lib/fresh",
  "node_modules",
  "dist/console",
];

/** Where `deno task build` puts scripts. */
export const builtAheadDir = "dist/console";
/** For nodes that have no directory of their own. */
const sharedCacheDir = "data/console";

/**
 * Where a node looks for the scripts of its pages; the last is where it keeps those that it made itself.
 *
 * @returns paths that are relative to the project, unless that of the data is absolute.
 */
export function consoleCacheDirs(dataDirectory: string | null): string[] {
  return [builtAheadDir, dataDirectory === null ? sharedCacheDir : `${dataDirectory}/console`];
}
