import type { JSX } from "preact";
import { Icon } from "./Icon.tsx";
import { pages } from "./pages.ts";

/** The way from page to page: at the side, and at the bottom where the screen is narrow. */
export function Nav({ path }: { path: string }): JSX.Element {
  return (
    <nav class="shell-nav" aria-label="Pages">
      <ul>
        {pages.map((page) => (
          <li key={page.path}>
            <a href={page.path} title={page.name} aria-current={page.path === path ? "page" : undefined}>
              <Icon name={page.icon} />
              <span>{page.name}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
