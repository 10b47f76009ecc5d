import type { JSX } from "preact";
import { Menu } from "../shell/Menu.tsx";

interface KeysToolbarProps {
  /** What is in the field: a prefix, or a whole key. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Opens the key that is in the field. */
  readonly onGet: () => void;
  /** Why it cannot be a key; null when it can. */
  readonly keyProblem: string | null;
  readonly scope: "node" | "ring";
  readonly onScope: (scope: "node" | "ring") => void;
  readonly onPut: () => void;
  readonly onImport: () => void;
  readonly exportLinks: readonly { readonly title: string; readonly href: string }[];
  readonly exportOf: string;
  /** Why nothing can be changed now; null when it can. */
  readonly blocked: string | null;
}

export function KeysToolbar(props: KeysToolbarProps): JSX.Element {
  const { text, onText, onGet, keyProblem, blocked } = props;
  const submit = (event: Event) => {
    event.preventDefault();
    if (keyProblem === null) onGet();
  };
  return (
    <form class="keys-toolbar" role="search" onSubmit={submit}>
      <label class="keys-search">
        <span>Prefix, or exact key</span>
        <input
          type="search"
          name="q"
          value={text}
          autocomplete="off"
          spellcheck={false}
          placeholder="user:"
          aria-describedby="keys-search-hint"
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={keyProblem !== null} title={keyProblem ?? "Open this very key (Enter)"}>
        Get
      </button>
      <p id="keys-search-hint" class="visually-hidden">
        Keys that begin with this are listed as you type. Enter opens the key of exactly this name.
      </p>
      <ScopeChoice {...props} />
      <div class="keys-acts">
        <button
          type="button"
          class="primary"
          disabled={blocked !== null}
          title={blocked ?? undefined}
          onClick={props.onPut}
        >
          Put key
        </button>
        <button
          type="button"
          disabled={blocked !== null}
          title={blocked ?? undefined}
          onClick={props.onImport}
        >
          Import
        </button>
        <ExportMenu {...props} />
      </div>
    </form>
  );
}

const scopes = [["node", "this node"], ["ring", "whole ring"]] as const;

function ScopeChoice({ scope, onScope }: KeysToolbarProps): JSX.Element {
  return (
    <fieldset class="keys-scope">
      <legend>Keys of</legend>
      {scopes.map(([name, title]) => (
        <label key={name}>
          <input
            type="radio"
            name="scope"
            value={name}
            checked={scope === name}
            onChange={() => onScope(name)}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function ExportMenu({ exportLinks, exportOf }: KeysToolbarProps): JSX.Element {
  return (
    <Menu label="" button="Export" class="keys-export">
      <p>{exportOf}</p>
      <p class="actions">
        {exportLinks.map(({ title, href }) => <a class="button" key={title} href={href} download>{title}</a>)}
      </p>
      <p class="muted">An import reads either file back. The CSV is safe to open in a spreadsheet.</p>
    </Menu>
  );
}
