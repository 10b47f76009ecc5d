import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface MenuProps {
  /** For a screen reader, before what the button shows. */
  readonly label: string;
  readonly button: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A button that opens a panel below it. Escape, or a click elsewhere, closes the panel. Works without scripts too. */
export function Menu({ label, button, children, ...props }: MenuProps): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const menu = details.current;
      if (menu === null || !menu.open) return;
      if (event instanceof KeyboardEvent ? event.key !== "Escape" : menu.contains(event.target as Node)) {
        return;
      }
      menu.open = false;
      if (event instanceof KeyboardEvent) menu.querySelector("summary")?.focus();
    };
    document.addEventListener("keydown", close);
    document.addEventListener("pointerdown", close);
    return () => {
      document.removeEventListener("keydown", close);
      document.removeEventListener("pointerdown", close);
    };
  }, []);
  return (
    <details class={["menu", props.class ?? ""].join(" ").trim()} ref={details}>
      <summary>
        <span class="visually-hidden">{`${label} `}</span>
        {button}
      </summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}
