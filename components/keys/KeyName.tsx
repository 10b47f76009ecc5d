import type { JSX } from "preact";
import { visible } from "./value_format.ts";

/** A key as text, whatever is in it: never markup, and with marks for what would not be seen. */
export function KeyName({ name }: { name: string }): JSX.Element {
  return <bdi class="key-name mono">{visible(name).replaceAll(/[\t\n\r]/g, mark)}</bdi>;
}

/** In a name a line end is no line end. */
function mark(character: string): string {
  return String.fromCodePoint(0x2400 + (character.codePointAt(0) ?? 0));
}
