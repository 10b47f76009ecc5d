import { ask, attack, type Attacks, call, json } from "./attack.ts";

const post = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = json) =>
  call("POST", path, body === undefined ? { headers } : { headers, body: JSON.stringify(body) });
const file = (type: string, body: string, query = "") =>
  call("POST", `/api/import${query}`, { headers: { "Content-Type": type }, body });
const csv = "text/csv";
const jsonLines = "application/x-ndjson";

/** What an operator may do, done by somebody who may not, or wrongly. */
export const operations: Attacks = ({ neighbour, node }) => [
  attack("kill", post("/api/node/kill"), "403 FORBIDDEN", "the node runs without --allow-kill"),
  attack("kill by GET", call("GET", "/api/node/kill"), "405 METHOD_NOT_ALLOWED", "reading changes nothing", {
    allow: "POST",
  }),
  attack(
    "leave by GET",
    call("GET", "/api/node/leave"),
    "405 METHOD_NOT_ALLOWED",
    "reading changes nothing",
    { allow: "POST" },
  ),
  attack("leave by DELETE", call("DELETE", "/api/node/leave"), "405 METHOD_NOT_ALLOWED", "it is a POST", {
    allow: "POST",
  }),
  attack("leave with a query", post("/api/node/leave?force=1"), "400 BAD_QUERY", "nothing is ignored"),
  attack(
    "leave in a form",
    post("/api/node/leave", {}, { "Content-Type": "text/plain" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "CSRF",
  ),
  attack("an unknown command", post("/api/node/format"), "404 NOT_FOUND", "there is none"),
  attack(
    "an unknown chore",
    post("/api/node/maintain", { chore: "format" }),
    "400 BAD_BODY",
    "there is none",
  ),
  attack(
    "a chore that is __proto__",
    post("/api/node/maintain", { chore: "__proto__" }),
    "400 BAD_BODY",
    "a list, no object",
  ),
  attack(
    "a chore and more",
    post("/api/node/maintain", { chore: "ring", force: true }),
    "400 BAD_BODY",
    "nothing is ignored",
  ),
  attack("no chore", post("/api/node/maintain", {}), "400 BAD_BODY", "which?"),
  attack(
    "a chore without end",
    post("/api/node/maintain", { chore: "x".repeat(1_000) }),
    "413 VALUE_TOO_LARGE",
    "256 bytes",
  ),
  attack(
    "a chore in plain text",
    post("/api/node/maintain", { chore: "ring" }, { "Content-Type": "text/plain" }),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "CSRF",
  ),
  attack(
    "forget a member that is alive",
    ask("node.forget", { id: neighbour.self.id }),
    "200 -32602 1",
    "only the gone are forgotten",
  ),
  attack("forget nobody", ask("node.forget", { id: "00" }), "200 -32602 1", "an id of another width"),
  attack(
    "ask a stranger through us",
    call("GET", `/api/peers/${"0".repeat(40)}/info`),
    "404 UNKNOWN_PEER",
    "only known peers are asked",
  ),
  attack(
    "ask an address through us",
    call("GET", "/api/peers/169.254.169.254/info"),
    "400 BAD_ID",
    "ids are asked, not addresses",
  ),
  attack(
    "an id in upper case",
    call("GET", `/api/peers/${node.self.id.toUpperCase()}/info`),
    "400 BAD_ID",
    "one node, one id",
  ),
  attack("logs of all levels", call("GET", "/api/logs?level=all"), "400 BAD_QUERY", "there is none"),
  attack(
    "more logs than there are",
    call("GET", "/api/logs?limit=1e9"),
    "400 BAD_QUERY",
    "digits, and a bound",
  ),
  attack("a past without end", call("GET", "/api/node/measures?history=100000"), "400 BAD_QUERY", "a bound"),

  attack(
    "an import of a form",
    file("application/json", "{}"),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "CSV or JSON Lines",
  ),
  attack("an import of nothing", file(csv, ""), "422 BAD_FILE", "it is empty"),
  attack("an import without a header", file(csv, "a,b\n1,2\n"), "422 BAD_FILE", "which column is the key?"),
  attack("an import of a program", file(csv, "\x7fELF\0\0\0"), "422 BAD_FILE", "binary"),
  attack("an import in UTF-16", file(csv, "\ufeffk\0e\0y\0"), "422 BAD_FILE", "UTF-8"),
  attack(
    "a quote that never ends",
    file(csv, `key,value\n"${"x".repeat(100_000)}`),
    "422 BAD_FILE",
    "it would take the rest",
  ),
  attack(
    "a line that never ends",
    file(jsonLines, "x".repeat(3_000_000)),
    "422 BAD_FILE",
    "longer than any row",
  ),
  attack("a row that is no JSON", file(jsonLines, "{\n"), "422 BAD_FILE", "line 1"),
  attack(
    "a row 100,000 deep",
    file(jsonLines, "[".repeat(100_000) + "\n"),
    "422 BAD_FILE",
    "nothing recurses",
  ),
  attack("a key that is none", file(jsonLines, `{"key":"","value":""}\n`), "422 BAD_FILE", "1 to 512 bytes"),
  attack(
    "a key without end",
    file(jsonLines, `{"key":"${"k".repeat(513)}","value":""}\n`),
    "422 BAD_FILE",
    "the same",
  ),
  attack(
    "a value without end",
    file(csv, `key,value\nopen,${"x".repeat(1_001)}\n`),
    "422 BAD_FILE",
    "the node's limit",
  ),
  attack(
    "one bad row of many",
    file(csv, `key,value\nkept,changed\n,bad\n`),
    "422 BAD_FILE",
    "then none is stored",
  ),
  attack(
    "a prefix that makes keys too long",
    file(csv, "key,value\nk,v\n", `?prefix=${"p".repeat(512)}`),
    "422 BAD_FILE",
    "513 bytes",
  ),
  attack(
    "a rule that is none",
    file(csv, "key,value\n", "?onConflict=explode"),
    "400 BAD_QUERY",
    "overwrite, skip, newer",
  ),
  attack(
    "the newer of what has no version",
    file(csv, "key,value\n", "?onConflict=newer"),
    "400 BAD_QUERY",
    "CSV has none",
  ),
  attack(
    "an import in gzip",
    file("application/gzip", "\x1f\x8b"),
    "415 UNSUPPORTED_MEDIA_TYPE",
    "nothing is inflated",
  ),
  attack(
    "stop an import that is none",
    call("DELETE", "/api/import/x", { headers: json }),
    "404 UNKNOWN_IMPORT",
    "no such",
  ),
  attack(
    "an export in another form",
    call("GET", "/api/export?format=sql"),
    "400 BAD_FORMAT",
    "jsonl or csv",
  ),
  attack(
    "an export of everything there is",
    call("GET", "/api/export?scope=world"),
    "400 BAD_SCOPE",
    "ring or node",
  ),
];
