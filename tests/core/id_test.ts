import { createHash } from "node:crypto";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { between, betweenThrough, type HashName, type Id, IdSpace } from "../../core/id.ts";
import { at, circle } from "./circle.ts";

/** Every width a circle may have, odd ones included. */
const widths = Array.from({ length: 160 - 8 + 1 }, (_, i) => 8 + i);

Deno.test("between() goes clockwise from a to b, without its ends", () => {
  const rows: [a: string, x: string, b: string, want: boolean, why: string][] = [
    ["20", "40", "60", true, "straight on"],
    ["20", "20", "60", false, "the start is out"],
    ["20", "60", "60", false, "the end is out"],
    ["20", "80", "60", false, "behind the end"],
    ["e0", "00", "20", true, "across zero, at zero itself"],
    ["e0", "ff", "20", true, "across zero, at the last point"],
    ["e0", "40", "20", false, "the other side of a wrapping arc"],
    ["ff", "00", "01", true, "between the last point and 1"],
    ["00", "ff", "00", true, "all but 00, seen from 00"],
    ["ff", "00", "ff", true, "all but ff, seen from ff"],
    ["40", "90", "40", true, "a lone node's arc is everyone else"],
    ["40", "40", "40", false, "and not itself"],
    ["00", "01", "02", true, "ids that begin with 00 compare by their value"],
    ["09", "0a", "10", true, "9 comes before a, and 0a before 10"],
    ["ff", "ff", "00", false, "nothing lies between neighbours"],
  ];
  for (const [a, x, b, want, why] of rows) assertEquals(between(at(a), at(x), at(b)), want, why);
});

Deno.test("betweenThrough() takes the end in, and (n, n] is the whole circle", () => {
  const rows: [a: string, x: string, b: string, want: boolean, why: string][] = [
    ["20", "60", "60", true, "a key at a node's own id is that node's"],
    ["20", "20", "60", false, "a key at the predecessor's id is the predecessor's"],
    ["f0", "00", "00", true, "the end is zero"],
    ["f0", "ff", "00", true, "just before an end at zero"],
    ["00", "ff", "ff", true, "the end is the last point"],
    ["40", "40", "40", true, "a lone node owns its own point"],
    ["40", "39", "40", true, "and the one behind it"],
    ["40", "41", "40", true, "and the one ahead"],
  ];
  for (const [a, x, b, want, why] of rows) assertEquals(betweenThrough(at(a), at(x), at(b)), want, why);
});

Deno.test("between() and betweenThrough() agree with counting steps clockwise", () => {
  const points = Array.from({ length: 37 }, (_, i) => (i * 7) % 256).concat(0, 1, 127, 128, 254, 255);
  const ids = points.map((point) => circle.fromNumber(BigInt(point)));
  const steps = (from: number, to: number) => (to - from + 256) % 256;
  for (const [i, a] of points.entries()) {
    for (const [j, x] of points.entries()) {
      for (const [k, b] of points.entries()) {
        const length = steps(a, b) || 256;
        const ahead = steps(a, x);
        const why = `a ${a} x ${x} b ${b}`;
        const [idA, idX, idB] = [ids[i] as Id, ids[j] as Id, ids[k] as Id];
        assertEquals(between(idA, idX, idB), ahead > 0 && ahead < length, why);
        assertEquals(betweenThrough(idA, idX, idB), (ahead || 256) <= length, why);
      }
    }
  }
});

Deno.test("IdSpace.addPowerOfTwo() is n + 2^i modulo 2^m, for every m and every exponent", () => {
  for (const bits of widths) {
    const space = new IdSpace(bits);
    const last = space.size - 1n;
    for (const start of [0n, 1n, last, last - 1n, space.size / 2n, space.size / 3n]) {
      for (let exponent = 0; exponent < bits; exponent++) {
        const sum = space.addPowerOfTwo(space.fromNumber(start), exponent);
        const want = (start + 2n ** BigInt(exponent)) % space.size;
        if (sum !== want.toString(16).padStart(space.digits, "0")) {
          assertEquals(sum, want.toString(16), `${start} + 2^${exponent} mod 2^${bits}`);
        }
      }
    }
  }
});

Deno.test("IdSpace.addPowerOfTwo() carries through every digit and wraps to zero", () => {
  const wide = new IdSpace(160);
  const rows: [id: Id, exponent: number, sum: string, space: IdSpace][] = [
    [at("ff"), 0, "00", circle],
    [at("00"), 7, "80", circle],
    [at("80"), 7, "00", circle],
    [at("0f"), 0, "10", circle],
    [wide.parse("f".repeat(40)), 0, "0".repeat(40), wide],
    [wide.parse("0".repeat(40)), 31, "0".repeat(32) + "80000000", wide],
    [wide.parse("0".repeat(40)), 53, "0".repeat(26) + "20000000000000", wide],
    [wide.parse("0".repeat(40)), 159, "8" + "0".repeat(39), wide],
  ];
  for (const [id, exponent, sum, space] of rows) {
    assertEquals<string>(space.addPowerOfTwo(id, exponent), sum, `${id} + 2^${exponent}`);
  }
});

