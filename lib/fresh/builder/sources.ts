import { UnsupportedError } from "../error.ts";
import { digestOf, textOrNull } from "./crawl.ts";

/** Whatever looks like an import. One too many does no harm, it only bundles anew too often. */
const importPattern = /\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g;

/**
 * What a bundle depends on, as one digest: every source reached from the entries, the packages it names (with their
 * exact versions), how Deno is set up. So it is known without bundling whether an earlier bundle is still right.
 */
export async function fingerprint(entries: readonly URL[], root: URL, salt: string): Promise<string> {
  const lines = new Set<string>([salt, `deno ${Deno.version.deno}`]);
  lines.add(`config ${await textOrNull(new URL("deno.json", root)) ?? ""}`);
  const ahead = entries.map(({ href }) => href);
  const seen = new Set<string>();
  for (let href = ahead.pop(); href !== undefined; href = ahead.pop()) {
    if (seen.has(href)) continue;
    seen.add(href);
    const text = isSource(href) ? await textOrNull(new URL(href)) : null;
    lines.add(`${href.replace(root.href, "")} ${text === null ? "" : await digestOf(text)}`);
    if (text === null) continue;
    if (text.includes("FRESH_PUBLIC_")) {
      throw new UnsupportedError(`FRESH_PUBLIC_ variables (${href})`);
    }
    for (const [, specifier = ""] of text.matchAll(importPattern)) ahead.push(...resolved(specifier, href));
  }
  return await digestOf([...lines].sort().join("\n"));
}

function isSource(href: string): boolean {
  return href.startsWith("file:") && !href.includes("/node_modules/");
}

/** One address, or none if it was no import after all. */
function resolved(specifier: string, from: string): string[] {
  try {
    return [/^\.{0,2}\//.test(specifier) ? new URL(specifier, from).href : import.meta.resolve(specifier)];
  } catch {
    return [];
  }
}
