import { InvalidArgumentError } from "commander";

/** Readers of option values; commander turns what they throw into a usage error that names the option. */

export function positiveInteger(text: string): number {
  if (!/^[1-9][0-9]{0,11}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1.");
  return Number(text);
}

/** Seconds, with a fraction if need be, as milliseconds. */
export function secondsAsMs(text: string): number {
  const seconds = Number(text);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || seconds < 0.001 || seconds > 86_400) {
    throw new InvalidArgumentError("It takes seconds, above 0 and up to a day.");
  }
  return Math.round(seconds * 1_000);
}

/** Adds the origins of a comma-separated list to those of earlier `--url`s. */
export function nodeUrls(text: string, earlier: readonly string[] = []): string[] {
  const urls = text.split(",").map((url) => url.trim()).filter((url) => url !== "");
  if (urls.length === 0) throw new InvalidArgumentError("It takes the URL of a node.");
  return [...earlier, ...urls.map(originOf)];
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new InvalidArgumentError("It takes the URL of a node, as http://127.0.0.1:8440.");
  }
  return url.origin;
}
