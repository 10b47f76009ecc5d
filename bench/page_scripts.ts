/** The most that a visitor may have to load before a page is alive, in KiB as they travel. */
export const scriptBudgets: readonly [path: string, kibibytes: number][] = [
  ["/", 60],
  ["/ring", 120],
  ["/trace", 120],
];

export interface PageScripts {
  readonly files: number;
  /** Gzipped one by one, as a proxy would send them. */
  readonly kibibytes: number;
}

/** The scripts that a page names, in itself or in its headers. */
export async function scriptsOf(pageUrl: string): Promise<PageScripts> {
  const response = await fetch(pageUrl);
  const inPage = (await response.text()).matchAll(/(?:src|href)="([^"]+\.js)"/g);
  const inHeaders = (response.headers.get("link") ?? "").matchAll(/<([^>]+\.js)>/g);
  const paths = new Set([...inPage, ...inHeaders].map(([, path = ""]) => path));
  const sizes = await Promise.all([...paths].map((path) => gzippedSize(new URL(path, pageUrl))));
  return { files: paths.size, kibibytes: sizes.reduce((sum, size) => sum + size, 0) / 1_024 };
}

async function gzippedSize(url: URL): Promise<number> {
  const { body } = await fetch(url);
  if (body === null) return 0;
  return (await new Response(body.pipeThrough(new CompressionStream("gzip"))).arrayBuffer()).byteLength;
}
