export const fileFormats = ["csv", "jsonl"] as const;
export type FileFormat = typeof fileFormats[number];

export const fileFormatTitles: Readonly<Record<FileFormat, string>> = { csv: "CSV", jsonl: "JSON Lines" };

/** One row of a file as it would be stored, or what is wrong with it; `line` is where it begins, from 1. */
export type PreviewRow =
  | {
    readonly kind: "row";
    readonly line: number;
    readonly key: string;
    readonly bytes: Uint8Array;
    readonly ttlSeconds: number | null;
    readonly expiresAt: Date | null;
  }
  | { readonly kind: "bad"; readonly line: number; readonly problem: string };

export interface ImportPreview {
  readonly rows: readonly PreviewRow[];
  readonly hasMore: boolean;
  /** The file as a whole cannot be read, from this line on. */
  readonly problem: { readonly line: number; readonly message: string } | null;
}

/** What the file is by its name; CSV for names that say nothing. */
export function formatOfName(name: string): FileFormat {
  return /\.(jsonl|ndjson|json)$/i.test(name) ? "jsonl" : "csv";
}
