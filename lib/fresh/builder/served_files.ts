import type { StaticFile } from "../build.ts";
import { digestOf, fileBelow, filesBelow } from "./crawl.ts";

const contentTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  map: "application/json",
  md: "text/markdown; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff2: "font/woff2",
  xml: "application/xml",
};

/** The files of folders by their paths in addresses (`/styles.css`), read once; the first folder that has one wins. */
export async function readStaticFiles(folders: readonly URL[]): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) {
      const content = await Deno.readFile(fileBelow(folder, path));
      if (!files.has(`/${path}`)) files.set(`/${path}`, await keptFile(path, content));
    }
  }
  return files;
}

/** The same for a development server: looks anew each time, and is not to be kept by anybody. */
export async function freshStaticFile(folders: readonly URL[], path: string): Promise<StaticFile | null> {
  for (const folder of folders) {
    const found = (await filesBelow(folder)).find((name) => `/${name}` === path);
    if (found === undefined) continue;
    const read = () => Deno.readFile(fileBelow(folder, found));
    return { contentType: contentTypeOf(path), etag: null, isImmutable: false, read };
  }
  return null;
}

export function scriptFile(text: string): StaticFile {
  const bytes = new TextEncoder().encode(text);
  return {
    contentType: contentTypeOf(".js"),
    etag: null,
    isImmutable: true,
    read: () => Promise.resolve(bytes),
  };
}

async function keptFile(path: string, content: Uint8Array<ArrayBuffer>): Promise<StaticFile> {
  const etag = await digestOf(content);
  return { contentType: contentTypeOf(path), etag, isImmutable: false, read: () => Promise.resolve(content) };
}

function contentTypeOf(path: string): string {
  return contentTypes[path.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}
