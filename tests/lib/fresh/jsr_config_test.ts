import { assertEquals } from "@std/assert";

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly compilerOptions: unknown;
  readonly unstable: readonly string[];
}

async function configAt(path: string): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../../${path}`, import.meta.url)));
}

/** What our own Fresh needs, and upstream brings by itself. */
const ownNeeds = ["devalue", "preact-render-to-string"];

Deno.test("deno.jsr.json differs from deno.json in where Fresh comes from, and in nothing that pages notice", async () => {
  const [ours, upstream] = [await configAt("deno.json"), await configAt("deno.jsr.json")];
  const isShared = (name: string) => !/^fresh(\/|$)/.test(name) && !ownNeeds.includes(name);
  const shared = Object.entries(ours.imports).filter(([name]) => isShared(name));
  assertEquals(upstream.imports, { ...Object.fromEntries(shared), fresh: "jsr:@fresh/core@^2.3.3" });
  assertEquals([upstream.compilerOptions, upstream.unstable], [ours.compilerOptions, ours.unstable]);
});
