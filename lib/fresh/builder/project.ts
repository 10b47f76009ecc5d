import type { ComponentType } from "preact";
import { type Build, type IslandEntry, type RouteFile, scriptFolder } from "../build.ts";
import { UnsupportedError } from "../error.ts";
import { isIgnored } from "../routes.ts";
import type { Mode } from "../types.ts";
import { type Bundle, bundleEntries, importedBy } from "./bundle.ts";
import { digestOf, fileBelow, filesBelow, textOrNull } from "./crawl.ts";
import { freshStaticFile, readStaticFiles, scriptFile } from "./served_files.ts";

/** Where the parts of a project lie. */
export interface ProjectFolders {
  readonly root: URL;
  readonly routes: URL;
  readonly islands: URL;
  readonly static: readonly URL[];
  readonly caches: readonly URL[];
  readonly ignore: readonly RegExp[];
}

const sourceName = /\.[jt]sx?$/;
const clientModule = new URL("../client.ts", import.meta.url);
const reloadModule = new URL("../browser/reload.ts", import.meta.url);

/** Finds what a project consists of, loads it, and bundles what browsers need. */
export async function buildProject(folders: ProjectFolders, mode: Mode): Promise<Build> {
  await checkJsx(folders.root);
  const isDevelopment = mode === "development";
  const islandFiles = await findIslands(folders);
  const modules = [
    ...(islandFiles.length > 0 ? [clientModule, ...islandFiles] : []),
    ...(isDevelopment ? [reloadModule] : []),
  ];
  const { root, caches } = folders;
  const bundle: Bundle = modules.length === 0
    ? { files: {}, scripts: [] }
    : await bundleEntries({ root, entries: modules, isMinified: !isDevelopment, cacheDirs: caches });
  const scriptOf = (module: URL) => bundle.scripts[modules.indexOf(module)] ?? "";
  const statics = await readStaticFiles(folders.static);
  const id = await digestOf(JSON.stringify([
    ...Object.entries(bundle.files),
    ...[...statics].map(([path, { etag }]) => [path, etag]),
  ]));
  const client = scriptOf(clientModule);
  return {
    id,
    mode,
    root: decodeURIComponent(root.pathname),
    routes: await loadRoutes(folders),
    islands: await loadIslands(islandFiles, (file) => scriptOf(file), bundle),
    client: { script: client, preloads: importedBy(client, bundle) },
    reloadScript: isDevelopment ? scriptOf(reloadModule) : null,
    async file(path) {
      const script = path.startsWith(`${scriptFolder(id)}/`) ? path.slice(scriptFolder(id).length + 1) : null;
      if (script !== null) {
        return Object.hasOwn(bundle.files, script) ? scriptFile(bundle.files[script] ?? "") : null;
      }
      const name = decodedPath(path);
      return isDevelopment ? await freshStaticFile(folders.static, name) : statics.get(name) ?? null;
    },
  };
}

async function loadRoutes({ routes, ignore }: ProjectFolders): Promise<RouteFile[]> {
  const paths = (await filesBelow(routes, ignore)).filter((path) =>
    sourceName.test(path) && !isIgnored(path)
  );
  return await Promise.all(
    paths.map(async (path) => ({ path, module: await import(fileBelow(routes, path).href) })),
  );
}

/** Those of `islands/`, and those that stand beside the routes that use them. */
async function findIslands({ islands, routes, ignore }: ProjectFolders): Promise<URL[]> {
  const own = (await filesBelow(islands, ignore)).map((path) => fileBelow(islands, path));
  const beside = (await filesBelow(routes, ignore)).filter((path) => /(^|\/)\(_islands\)\//.test(path))
    .map((path) => fileBelow(routes, path));
  return [...own, ...beside].filter(({ pathname }) =>
    sourceName.test(pathname) && !/[._]test\.\w+$/.test(pathname)
  );
}

/** Every function that their modules export. */
async function loadIslands(
  files: readonly URL[],
  scriptOf: (file: URL) => string,
  bundle: Bundle,
): Promise<Map<ComponentType, IslandEntry>> {
  const islands = new Map<ComponentType, IslandEntry>();
  for (const file of files) {
    const script = scriptOf(file);
    const preloads = importedBy(script, bundle);
    const fileName = decodeURIComponent(file.pathname.split("/").at(-1) ?? "").replace(sourceName, "");
    for (const [exportName, component] of Object.entries(await import(file.href))) {
      if (typeof component !== "function" || islands.has(component as ComponentType)) continue;
      const name = exportName === "default" ? fileName : `${fileName}.${exportName}`;
      islands.set(component as ComponentType, { name, exportName, script, preloads });
    }
  }
  return islands;
}

/** Precompiled templates are of the server alone: browsers could not revive them. */
async function checkJsx(root: URL): Promise<void> {
  const text = await textOrNull(new URL("deno.json", root));
  const jsx = /"jsx"\s*:\s*"([^"]*)"/.exec(text ?? "")?.[1];
  if (jsx !== undefined && jsx !== "react-jsx") throw new UnsupportedError(`"jsx": "${jsx}"`);
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
