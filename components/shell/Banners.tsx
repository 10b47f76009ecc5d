import type { JSX } from "preact";
import { address } from "../ring/words.ts";
import type { Banner } from "./banners.ts";
import { signInAt } from "../../client/local_path.ts";
import { samePageOn } from "./node_link.ts";

interface BannersProps {
  readonly banners: readonly Banner[];
  readonly place: { readonly pathname: string; readonly search: string } | null;
  readonly onRetry: () => void;
}

/** Read out when they come. */
export function Banners({ banners, place, onRetry }: BannersProps): JSX.Element {
  return (
    <div class="banners" role="status">
      {banners.map(({ id, tone, text, canRetry, elsewhere }) => (
        <div class={`banner is-${tone}`} key={id}>
          <p>{text}</p>
          {canRetry && <button type="button" onClick={onRetry}>Retry now</button>}
          {id === "signedOut" && place !== null && <a href={signInAt(place)}>Sign in</a>}
          {place !== null && elsewhere.length > 0 && (
            <p>
              Continue on {elsewhere.map((item, i) => (
                <>
                  {i > 0 && ", "}
                  <a class="mono" key={item.id} href={samePageOn(item.url, place)}>{address(item.url)}</a>
                </>
              ))}
            </p>
          )}
        </div>
      ))}
    </div>
  );
}
