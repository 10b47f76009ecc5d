/** The files below a folder, relative to it with slashes, in the order of their names; none if it is not there. */
export async function filesBelow(folder: URL, ignore: readonly RegExp[] = []): Promise<string[]> {
  const found: string[] = [];
  await gather(folder, "", found);
  const isWanted = (path: string) =>
    !ignore.some((pattern) => pattern.test(fileBelow(folder, path).pathname));
  return found.filter(isWanted).sort();
}

async function gather(folder: URL, prefix: string, found: string[]): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${prefix}${name}`;
      if (isDirectory) await gather(new URL(`${encodeURIComponent(name)}/`, folder), `${path}/`, found);
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The address of a file below a folder; names may hold characters that mean something in addresses. */
export function fileBelow(folder: URL, path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), folder);
}

export async function textOrNull(file: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

export async function digestOf(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32);
}
