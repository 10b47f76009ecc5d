import { type MethodDefinition, methods, protocolVersion } from "../core/protocol.ts";
import { header } from "../transport/deadline.ts";
import { signatureHeader } from "../transport/trust/signed_text.ts";
import { batchMax } from "../transport/json_rpc.ts";
import { type JsonObject, jsonSchemaOf, openRpcDocument } from "../transport/open_rpc.ts";

/**
 * Writes docs/protocol.md from the method table, so that it cannot say anything else than the code does.
 *
 * `deno run -A docs/generate_protocol.ts` rewrites it; with `--check` it only says whether that is due.
 */

const path = new URL("./protocol.md", import.meta.url);
/** As `deno fmt` wraps prose. */
const lineWidth = 110;

/** A part of a JSON Schema, as far as this document shows it. */
interface Schema extends JsonObject {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

type Row = readonly string[];

/** Objects that stand in many places, by their members. */
const shapes: readonly { readonly name: string; readonly members: Row; readonly meaning: string }[] = [
  {
    name: "node",
    members: ["id", "url"],
    meaning: "A node. The id follows from the cluster and the address; a claimed id is recomputed.",
  },
  {
    name: "range",
    members: ["first", "last"],
    meaning: "Consecutive partitions, both ends in it. It never wraps.",
  },
  {
    name: "cursor",
    members: ["partition", "key"],
    meaning: "Where a page ended. The next one begins after it.",
  },
  {
    name: "record",
    members: ["key", "value", "version", "expiresAtMs", "requestId", "checksum"],
    meaning:
      "A record: the value in base64, null in a tombstone. The checksum is a CRC-32 over all the rest.",
  },
];

const headerMeanings: Readonly<Record<keyof typeof header, string>> = {
  cluster: "Name of the sender's ring. Another ring's node refuses the call.",
  from: "Id of the node that calls.",
  to:
    "Id of the node that is meant. Any other refuses the call: an address may have been given to someone else.",
  deadlineMs: "Milliseconds left to the caller. With too few left the work is not begun.",
};

/** The whole of docs/protocol.md. */
export function protocolDocument(): string {
  const sections = [
    "# The protocol",
    prose("Generated from `core/protocol.ts` by `deno run -A docs/generate_protocol.ts`. Do not edit."),
    prose(
      `Nodes and clients speak JSON-RPC 2.0 over \`POST /rpc\`: single calls, notifications, and batches of up to ${batchMax}. ` +
        "Parameters may be named or given in the order below. An unknown named parameter is refused (-32602). " +
        "Unknown members of a result are ignored, so that a newer node may say more. Every method may be repeated " +
        "after a lost answer, unless it says otherwise. `rpc.discover` answers with the same table as an OpenRPC document.",
    ),
    "## Methods",
    table(["method", "what it is for"], methodRows()),
    ...Object.entries<MethodDefinition>(methods).flatMap(([name, method]) => methodSection(name, method)),
    "## Shapes",
    prose(
      "An _id_ is a point on the circle: lowercase hex of fixed width, two to forty digits. A _version_ says when " +
        "and where a record was written: milliseconds in 12 hex digits, a dot, a counter in 4, a dot, the id of the " +
        "node. Of two versions the one that sorts later is the newer. _base64_ is bytes. Names that end in `Ms` are " +
        "milliseconds: a span, or a moment since 1970 if they say `At` or `Seen`.",
    ),
    table(
      ["shape", "members", "meaning"],
      shapes.map(({ name, members, meaning }) => [
        name,
        members.map((member) => `\`${member}\``).join(", "),
        meaning,
      ]),
    ),
    "## Errors",
    prose(
      "An error carries `data.definite`: true if what was asked did not happen and never will, false if it may have " +
        "happened or may yet. `data.reason` is a word for programs. `data.hint` names the node to ask instead.",
    ),
    table(["code", "name", "meaning"], errorRows()),
    "## Headers",
    prose("On loopback and without a secret all of them are optional. A header that is there must fit."),
    table(
      ["header", "meaning"],
      Object.entries(header).map((
        [name, text],
      ) => [`\`${text}\``, headerMeanings[name as keyof typeof header]]),
    ),
    "## Signatures",
    prose(
      "In a ring with a secret each request and each answer carries `" + signatureHeader +
        "`, with a MAC by " +
        "HMAC-SHA-256 under the secret, in hex. A request has `TIME.NONCE.MAC`: the sender's wall clock in " +
        "milliseconds, and 16 hex digits drawn at its start, a dash and a number that goes up. An answer has `ID.MAC`, " +
        "with the id of the node that answers. Receivers take each nonce once, within a minute of its time.",
    ),
    prose(
      "The MAC of a request is over these lines, joined by line feeds: `rondo request`, method, path, SHA-256 of the " +
        "body in hex, time, nonce, `" + header.from + "`, `" + header.to +
        "` (empty for a first call to a bootstrap, " +
        "which may only be `node.info`). That of an answer: `rondo answer`, status, SHA-256 of its body in hex, nonce " +
        "of the request, id of the node that answers, id of the one that asked. A request without a right signature " +
        "gets 401 and -32001, and that answer has no signature.",
    ),
    "## Versions",
    prose(
      `This is version ${protocolVersion} of the protocol. A node that joins asks \`node.info\` first. Protocol, cluster, ` +
        "bits, hash, partitions and replicas must be its own, and the id must follow from the address. If they do not, " +
        "it does not join (-32004). New methods, new optional parameters and new members of results keep the version. " +
        "Anything else raises it.",
    ),
    "## Names in Torus",
    prose("Torus, the Go program that Rondo took its set of methods from, has other names for them."),
    table(["in Torus", "here"], torusRows()),
  ];
  return `${sections.join("\n\n")}\n`;
}

function methodRows(): Row[] {
  return Object.entries<MethodDefinition>(methods).map((
    [name, { summary }],
  ) => [`\`${name}\``, cell(summary)]);
}

function methodSection(name: string, { summary, params, result, isIdempotent }: MethodDefinition): string[] {
  const once = isIdempotent ? "" : " Not to be repeated after a lost answer.";
  return [
    `### ${name}`,
    prose(`${summary}${once}`),
    members("parameter", jsonSchemaOf(params), "No parameters."),
    members("result", jsonSchemaOf(result), "The result is an empty object."),
  ];
}

/** The members of an object as a table; of a choice of objects, one table after another. */
function members(heading: string, schema: Schema, nothing: string): string {
  const alternatives = schema.oneOf ?? schema.anyOf ?? [schema];
  const tables = alternatives.map((alternative) => {
    const rows = memberRows(alternative, "");
    return rows.length === 0 ? nothing : table([heading, "type", "meaning"], rows);
  });
  return tables.join("\n\nor\n\n");
}

/** A row for each member, and rows for the members of objects inside that have no name of their own. */
function memberRows({ properties = {}, required = [] }: Schema, prefix: string): Row[] {
  return Object.entries(properties).flatMap(([name, member]) => {
    const full = `${prefix}${name}`;
    const optional = required.includes(name) ? "" : ", optional";
    const row = [`\`${full}\`${optional}`, typeOf(member), meaningOf(member)];
    const inside = innerObject(member);
    return inside === null ? [row] : [row, ...memberRows(inside, `${full}${inside === member ? "" : "[]"}.`)];
  });
}

/** Descriptions of the simple types; the document explains those once, under the shapes. */
const saidByType = ["hex id of fixed width", "MS(12 hex).COUNTER(4 hex).NODEID", "bytes in base64"];

function meaningOf({ description = "" }: Schema): string {
  return saidByType.includes(description) ? "" : cell(description);
}

/** The object, or the object in the list, that has to be shown member by member. */
function innerObject(schema: Schema): Schema | null {
  const inside = schema.items ?? schema;
  return inside.properties !== undefined && shapeOf(inside) === null ? inside : null;
}

function shapeOf({ properties }: Schema): string | null {
  if (properties === undefined) return null;
  const names = Object.keys(properties).join();
  return shapes.find(({ members }) => members.join() === names)?.name ?? null;
}

function typeOf(schema: Schema): string {
  const { anyOf, items } = schema;
  if (schema.const !== undefined) return `"${schema.const}"`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `"${value}"`).join(" or ");
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" or ");
  if (items !== undefined) return `list of ${plural(typeOf(items))}${bound(", at most ", schema.maxItems)}`;
  const types = [schema.type ?? "object"].flat();
  return types.map((type) => simpleType(type, schema)).join(" or ");
}

