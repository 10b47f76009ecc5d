import { crc32 as zlibCrc32 } from "node:zlib";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { crc32 } from "../../../core/data/checksum.ts";

Deno.test("crc32() is the one of zip", () => {
  const rows: [text: string, want: number][] = [["", 0], ["123456789", 0xcbf43926], ["a", 0xe8b7be43]];
  for (const [text, want] of rows) assertEquals(crc32(new TextEncoder().encode(text)), want, text);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assertEquals(crc32(bytes), zlibCrc32(bytes))),
    { seed: 11 },
  );
});

Deno.test("crc32() of pieces one after another is that of the whole", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      assertEquals(crc32(second, crc32(first)), crc32(Uint8Array.from([...first, ...second])));
    }),
    { seed: 12 },
  );
});
