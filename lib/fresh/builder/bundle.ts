import { textOrNull } from "./crawl.ts";
import { fingerprint } from "./sources.ts";

/** To be raised when what is kept changes its form. */
const cacheVersion = "1";

export interface BundleRequest {
  readonly root: URL;
  readonly entries: readonly URL[];
  readonly isMinified: boolean;
  /** Where bundles are kept from one start to the next: looked for in all, put into the last. */
  readonly cacheDirs: readonly URL[];
}

/** Modules for browsers, by their paths below the folder of scripts. */
export interface Bundle {
  readonly files: Readonly<Record<string, string>>;
  /** The module made of each entry, in the order of the request. */
  readonly scripts: readonly string[];
}

/** Bundles the entries, or takes what an earlier run made of the same sources. */
export async function bundleEntries(request: BundleRequest): Promise<Bundle> {
  const { root, entries, isMinified, cacheDirs } = request;
  const key = await fingerprint(entries, root, `bundle ${cacheVersion} ${isMinified}`);
  const name = `islands-${key}.json`;
  for (const folder of cacheDirs) {
    const kept = await keptIn(folder, name);
    if (kept !== null) return kept;
  }
  const bundle = await bundleAnew(request);
  const own = cacheDirs.at(-1);
  if (own !== undefined) await keepIfPossible(bundle, name, own);
  return bundle;
}

/** The modules that `script` imports when it is loaded, and those that they import, itself included. */
export function importedBy(script: string, { files }: Bundle): string[] {
  const reached = new Set<string>();
  const ahead = [script];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (reached.has(path) || !(path in files)) continue;
    reached.add(path);
    for (const [, target = ""] of (files[path] ?? "").matchAll(/\b(?:from|import)\s*"(\.{1,2}\/[^"]+)"/g)) {
      ahead.push(new URL(target, `file:///${path}`).pathname.slice(1));
    }
  }
  return [...reached];
}

async function bundleAnew({ root, entries, isMinified }: BundleRequest): Promise<Bundle> {
  if (typeof Deno.bundle !== "function") {
    throw new Error('Cannot bundle islands: "unstable" in deno.json lacks "bundle"');
  }
  // Nothing is written there: it only is the folder that the paths of the output begin with.
  const folder = new URL("_fresh/js/", root);
  const { success, errors, outputFiles = [] } = await Deno.bundle({
    entrypoints: entries.map(({ href }) => href),
    outputDir: pathOf(folder),
    platform: "browser",
    format: "esm",
    codeSplitting: true,
    minify: isMinified,
    write: false,
  });
  if (!success) throw new Error(`Cannot bundle islands: ${errors.map(messageOf).join("; ")}`);
  const found = outputFiles.map((file) => [file.path.slice(pathOf(folder).length), file.text()] as const);
  const files = Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
  return { files, scripts: scriptsOf(entries, files) };
}

/** Where the bundler puts entries: as they stand below the innermost folder that holds them all. */
function scriptsOf(entries: readonly URL[], files: Bundle["files"]): string[] {
  const folders = entries.map(({ pathname }) => pathname.split("/").slice(0, -1));
  const shared = folders.reduce((a, b) => a.slice(0, sharedLength(a, b)));
  const prefix = `${shared.join("/")}/`.length;
  return entries.map(({ pathname }) => {
    const script = decodeURIComponent(pathname.slice(prefix).replace(/\.[jt]sx?$/, ".js"));
    if (!(script in files)) throw new Error(`Cannot find what the bundler made of ${pathname}`);
    return script;
  });
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at === -1 ? a.length : at;
}

function messageOf({ text, location }: Deno.bundle.Message): string {
  return location ? `${text} (${location.file}:${location.line})` : text;
}

/** Null too where nothing can be read: it is made anew. */
async function keptIn(folder: URL, name: string): Promise<Bundle | null> {
  try {
    return parsed(await textOrNull(new URL(name, folder)));
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Where nothing can be written (no right to, no room) there is a bundle all the same. The next start makes it anew. */
async function keepIfPossible(bundle: Bundle, name: string, folder: URL): Promise<void> {
  try {
    await keep(bundle, name, folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** What is kept appears all at once, for several processes may start together. Older bundles go. */
async function keep(bundle: Bundle, name: string, folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const unfinished = new URL(`${name}.${crypto.randomUUID()}`, folder);
  await Deno.writeTextFile(unfinished, JSON.stringify(bundle));
  await Deno.rename(unfinished, new URL(name, folder));
  for await (const entry of Deno.readDir(folder)) {
    if (/^islands-[0-9a-f]+\.json$/.test(entry.name) && entry.name !== name) {
      await remove(new URL(entry.name, folder));
    }
  }
}

async function remove(file: URL): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Null for what is not there or was damaged. */
function parsed(text: string | null): Bundle | null {
  try {
    const bundle = text === null ? null : JSON.parse(text);
    return typeof bundle?.files === "object" && Array.isArray(bundle.scripts) ? bundle : null;
  } catch {
    return null;
  }
}

function pathOf(folder: URL): string {
  return decodeURIComponent(folder.pathname);
}
