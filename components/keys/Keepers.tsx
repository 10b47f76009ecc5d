import type { JSX } from "preact";
import { address, shortId } from "../ring/words.ts";
import type { KeyPlace } from "./open_key.ts";

/** The nodes that keep a key, the owner first. */
export function Keepers({ place, verb }: { place: KeyPlace; verb: string }): JSX.Element {
  const { keepers, owner } = place;
  return (
    <ul class="key-keepers" aria-label={verb}>
      {keepers.map(({ id, url }) => (
        <li key={id}>
          <a href={url} title={id}>
            <code>{shortId(id)}</code> {address(url)}
          </a>{" "}
          <span class="muted">{id === owner.id ? "owner" : "copy"}</span>
        </li>
      ))}
    </ul>
  );
}
