import { BadFileError } from "../client/rows/bad_file.ts";
import { csvRows } from "../client/rows/csv_rows.ts";
import { jsonLinesRows } from "../client/rows/json_lines_rows.ts";
import type { ParsedRow } from "../client/rows/row.ts";
import type { FileFormat, ImportPreview, PreviewRow } from "../components/keys/preview.ts";

/** What an import of the file would begin with, as the node will read it. */
export async function previewOf(
  file: Blob,
  options: {
    readonly format: FileFormat;
    readonly prefix: string;
    readonly ttlSeconds: number | null;
    readonly rowsMax: number;
  },
): Promise<ImportPreview> {
  const { format, prefix, ttlSeconds, rowsMax } = options;
  const common = { prefix, ...(ttlSeconds === null ? {} : { ttlSeconds }) };
  const rows: PreviewRow[] = [];
  const parsed = format === "csv"
    ? csvRows(chunksOf(file), "the file", { ...common, delimiter: ",", isExport: true })
    : jsonLinesRows(chunksOf(file), "the file", common);
  try {
    for await (const row of parsed) {
      if (rows.length === rowsMax) return { rows, hasMore: true, problem: null };
      rows.push(shownRow(row));
    }
    return { rows, hasMore: false, problem: null };
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    const { line, problem } = error;
    return { rows, hasMore: false, problem: { line, message: problem } };
  }
}

function shownRow(parsed: ParsedRow): PreviewRow {
  if (parsed.kind === "bad") return { kind: "bad", line: parsed.line, problem: parsed.problem };
  const { line, key, value, ttlSeconds = null, expiresAt = null } = parsed.row;
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return { kind: "row", line, key, bytes, ttlSeconds, expiresAt };
}

const chunkBytes = 64 * 1024;

/** Only as much of the file as is looked at. */
async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += chunkBytes) {
    yield new Uint8Array(await file.slice(at, at + chunkBytes).arrayBuffer());
  }
}
