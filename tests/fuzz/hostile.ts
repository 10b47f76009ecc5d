import fc from "fast-check";

/** What somebody sends who wishes us ill, or whose program is broken. */

/** Texts that have hurt programs before: as a name of a member, as a path, as a number, as markup, as a control. */
const sharpTexts: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON", "length"],
  ...["", " ", ".", "..", "/", "\\", "%", "%2e", "%2F..%2f", "%00", "%ff", "a//b", ";", "?", "#", "&=", "="],
  ...["0", "-1", "1e400", "NaN", "Infinity", "9007199254740993", "0x10", "1_000", "null", "true", "[]", "{}"],
  ...["<script>alert(1)</script>", "${1}", "{{1}}", "' OR 1=1 --", "$(id)", "=1+1", "@SUM(1)"],
  ...["\0", "\r\nX: y", "\n", "\t", "\u001b[2J", "\u202e", "\ufeff", "\u2028", "\ud800", "\udfff", "e\u0301"],
  ...["http://127.0.0.1:1", "http://[::1]/", "file:///etc/passwd", "http://u:p@h", "javascript:1", "http://"],
  "x".repeat(513),
  "\u{1f600}".repeat(129),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...sharpTexts),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 20 }),
);

const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e300),
  fc.integer(),
  fc.maxSafeInteger(),
);

/** Any JSON value, with members of any name. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    hostileNumber,
    hostileText,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(hostileText, tie("value")), { maxLength: 5 }).map(objectOf),
    fc.tuple(fc.nat(3_000), fc.boolean()).map(([depth, isArray]) => nested(depth, isArray)),
  ),
})).value;

export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  hostileText.map(utf8),
);

/** Text that is JSON, or was until somebody cut it, doubled it or changed a character of it. */
export function brokenJson(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const wound = fc.record({
    kind: fc.constantFrom("cut", "double", "insert", "drop"),
    at: fc.nat(),
    text: hostileText,
  });
  return fc.tuple(value, wound).map(([json, { kind, at, text }]) => {
    const whole = JSON.stringify(json) ?? "";
    const place = at % (whole.length + 1);
    const [before, after] = [whole.slice(0, place), whole.slice(place)];
    if (kind === "cut") return before;
    if (kind === "double") return whole + whole;
    return before + (kind === "insert" ? text : "") + after.slice(kind === "drop" ? 1 : 0);
  });
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Own members whatever their names, `__proto__` too, as JSON.parse makes them. */
function objectOf(members: readonly (readonly [string, unknown])[]): unknown {
  const object = {};
  for (const [name, value] of members) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

function nested(depth: number, isArray: boolean): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = isArray ? [value] : { a: value };
  return value;
}