function plural(type: string): string {
  return /^[a-z]+$/.test(type) ? `${type}s` : type;
}

function simpleType(type: string, schema: Schema): string {
  switch (type) {
    case "object":
      return shapeOf(schema) ?? "object";
    case "string":
      return textType(schema);
    case "integer":
      return `whole number${numberBounds(schema)}`;
    case "boolean":
      return "true or false";
    default:
      return type;
  }
}

function textType({ pattern, description, minLength, maxLength }: Schema): string {
  if (pattern?.includes("12")) return "version";
  if (pattern !== undefined) return "id";
  if (description === "bytes in base64") return "base64";
  if (maxLength === undefined) return "text";
  return `text of ${minLength ?? 0} to ${maxLength} characters`;
}

function numberBounds({ minimum, maximum }: Schema): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) {
    return bound(" up to ", isBounded ? maximum : undefined);
  }
  return isBounded ? `, ${minimum} to ${maximum}` : ` from ${minimum}`;
}

function bound(words: string, value: number | undefined): string {
  return value === undefined ? "" : `${words}${value}`;
}

function errorRows(): Row[] {
  const { errors } = openRpcDocument()["components"] as {
    errors: Record<string, { code: number; message: string }>;
  };
  return Object.entries(errors).map(([name, { code, message }]) => [String(code), name, cell(message)]);
}

function torusRows(): Row[] {
  return Object.entries<MethodDefinition>(methods)
    .flatMap(([name, { torus }]) => torus?.split(", ").map((theirs) => [theirs, `\`${name}\``]) ?? [])
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** A Markdown table, aligned as `deno fmt` aligns it. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: Row) => `| ${widths.map((width, i) => (row[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Words filled into lines, as `deno fmt` fills them. */
function prose(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

if (import.meta.main) {
  const document = protocolDocument();
  if (!Deno.args.includes("--check")) {
    Deno.writeTextFileSync(path, document);
  } else if (Deno.readTextFileSync(path) !== document) {
    Deno.stderr.writeSync(
      new TextEncoder().encode(
        "docs/protocol.md is out of date: run `deno run -A docs/generate_protocol.ts`\n",
      ),
    );
    Deno.exitCode = 1;
  }
}
