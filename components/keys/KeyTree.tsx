import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { count } from "../ring/words.ts";
import { KeyName } from "./KeyName.tsx";
import { type Branch, branchesOf } from "./key_tree.ts";

interface KeyTreeProps {
  readonly keys: readonly string[];
  readonly openKey: string | null;
  readonly onOpen: (key: string) => void;
  /** Lists only the keys behind a prefix. */
  readonly onPrefix: (prefix: string) => void;
}

/** Entries of one level that are shown: a prefix with ten thousand keys is for the list. */
const branchesMax = 100;

/** The keys that were found, by the parts of their names. */
export function KeyTree(props: KeyTreeProps): JSX.Element {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (prefix: string) => {
    const next = new Set(opened);
    if (!next.delete(prefix)) next.add(prefix);
    setOpened(next);
  };
  return (
    <nav class="keys-tree" aria-label="Keys by prefix">
      <Level {...props} prefix="" opened={opened} onToggle={toggle} />
    </nav>
  );
}

interface LevelProps extends KeyTreeProps {
  readonly prefix: string;
  readonly opened: ReadonlySet<string>;
  readonly onToggle: (prefix: string) => void;
}

function Level(props: LevelProps): JSX.Element {
  const branches = useMemo(() => branchesOf(props.keys, props.prefix), [props.keys, props.prefix]);
  return (
    <ul>
      {branches.slice(0, branchesMax).map((branch) => (
        <li key={`${branch.kind} ${branch.path}`}>
          {branch.kind === "key"
            ? <Leaf {...props} branch={branch} />
            : <Folder {...props} branch={branch} />}
        </li>
      ))}
      {branches.length > branchesMax && <li class="muted">and {count(branches.length - branchesMax)} more
      </li>}
    </ul>
  );
}

function Folder({ branch, ...props }: LevelProps & { branch: Branch }): JSX.Element {
  const isOpen = props.opened.has(branch.path);
  return (
    <>
      <span class="keys-folder">
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          onClick={() => props.onToggle(branch.path)}
        >
          <span class="keys-twist" aria-hidden="true" />
          <KeyName name={branch.label} /> <span class="muted">{count(branch.count)}</span>
        </button>
        <button
          type="button"
          class="link keys-only"
          aria-label={`List only ${branch.path}`}
          title={`List only ${branch.path}`}
          onClick={() => props.onPrefix(branch.path)}
        >
          only
        </button>
      </span>
      {isOpen && <Level {...props} prefix={branch.path} />}
    </>
  );
}

function Leaf({ branch, openKey, onOpen }: LevelProps & { branch: Branch }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      aria-current={branch.path === openKey ? "true" : undefined}
      onClick={() => onOpen(branch.path)}
    >
      <KeyName name={branch.label} />
    </button>
  );
}
