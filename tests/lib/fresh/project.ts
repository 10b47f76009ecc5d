import { App, type Context } from "fresh";
import { Builder, type BuilderOptions } from "fresh/dev";

/** Files by their paths: `routes/index.tsx`. */
export type Files = Readonly<Record<string, string>>;

/** A folder with the files of a project, for as long as `run` takes. */
export async function withProject(files: Files, run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "fresh-project-" });
  try {
    await writeFiles(root, files);
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
}

export interface Site {
  readonly app: App<unknown>;
  /** The answer to a GET, or to what `init` says. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Its status and text. */
  read(path: string): Promise<string>;
}

/** Builds the project in memory, in the mode of production, and serves it by an app that `prepare` may add to. */
export async function openSite(
  root: string,
  prepare: (app: App<unknown>) => App<unknown> = (app) => app.fsRoutes(),
  options: BuilderOptions & { mode?: "development" | "production"; basePath?: string } = {},
): Promise<Site> {
  const { mode = "production", basePath = "", ...builderOptions } = options;
  const apply = await new Builder({ root, ...builderOptions }).build({ mode, snapshot: "memory" });
  const app = prepare(new App<unknown>({ basePath }));
  apply(app);
  const handler = app.handler();
  const get = (path: string, init: RequestInit = {}) => handler(new Request(`http://site.test${path}`, init));
  return {
    app,
    get,
    async read(path) {
      const response = await get(path);
      return `${response.status} ${await response.text()}`;
    },
  };
}

/** What is in `<body>`. */
export function bodyOf(html: string): string {
  return /<body[^>]*>(.*?)<\/body>/s.exec(html)?.[1] ?? html;
}

/** Keeps the errors that a test provokes out of its output, and counts them. */
export async function withoutErrorLog(run: () => Promise<void>): Promise<number> {
  // deno-lint-ignore no-console
  const real = console.error;
  let lines = 0;
  // deno-lint-ignore no-console
  console.error = () => lines++;
  try {
    await run();
  } finally {
    // deno-lint-ignore no-console
    console.error = real;
  }
  return lines;
}

export type { Context };
