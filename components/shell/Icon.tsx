import type { JSX } from "preact";
import type { PageIcon } from "./pages.ts";

type IconName = PageIcon | "help" | "copy" | "copied" | "problem" | "fine" | "unknown" | "menu";

/** A picture beside words; alone it says nothing to a screen reader. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** Lines, 1.6 wide, in the colour of the text around them. */
const paths: Readonly<Record<IconName, string>> = {
  node: "M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.1M6 13.5h.1",
  ring: "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14M10 1.5v3M18.5 10h-3M10 18.5v-3M1.5 10h3",
  keys: "M7 9a3.5 3.5 0 1 0 0 .1M10.5 9H18v3.5M15 9v2.5",
  trace: "M3 15a1.5 1.5 0 1 0 0 .1M6 14.5C9 13 7 6 12 5.5M17 5a1.5 1.5 0 1 0 0 .1M12 5.5h2",
  logs: "M3 5h14M3 9h9M3 13h14M3 17h6",
  ops: "M3 6h7M14 6h3M12 6a1.8 1.8 0 1 0 0 .1M3 14h3M10 14h7M8 14a1.8 1.8 0 1 0 0 .1",
  settings:
    "M10 7a3 3 0 1 0 0 6a3 3 0 1 0 0-6M10 2v2.5M10 15.5V18M2 10h2.5M15.5 10H18M4.3 4.3l1.8 1.8M13.9 13.9l1.8 1.8M4.3 15.7l1.8-1.8M13.9 6.1l1.8-1.8",
  help: "M7 7.5a3 3 0 1 1 4.2 2.7C10.3 10.7 10 11.3 10 12.5M10 15.5v.1",
  copy: "M7 7h9v10H7zM4 13V3h9",
  copied: "M4 10.5l4 4L16 6",
  problem: "M10 3L18 17H2zM10 8v4M10 14.5v.1",
  fine: "M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15M6.5 10.2l2.5 2.5L13.5 7.5",
  unknown:
    "M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15M8 8a2 2 0 1 1 2.8 1.8C10.2 10.2 10 10.7 10 11.5M10 14v.1",
  menu: "M5 8l5 5l5-5",
};
