import type { JSX } from "preact";

interface TabsProps<T extends string> {
  /** Distinguishes these tabs from others of the page. The panel has the id `NAME-panel`. */
  readonly name: string;
  readonly titles: Readonly<Record<T, string>>;
  readonly selected: T;
  readonly onSelect: (tab: T) => void;
}

/** One tab stop; the arrows go from tab to tab and show it. */
export function Tabs<T extends string>({ name, titles, selected, onSelect }: TabsProps<T>): JSX.Element {
  const order = Object.keys(titles) as T[];
  const go = (by: number) => {
    const next = order.at((order.indexOf(selected) + by) % order.length) ?? selected;
    onSelect(next);
    document.getElementById(`${name}-tab-${next}`)?.focus();
  };
  return (
    <div class="tabs ring-tabs" role="tablist" aria-label="Views">
      {order.map((tab) => (
        <button
          type="button"
          role="tab"
          key={tab}
          id={`${name}-tab-${tab}`}
          aria-selected={tab === selected}
          aria-controls={`${name}-panel`}
          tabindex={tab === selected ? 0 : -1}
          onClick={() => onSelect(tab)}
          onKeyDown={(event) => {
            const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            go(by);
          }}
        >
          {titles[tab]}
        </button>
      ))}
    </div>
  );
}
