import type { JSX } from "preact";
import { percent, plural } from "../ring/words.ts";
import type { KeyList } from "./listed_key.ts";
import { ProblemCard } from "./ProblemCard.tsx";

interface ListStateProps {
  readonly list: KeyList;
  readonly prefix: string;
  readonly scope: "node" | "ring";
  readonly onMore: () => void;
  readonly onStop: () => void;
  readonly onReload: () => void;
}

/** How much is listed, and how it goes on. */
export function ListHead({ list, scope, onStop, onReload }: ListStateProps): JSX.Element {
  const { keys, searched, isLoading, hasMore } = list;
  return (
    <div class="keys-list-head">
      <p role="status">
        {isLoading && keys.length === 0 ? "Looking for keys…" : plural(keys.length, "key")}
        {keys.length > 0 && (hasMore || isLoading ? " so far" : " in all")}
        {searched !== null && (isLoading || hasMore) && `, ${percent(searched)} of the ring searched`}
      </p>
      <p class="actions">
        {isLoading && scope === "ring" && <button type="button" onClick={onStop}>Stop</button>}
        <button type="button" onClick={onReload} disabled={isLoading}>Refresh</button>
      </p>
      <progress
        class={isLoading ? "keys-progress" : "keys-progress is-idle"}
        aria-label="Search"
        max={1}
        {...(searched === null || !isLoading ? {} : { value: searched })}
      />
    </div>
  );
}

/** Below the list: what is missing, and what to do about it. */
export function ListFoot(
  { list, prefix, scope, onMore, empty }: ListStateProps & { empty: JSX.Element },
): JSX.Element | null {
  const { keys, isLoading, hasMore, problem } = list;
  if (problem !== null) {
    const what = keys.length === 0 ? "The keys could not be listed" : "The list could not be continued";
    return <ProblemCard what={what} problem={problem} onRetry={onMore} />;
  }
  if (isLoading) return null;
  if (hasMore) {
    return (
      <p class="keys-more">
        <button type="button" onClick={onMore}>Load more</button>
        {scope === "ring" && (
          <span class="muted">
            The ring is searched part by part; what is written meanwhile may be missing.
          </span>
        )}
      </p>
    );
  }
  if (keys.length > 0) return null;
  return (
    <div class="empty">
      <p>{emptySentence(prefix, scope)}</p>
      {empty}
    </div>
  );
}

function emptySentence(prefix: string, scope: "node" | "ring"): string {
  const where = scope === "node" ? "on this node" : "in the ring";
  return prefix === "" ? `No keys are stored ${where}.` : `No key ${where} begins with “${prefix}”.`;
}
