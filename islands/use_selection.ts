import { useMemo, useRef, useState } from "preact/hooks";
import {
  allOrNone,
  extended,
  noSelection,
  type Selection,
  toggled,
  within,
} from "../components/keys/selection.ts";

/** The keys of a list that are ticked; those that are no longer listed do not count. */
export function useSelection(keys: readonly string[]) {
  const [selection, setSelection] = useState<Selection>(noSelection);
  const last = useRef<string | null>(null);
  const selected = useMemo(() => within(selection, keys), [selection, keys]);
  const toggle = (key: string, isRange: boolean) => {
    const from = isRange ? last.current : null;
    setSelection((before) =>
      from === null ? toggled(before, key) : extended(before, { keys, from, to: key })
    );
    last.current = key;
  };
  return {
    selection,
    selected,
    toggle,
    toggleAll: () => setSelection((before) => allOrNone(before, keys)),
    clear: () => setSelection(noSelection),
  };
}
