import { assert, assertEquals } from "@std/assert";
import { errorCode } from "../../core/errors.ts";
import { type MethodDefinition, methods } from "../../core/protocol.ts";
import { protocolDocument } from "../../docs/generate_protocol.ts";

Deno.test("docs/protocol.md is what its generator writes", () => {
  const written = Deno.readTextFileSync(new URL("../../docs/protocol.md", import.meta.url));
  assertEquals(written, protocolDocument(), "out of date: run `deno run -A docs/generate_protocol.ts`");
});

Deno.test("protocolDocument() has each method, each error and each name of Torus", () => {
  const document = protocolDocument();
  for (const [name, { summary, torus }] of Object.entries<MethodDefinition>(methods)) {
    assert(document.includes(`\n### ${name}\n\n`), name);
    assert(document.replaceAll("\n", " ").includes(summary), name);
    for (const theirs of torus?.split(", ") ?? []) {
      assert(new RegExp(`^\\| ${theirs} +\\| \`${name}\` +\\|$`, "m").test(document), theirs);
    }
  }
  for (const [name, code] of Object.entries(errorCode)) {
    assert(new RegExp(`^\\| ${code} \\| ${name} +\\| \\w.+\\|$`, "m").test(document), name);
  }
});

Deno.test("protocolDocument() names every type and leaves none as any odd thing", () => {
  for (const word of ["undefined", "[object", "NaN", "null or null", "list of list"]) {
    assertEquals(protocolDocument().includes(word), false, word);
  }
});
