import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RondoClient } from "../client/mod.ts";
import type { ImportState } from "../components/keys/import_progress.ts";
import type { ImportChoice } from "../components/keys/ImportDialog.tsx";
import type { ImportPreview } from "../components/keys/preview.ts";
import { ImportJob } from "./import_job.ts";
import { previewOf } from "./import_preview.ts";

const previewRows = 20;

/** Looks into files, and imports one at a time. */
export function useImport(client: RondoClient | null) {
  const [state, setState] = useState<ImportState>({ kind: "idle" });
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const previewNumber = useRef(0);
  const job = useMemo(() => client === null ? null : new ImportJob({ client, onChange: setState }), [client]);
  useEffect(() => () => job?.abandon(), [job]);

  const look = async ({ file, ...how }: Omit<ImportChoice, "isDry" | "onConflict">) => {
    const number = ++previewNumber.current;
    setPreview(null);
    const found = await previewOf(file, { ...how, rowsMax: previewRows }).catch(unreadable);
    if (number === previewNumber.current) setPreview(found);
  };
  const start = async ({ file, ttlSeconds, ...how }: ImportChoice) => {
    await job?.start(file, { ...how, ttlSeconds: ttlSeconds ?? undefined });
  };
  const reset = () => {
    job?.reset();
    setPreview(null);
  };
  return { state, preview, look, start, stop: () => void job?.stop(), reset };
}

/** A file can go, or turn out to be a folder, between its choice and its reading. */
function unreadable(error: unknown): ImportPreview {
  const message = error instanceof Error ? error.message : String(error);
  return { rows: [], hasMore: false, problem: { line: 1, message: `it cannot be read (${message})` } };
}
