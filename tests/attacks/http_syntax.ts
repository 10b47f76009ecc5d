import { attack, type Attacks, bytes, call, host, line } from "./attack.ts";

const get = (target: string) => line(`GET ${target} HTTP/1.1`);
const put = (headers: readonly string[], body: string) => line("PUT /api/keys/open HTTP/1.1", headers, body);

/** Requests that are none, that two parsers would read differently, and paths that stand for another. */
export const httpSyntax: Attacks = () => [
  attack(
    "a plain request",
    get("/health"),
    `200 {"ok":true}`,
    "the rows below differ from this in one thing",
  ),
  ...requestLines,
  ...framing,
  ...sizes,
  ...methods,
  ...paths,
];

const requestLines = [
  attack("no request", bytes("GARBAGE\r\n\r\n"), "400", "no method, no target"),
  attack("TLS at a plain port", bytes("\x16\x03\x01\x02\x00\x01\r\n\r\n"), "400", "a scanner's hello"),
  attack("no version", bytes("GET /health\r\n\r\n"), "400", "HTTP/0.9"),
  attack("HTTP/2.0 in text", line("GET /health HTTP/2.0"), "400", "not how HTTP/2 begins"),
  attack("HTTP/1.2", line("GET /health HTTP/1.2"), "400", "there is none"),
  attack("two blanks", line("GET  /health HTTP/1.1"), "400", "an empty target"),
  attack("a blank first", line(" GET /health HTTP/1.1"), "400", "an empty method"),
  attack("NUL in the method", line("G\0T /health HTTP/1.1"), "400", "no token (RFC 9110, 5.6.2)"),
  attack("NUL in the target", line("GET /heal\0th HTTP/1.1"), "400", "a C program would end there"),
  attack("NUL in a header", line("GET /health HTTP/1.1", ["X-A: b\0c"]), "400", "nor in a value"),
  attack(
    "a blank before the colon",
    line("GET /health HTTP/1.1", ["X-A : b"]),
    "400",
    "RFC 9112, 5.1: smuggling",
  ),
  attack("a folded header", line("GET /health HTTP/1.1", ["X-A: b", " c"]), "400", "RFC 9112, 5.2: obsolete"),
  attack("no colon", line("GET /health HTTP/1.1", ["X-A"]), "400", "no header"),
  attack(
    "two hosts",
    line("GET /health HTTP/1.1", ["Host: evil.example"]),
    "400",
    "RFC 9112, 3.2: which one?",
  ),
  attack("a target without a slash", get("health"), "400", "neither origin-form nor any other"),
  attack("a target that begins with a backslash", get("\\health"), "400", "nor this"),
  attack(
    "HTTP/1.0",
    bytes(`GET /health HTTP/1.0\r\nHost: ${host}\r\n\r\n`),
    `200 {"ok":true}`,
    "load balancers do",
  ),
];

