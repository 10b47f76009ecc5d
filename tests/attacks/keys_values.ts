import { ttlSecondsMax } from "../../transport/rest_input.ts";
import { attack, type Attacks, call, json, utf8 } from "./attack.ts";

const key = (path: string) => call("GET", `/api/keys${path}`);
const put = (headers: Readonly<Record<string, string>> = {}, path = "/open") =>
  call("PUT", `/api/keys${path}`, { headers, body: "open" });
const post = (body: unknown, headers: Readonly<Record<string, string>> = json) =>
  call("POST", "/api/keys", { headers, body: typeof body === "string" ? body : JSON.stringify(body) });
const absent = `404 {"found":false}`;
const noOrigin = { "access-control-allow-origin": null };

/** Keys that are none, keys that programs trip over, and values with instructions that cannot be followed. */
export const keysAndValues: Attacks = () => [
  attack("no key", key("/"), "400 KEY_EMPTY", "it takes a byte at least"),
  attack("an empty key in the query", key("?key="), "400 KEY_EMPTY", "the same"),
  attack("a key twice", key("?key=a&key=b"), "400 BAD_QUERY", "which one?"),
  attack("512 bytes", key(`/${"k".repeat(512)}`), absent, "the longest there is"),
  attack("513 bytes", key(`/${"k".repeat(513)}`), "400 KEY_TOO_LARGE", "one too many"),
  attack(
    "513 bytes in 171 characters",
    key(`/${"%E6%97%A5".repeat(171)}`),
    "400 KEY_TOO_LARGE",
    "bytes count",
  ),
  attack("bytes that are no UTF-8", key("/%ff"), "400 BAD_ENCODING", "no text"),
  attack("UTF-8 that is too long", key("/%c0%af"), "400 BAD_ENCODING", "a slash, for those who do not look"),
  attack("half a surrogate pair", key("/%ed%a0%80"), "400 BAD_ENCODING", "CESU-8 is no UTF-8"),
  attack("percent without digits", key("/100%"), "400 BAD_ENCODING", "nothing to decode"),
  attack("percent twice", key("/%2541"), absent, "it is the key %41, decoded once"),
  attack("NUL in a key", key("/a%00b"), absent, "a byte like any other"),
  attack("a line break in a key", key("/a%0d%0aSet-Cookie:%20x=1"), absent, "no header comes of it", {
    "set-cookie": null,
  }),
  attack("dots in a key", key("/../../etc/passwd"), absent, "a key, and no path"),
  attack("slashes in a key", key("//a//b"), absent, "the same"),
  attack("__proto__", key("/__proto__"), absent, "nothing that an object has by itself"),
  attack("constructor", key("/constructor"), absent, "the same"),
  attack("markup in a key", key("/%3Cscript%3E"), absent, "JSON, whatever it says", {
    "content-type": "application/json",
  }),
  attack("no such consistency", key("/open?consistency=most"), "400 BAD_QUERY", "one, quorum or all"),
  attack("a page of none", key("?limit=0"), "400 BAD_LIMIT", "from 1"),
  attack("a page of too many", key("?limit=1001"), "400 BAD_LIMIT", "up to 1,000"),
  attack("a page of infinity", key("?limit=1e3"), "400 BAD_LIMIT", "digits"),
  attack("a cursor of somebody's own making", key("?cursor=AAAA"), "400 BAD_CURSOR", "only ours are read"),
  attack("a cursor that is no base64", key("?cursor=%25"), "400 BAD_CURSOR", "the same"),
  attack("another scope", key("?scope=all"), "400 BAD_SCOPE", "node or ring"),
  attack(
    "a value as a page of ours",
    call("GET", "/api/keys/open", { headers: { Accept: "application/octet-stream" } }),
    "200 open",
    "what somebody stored must not run here",
    {
      "content-type": "application/octet-stream",
      "x-content-type-options": "nosniff",
    },
  ),
  attack(
    "a value for another site",
    call("GET", "/api/keys/open", { headers: { Origin: "https://evil.example" } }),
    "200 value b3Blbg==",
    "it may ask, and its browser does not tell it",
    noOrigin,
  ),

  attack("ttl of nothing", put({}, "/open?ttl=0"), "400 BAD_TTL", "it would be gone before it is there"),
  attack("ttl below nothing", put({}, "/open?ttl=-1"), "400 BAD_TTL", "no digits"),
  attack("ttl with a fraction", put({}, "/open?ttl=1.5"), "400 BAD_TTL", "whole seconds"),
  attack("ttl in letters", put({}, "/open?ttl=1e3"), "400 BAD_TTL", "digits"),
  attack(
    "ttl past all time",
    put({}, `/open?ttl=${ttlSecondsMax + 1}`),
    "400 BAD_TTL",
    "its end is no exact number",
  ),
  attack("ttl of a thousand digits", put({}, `/open?ttl=${"9".repeat(1_000)}`), "400 BAD_TTL", "the same"),
  attack("ttl misspelt", put({}, "/open?tll=60"), "400 BAD_QUERY", "it would be stored for ever"),
  attack("If-Match without quotes", put({ "If-Match": "1" }), "400 BAD_CONDITION", "RFC 9110, 8.8.3"),
  attack(
    "If-Match of a list",
    put({ "If-Match": `"a", "b"` }),
    "400 BAD_CONDITION",
    "not built, so not guessed",
  ),
  attack("If-Match: *", put({ "If-Match": "*" }), "400 BAD_CONDITION", "the same"),
  attack(
    "If-Match of no version",
    put({ "If-Match": `"x"` }),
    "412 VERSION_CONFLICT",
    "no key is ever at it",
  ),
  attack(
    "If-Match of another version",
    put({ "If-Match": `"000000000001.0000.40"` }),
    "412 VERSION_CONFLICT",
    "nor at it",
  ),
  attack(
    "If-None-Match of a version",
    put({ "If-None-Match": `"x"` }),
    "400 BAD_CONDITION",
    "only * is built",
  ),
  attack(
    "If-None-Match: * of what is there",
    put({ "If-None-Match": "*" }),
    "412 VERSION_CONFLICT",
    "it is there",
  ),
  attack(
    "both conditions",
    put({ "If-Match": `"x"`, "If-None-Match": "*" }),
    "400 BAD_CONDITION",
    "never both",
  ),
  attack(
    "an idempotency key without end",
    put({ "Idempotency-Key": "x".repeat(129) }),
    "400 BAD_IDEMPOTENCY_KEY",
    "128",
  ),
  attack(
    "an empty idempotency key",
    put({ "Idempotency-Key": "" }),
    "400 BAD_IDEMPOTENCY_KEY",
    "a name has a letter",
  ),
  attack(
    "a deadline that has passed",
    put({ "X-Rondo-Deadline-Ms": "0" }),
    "504 DEADLINE_EXCEEDED",
    "it is not begun",
  ),
  attack("a deadline in letters", put({ "X-Rondo-Deadline-Ms": "soon" }), "400 INVALID_PARAMS", "digits"),
  attack(
    "a body in gzip",
    call("PUT", "/api/keys/packed", { headers: { "Content-Encoding": "gzip" }, body: "\x1f\x8b" }),
    "201 written",
    "bytes are bytes: nothing is ever inflated",
  ),
  attack(
    "delete what is not there",
    call("DELETE", "/api/keys/nothing", { headers: json }),
    "200 deleted",
    "it is gone",
  ),
  attack(
    "delete only what is not there",
    call("DELETE", "/api/keys/nothing", { headers: { ...json, "If-None-Match": "*" } }),
    "400 BAD_CONDITION",
    "it makes no sense",
  ),

  attack(
    "a form",
    post("key=open&value=AA==", { "Content-Type": "application/x-www-form-urlencoded" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "a page of another site can send one without asking",
  ),
  attack(
    "plain text",
    post({ key: "open", value: "" }, { "Content-Type": "text/plain" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "and this",
  ),
  attack("no type", post({ key: "open", value: "" }, {}), "415 UNSUPPORTED_MEDIA_TYPE", "and this"),
  attack(
    "JSON in another encoding",
    post({}, { "Content-Type": "application/json; charset=utf-16" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "RFC 8259, 8.1",
  ),
  attack("no JSON", post("{"), "400 BAD_JSON", "cut short"),
  attack(
    "JSON that is no UTF-8",
    call("POST", "/api/keys", { headers: json, body: new Uint8Array([0x22, 0xff, 0x22]) }),
    "400 BAD_JSON",
    "a fatal decoder",
  ),
  attack(
    "JSON 100,000 deep",
    post("[".repeat(100_000) + "]".repeat(100_000)),
    "400 BAD_BODY",
    "nothing recurses",
  ),
  attack("an array", post([]), "400 BAD_BODY", "no object"),
  attack(
    "a member too many",
    post({ key: "open", value: "", admin: true }),
    "400 BAD_BODY",
    "nothing is ignored",
  ),
  attack(
    "__proto__ as a member",
    post(`{"key":"open","value":"","__proto__":{"ttl_seconds":1}}`),
    "400 BAD_BODY",
    "it is one too many",
  ),
  attack("a key that is a number", post({ key: 1, value: "" }), "400 BAD_BODY", "text"),
  attack("a key that is no text", post(`{"key":"\\ud800","value":""}`), "400 KEY_MALFORMED", "half a pair"),
  attack("a value that is no base64", post({ key: "open", value: "%" }), "400 BAD_BODY", "no bytes"),
  attack(
    "base64 with bits to spare",
    post({ key: "open", value: "AB==" }),
    "400 BAD_BODY",
    "two texts, one value",
  ),
  attack(
    "a value too large",
    post({ key: "open", value: "AAAA".repeat(334) }),
    "413 VALUE_TOO_LARGE",
    "1,002 bytes",
  ),
  attack(
    "ttl_seconds past all time",
    post({ key: "open", value: "", ttl_seconds: 1e13 }),
    "400 BAD_BODY",
    "as above",
  ),
  attack(
    "a byte order mark",
    call("POST", "/api/keys", { headers: json, body: utf8("\ufeff{}") }),
    "400 BAD_JSON",
    "RFC 8259, 8.1",
  ),
];