Deno.test("IdSpace.hashId() is the leading bits of the hash of the UTF-8 text, right-aligned", () => {
  const texts = ["", "a", "rondo|http://127.0.0.1:8440#0", "köln", "😀", "e\u0301", "\u00e9"];
  for (const hash of ["sha256", "sha1"] satisfies HashName[]) {
    for (const bits of widths) {
      const space = new IdSpace(bits, hash);
      for (const text of texts) {
        const digest = createHash(hash).update(text, "utf8").digest("hex");
        const leading = BigInt(`0x${digest}`) >> BigInt(digest.length * 4 - bits);
        const want = leading.toString(16).padStart(space.digits, "0");
        assertEquals<string>(space.hashId(text), want, `${hash}, ${bits} bits of "${text}"`);
      }
    }
  }
});

Deno.test("IdSpace.hashId() keeps the zeros in front, so that ids beginning 00 have full width", () => {
  const space = new IdSpace(160);
  const keys = Array.from({ length: 4_000 }, (_, i) => `key ${i}`);
  const early = keys.map((key) => space.hashId(key)).filter((id) => id.startsWith("00"));
  assertEquals(early.length > 5, true, "one in 256 begins so");
  for (const id of early) assertEquals([id.length, space.isId(id)], [40, true], id);
});

Deno.test("IdSpace.parse() takes back every id the space makes", () => {
  for (const bits of widths) {
    const space = new IdSpace(bits);
    for (const number of [0n, 1n, space.size / 2n, space.size - 1n]) {
      const id = space.fromNumber(number);
      assertEquals(id.length, Math.ceil(bits / 4));
      assertEquals(space.parse(id), id);
      assertEquals(space.toNumber(id), number);
    }
  }
});

Deno.test("IdSpace.parse() refuses another width, case or range", () => {
  const rows: [bits: number, text: string, why: string][] = [
    [8, "", "nothing"],
    [8, "f", "too short"],
    [8, "fff", "too long"],
    [8, "FF", "upper case"],
    [8, "fF", "upper case in one digit"],
    [8, "0g", "no hex digit"],
    [8, " f", "a space"],
    [8, "f\n", "a line end"],
    [8, "+1", "a sign"],
    [8, "0x", "a prefix"],
    [9, "200", "2^9 itself"],
    [9, "fff", "above 2^9"],
    [10, "400", "2^10 itself"],
    [11, "800", "2^11 itself"],
    [159, "8" + "0".repeat(39), "2^159 itself"],
    [160, "0".repeat(39), "a lost zero"],
    [160, "0".repeat(41), "a zero too many"],
    [160, "é".padStart(40, "0"), "no ASCII"],
  ];
  for (const [bits, text, why] of rows) {
    const space = new IdSpace(bits);
    assertEquals(space.isId(text), false, why);
    assertThrows(() => space.parse(text), RangeError, `${space.digits} lowercase hex digits`, why);
  }
  for (const [bits, text] of [[9, "1ff"], [10, "3ff"], [11, "7ff"], [12, "fff"]] as const) {
    assertEquals<string>(new IdSpace(bits).parse(text), text, "the last point is in");
  }
});

Deno.test("IdSpace: takes 8 to 160 whole bits and nothing else", () => {
  for (const bits of [0, 7, 161, 8.5, -8, NaN, Infinity]) {
    assertThrows(() => new IdSpace(bits), RangeError, "8 to 160");
  }
});

Deno.test("IdSpace.distance() is how far clockwise, 0n to itself", () => {
  const rows: [from: string, to: string, want: bigint][] = [
    ["00", "00", 0n],
    ["ff", "ff", 0n],
    ["00", "01", 1n],
    ["01", "00", 255n],
    ["ff", "00", 1n],
    ["00", "ff", 255n],
    ["f0", "10", 32n],
  ];
  for (const [from, to, want] of rows) {
    assertEquals(circle.distance(at(from), at(to)), want, `${from} to ${to}`);
  }
});

Deno.test("Id: text order is number order, at any width", () => {
  fc.assert(
    fc.property(fc.constantFrom(...widths), fc.bigInt(), fc.bigInt(), (bits, a, b) => {
      const space = new IdSpace(bits);
      const [x, y] = [space.fromNumber(a), space.fromNumber(b)];
      assertEquals(x < y, space.toNumber(x) < space.toNumber(y));
      assertEquals(x === y, space.toNumber(x) === space.toNumber(y));
    }),
    { seed: 1, numRuns: 500 },
  );
});
