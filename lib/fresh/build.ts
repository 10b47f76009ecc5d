import type { ComponentType } from "preact";
import type { Mode, ResolvedFreshConfig } from "./types.ts";

/** A file of `routes/`, with what it exports. */
export interface RouteFile {
  /** Relative to `routes/`: `users/[id].tsx`. */
  readonly path: string;
  readonly module: Readonly<Record<string, unknown>>;
}

/** A component that browsers can revive. */
export interface IslandEntry {
  readonly name: string;
  readonly exportName: string;
  /** Its module, relative to the folder of scripts. */
  readonly script: string;
  /** The modules that it needs, itself included. */
  readonly preloads: readonly string[];
}

export interface StaticFile {
  readonly contentType: string;
  /** Null when it may change while we run. */
  readonly etag: string | null;
  /** Whether its path changes whenever its content does. */
  readonly isImmutable: boolean;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a Builder found and made of a project. */
export interface Build {
  readonly id: string;
  readonly mode: Mode;
  /** The folder of the project. */
  readonly root: string;
  readonly routes: readonly RouteFile[];
  readonly islands: ReadonlyMap<ComponentType, IslandEntry>;
  /** The module that revives islands, and what it needs, relative to the folder of scripts. */
  readonly client: { readonly script: string; readonly preloads: readonly string[] };
  /** A module for every page of a development server, which reloads it; null otherwise. */
  readonly reloadScript: string | null;
  /** @param path of a URL, without the base path: `/styles.css`. */
  file(path: string): Promise<StaticFile | null>;
}

const builds = new WeakMap<ResolvedFreshConfig, Build>();

/** Gives an app, known by its config, what was built for it; the build says how and where the app runs. */
export function attachBuild(config: ResolvedFreshConfig, build: Build): void {
  builds.set(config, build);
  Object.assign(config, { mode: build.mode, root: build.root });
}

export function buildOf(config: ResolvedFreshConfig): Build | null {
  return builds.get(config) ?? null;
}

/** Where a build's scripts live, without the base path. */
export function scriptFolder(buildId: string): string {
  return `/_fresh/js/${buildId}`;
}
