import { App } from "./app.ts";
import { withReloading } from "./builder/reloading.ts";
import { buildProject, type ProjectFolders } from "./builder/project.ts";
import { UnsupportedError } from "./error.ts";
import { listenOnFreePort } from "./listening.ts";
import type { ListenOptions, Mode } from "./types.ts";

export interface BuilderOptions {
  /** A folder, by its path or its `file:` address; the working directory unless given. */
  root?: string;
  outDir?: string;
  staticDir?: string | string[];
  islandDir?: string;
  routeDir?: string;
  /** The module that exports `app`. */
  serverEntry?: string;
  /** Files of `routes/` and `islands/` to leave alone, by their whole paths. */
  ignore?: RegExp[];
  /** Accepted, and without effect: the bundler speaks to current browsers. */
  target?: string | string[];
  /**
   * Not upstream: where bundles are kept, so that the next start with the same sources need not bundle. Of several
   * folders all are looked into, and the last is written to.
   */
  cacheDir?: string | string[];
}

export interface BuildOptions {
  mode?: Mode;
  /** `memory` gives a function that makes an app use what was built; `disk` writes `_fresh/server.js`. */
  snapshot?: "disk" | "memory";
}

export type ApplyBuild = <State>(app: App<State>) => void;

/** Makes of a project's files what its App serves. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #folders: ProjectFolders;
  readonly #outDir: URL;

  constructor(options: BuilderOptions = {}) {
    const { root: rootPath = Deno.cwd(), staticDir = "static", cacheDir = [] } = options;
    const root = folderAt(rootPath, new URL("file:///"));
    this.#options = options;
    this.#folders = {
      root,
      routes: folderAt(options.routeDir ?? "routes", root),
      islands: folderAt(options.islandDir ?? "islands", root),
      static: [staticDir].flat().map((path) => folderAt(path, root)),
      caches: [cacheDir].flat().map((path) => folderAt(path, root)),
      ignore: options.ignore ?? [],
    };
    this.#outDir = folderAt(options.outDir ?? "_fresh", root);
  }

  async build({ mode = "production", snapshot = "disk" }: BuildOptions = {}): Promise<ApplyBuild> {
    if (snapshot === "memory") {
      const build = await buildProject(this.#folders, mode);
      return (app) => App.attach(app, build);
    }
    await buildProject({ ...this.#folders, caches: [this.#outDir] }, mode);
    await Deno.mkdir(this.#outDir, { recursive: true });
    await Deno.writeTextFile(new URL("server.js", this.#outDir), this.#serverModule(mode));
    return () => {
      throw new UnsupportedError('a build with the snapshot "disk" in the same process');
    };
  }

  /** A server for development: pages reload when `deno run --watch` starts it anew. */
  async listen<State>(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    const apply = await this.build({ mode: "development", snapshot: "memory" });
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    apply(app);
    await listenOnFreePort(withReloading(app.handler(), options.signal ?? undefined), options).finished;
  }

  registerIsland(specifier: string): never {
    throw new UnsupportedError(`the island ${specifier} of a package`);
  }

  onTransformStaticFile(): never {
    throw new UnsupportedError("onTransformStaticFile()");
  }

  /** It builds once more when it starts, from what was kept, so that routes and islands need no list of their own. */
  #serverModule(mode: Mode): string {
    const root = relativeFolder(this.#outDir, this.#folders.root);
    const { staticDir, islandDir, routeDir, serverEntry = "main.ts" } = this.#options;
    const options = JSON.stringify({ staticDir, islandDir, routeDir }).slice(1, -1);
    return [
      'import { Builder } from "fresh/dev";',
      `import { app } from "${new URL(serverEntry, "file:///").pathname.replace("/", root)}";`,
      "",
      `const root = new URL("${root}", import.meta.url).href;`,
      'const cacheDir = new URL(".", import.meta.url).href;',
      `const builder = new Builder({ ${options ? `${options}, ` : ""}root, cacheDir });`,
      `(await builder.build({ mode: "${mode}", snapshot: "memory" }))(app);`,
      "",
      "export default { fetch: app.handler() };",
      "",
    ].join("\n");
  }
}

/** The folder at a path or a `file:` address. */
function folderAt(path: string, base: URL): URL {
  const address = path.startsWith("file:") ? path : encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
  return new URL(address.endsWith("/") ? address : `${address}/`, base);
}

/** How to come from one folder to another that is above it; its whole address if it is not. */
function relativeFolder(from: URL, to: URL): string {
  if (!from.href.startsWith(to.href)) return to.href;
  return "../".repeat(from.href.slice(to.href.length).split("/").length - 1) || "./";
}
