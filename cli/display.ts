/** How values look to a person. */

/** A dash stands for what nobody measured. */
const unknown = "-";

const byteUnits = ["KiB", "MiB", "GiB", "TiB"] as const;

export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown;
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const power = Math.min(byteUnits.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${byteUnits[power - 1] ?? ""}`;
}

/** A share of one core, in percent. */
export function formatShare(share: number | null): string {
  return share === null ? unknown : `${(share * 100).toFixed(1)} %`;
}

/** The two largest units: `3 d 4 h`, `12 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** A key on one line that a terminal takes for text: quoted as JSON when it has control characters. */
export function showKey(key: string): string {
  return /\p{Cc}|^"/u.test(key) ? JSON.stringify(key) : key;
}
