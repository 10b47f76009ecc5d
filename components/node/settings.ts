import type { NodeSetting } from "../../client/operations.ts";

export const sourceWords: Readonly<Record<NodeSetting["source"], string>> = {
  flag: "flag",
  environment: "environment",
  file: ".env file",
  default: "default",
};

/** The settings that somebody made, as flags: what it takes to start the same node again. */
export function asFlags(settings: readonly NodeSetting[]): string {
  return settings.filter(({ source, value }) => source !== "default" && !isSecret(value))
    .map(({ flag, value }) => `${flag}=${quoted(value)}`).join(" ");
}

/** Shown only by its length. */
export function isSecret(value: string): boolean {
  return /^set, \d+ chars$/.test(value);
}

/** As a shell takes it. */
function quoted(value: string): string {
  return /^[\w.,:/=@%+-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