const framing = [
  attack(
    "length and chunks",
    put(["Content-Length: 3", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "400",
    "CL.TE",
  ),
  attack(
    "chunks and length",
    put(["Transfer-Encoding: chunked", "Content-Length: 3"], "0\r\n\r\n"),
    "400",
    "TE.CL",
  ),
  attack("two lengths", put(["Content-Length: 3", "Content-Length: 4"], "abcd"), "400", "CL.CL"),
  attack("a list of lengths", put(["Content-Length: 3, 4"], "abcd"), "400", "the same in one line"),
  attack(
    "one length twice",
    put(["Content-Length: 4", "Content-Length: 4"], "open"),
    "200 written",
    "RFC 9112, 6.3",
  ),
  attack("a length below zero", put(["Content-Length: -1"], "abc"), "400", "no digits"),
  attack("a length with a sign", put(["Content-Length: +3"], "abc"), "400", "no digits"),
  attack("a length in hex", put(["Content-Length: 0x3"], "abc"), "400", "no digits"),
  attack(
    "a length past 2^64",
    put(["Content-Length: 99999999999999999999"], "abc"),
    "400",
    "it would wrap around",
  ),
  attack("a coding we have not", put(["Transfer-Encoding: gzip"], "abc"), "400", "where does the body end?"),
  attack(
    "chunks that are not last",
    put(["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
    "400",
    "TE.TE",
  ),
  attack("a coding with a tail", put(["Transfer-Encoding: chunkedx"], "0\r\n\r\n"), "400", "TE.TE"),
  attack(
    "a chunk size that is none",
    put(["Transfer-Encoding: chunked"], "zz\r\nabc\r\n0\r\n\r\n"),
    "closed",
    "no hex",
  ),
  attack(
    "a chunk size past 2^64",
    put(["Transfer-Encoding: chunked"], "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"),
    "closed",
    "it would wrap around",
  ),
  attack(
    "chunks in HTTP/1.0",
    bytes(`PUT /api/keys/open HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    "400",
    "it has none",
  ),
  attack(
    "a request behind a body",
    line(
      "POST /rpc HTTP/1.1",
      ["Content-Type: application/json", "Content-Length: 2"],
      "[]DELETE /api/keys/kept ",
    ),
    "200 -32600 null",
    "what follows a closed request is not read",
  ),
  attack(
    "a body with GET",
    call("GET", "/health", { body: "DELETE /api/keys/kept HTTP/1.1\r\n\r\n" }),
    `200 {"ok":true}`,
    "it has no meaning, and is not taken for the next request",
  ),
  attack(
    "Expect: 100-continue",
    put(["Expect: 100-continue", "Content-Length: 4"], "open"),
    "200 written",
    "as asked",
  ),
  attack(
    "Expect something else",
    put(["Expect: foo", "Content-Length: 4"], "open"),
    "200 written",
    "it is ignored",
  ),
  attack(
    "an upgrade that we have not",
    line("GET /health HTTP/1.1", ["Upgrade: h2c"]),
    `200 {"ok":true}`,
    "ignored",
  ),
];

const sizes = [
  attack("a target of 70,000 bytes", get(`/${"a".repeat(70_000)}`), "400", "the parser's own bound"),
  attack(
    "a target of 60,000 bytes",
    get(`/${"a".repeat(60_000)}`),
    "414 URI_TOO_LONG",
    "within it, but longer than any path of ours",
  ),
  attack(
    "half a megabyte of header",
    line("GET /health HTTP/1.1", [`X-A: ${"a".repeat(500_000)}`]),
    "400",
    "the bound",
  ),
  attack("200 headers", line("GET /health HTTP/1.1", Array(200).fill("X-A: b")), "400", "a hundred are read"),
  attack(
    "a value of a length too large",
    put(["Content-Length: 1001"], "x".repeat(1_001)),
    "413 VALUE_TOO_LARGE",
    "refused before it is read",
  ),
  attack(
    "a value too large in chunks",
    put(["Transfer-Encoding: chunked"], `3e9\r\n${"x".repeat(1_001)}\r\n0\r\n\r\n`),
    "413 VALUE_TOO_LARGE",
    "whose length nobody said",
  ),
];

const allow = (allow: string) => ({ allow });

const methods = [
  attack(
    "lower case",
    line("get /health HTTP/1.1"),
    "405 METHOD_NOT_ALLOWED",
    "methods have case",
    allow("GET, HEAD"),
  ),
  attack(
    "TRACE",
    line("TRACE /health HTTP/1.1"),
    "405 METHOD_NOT_ALLOWED",
    "it would echo",
    allow("GET, HEAD"),
  ),
  attack("CONNECT", line("CONNECT evil.example:80 HTTP/1.1"), "400 BAD_PATH", "we are no proxy"),
  attack("OPTIONS *", line("OPTIONS * HTTP/1.1"), "404 NOT_FOUND", "nothing is said of all at once"),
  attack(
    "one of our own making",
    line("FROB /health HTTP/1.1"),
    "405 METHOD_NOT_ALLOWED",
    "nobody knows it",
    allow("GET, HEAD"),
  ),
  attack(
    "PATCH of a key",
    call("PATCH", "/api/keys/open", { body: "x" }),
    "405 METHOD_NOT_ALLOWED",
    "a key is put or deleted",
    allow("GET, HEAD, PUT, DELETE"),
  ),
  attack("GET /rpc", get("/rpc"), "405 -32600 null", "R37", allow("POST")),
  attack(
    "a method in a header",
    call("GET", "/api/keys/open", { headers: { "X-HTTP-Method-Override": "DELETE" } }),
    "200 value b3Blbg==",
    "nobody overrides",
  ),
];

const paths = [
  attack("a double slash", get("//health"), "400 BAD_PATH", "a guard by prefix would miss it"),
  attack("a double slash inside", get("/api//node/info"), "400 BAD_PATH", "the same"),
  attack("a dot", get("/api/./node/info"), "400 BAD_PATH", "the same"),
  attack("two dots", get("/x/../health"), "400 BAD_PATH", "out of where it was let in"),
  attack("two dots in percents", get("/x/%2e%2e/health"), "400 BAD_PATH", "the same, in disguise"),
  attack("one dot in percents", get("/x/.%2E/health"), "400 BAD_PATH", "half of it"),
  attack("a slash in percents", get("/api%2Fnode%2Finfo"), "404 NOT_FOUND", "no path of ours has a percent"),
  attack("percents twice", get("/%252e%252e/health"), "404 NOT_FOUND", "it is decoded once at most"),
  attack("NUL in percents", get("/health%00"), "404 NOT_FOUND", "not /health"),
  attack("a semicolon", get("/health;jsessionid=1"), "404 NOT_FOUND", "not /health"),
  attack("a backslash", get("/api\\node\\info"), "404 NOT_FOUND", "no slash of ours"),
  attack("upper case", get("/API/node/info"), "404 NOT_FOUND", "paths have case"),
  attack("a slash at the end", get("/health/"), "404 NOT_FOUND", "another path"),
  attack("a fragment", get("/health#x"), `200 {"ok":true}`, "it is not part of the target"),
  attack("a byte that is no UTF-8", get("/caf\xe9"), "400", "a target is ASCII"),
  attack("a file of the host", get("/../../etc/passwd"), "400 BAD_PATH", "nothing is read by its path"),
  attack("a file of the program", get("/static/%2e%2e/deno.json"), "400 BAD_PATH", "nor this"),
  attack(
    "a query that we have not",
    get("/api/node/info?debug=1"),
    "400 BAD_QUERY",
    "?tll=60 would store for ever",
  ),
  attack("a query twice", get("/api/keys?limit=1&limit=2"), "400 BAD_QUERY", "which one?"),
  attack("a query that is not decoded", get("/api/keys?prefix=%ff"), "400 BAD_ENCODING", "no UTF-8"),
];
