import type { JSX } from "preact";
import type { Health, Problem } from "./health.ts";
import { Icon } from "./Icon.tsx";
import { Menu } from "./Menu.tsx";
import { plural } from "../ring/words.ts";

/** The state of node and ring in one word, and on a click what it comes from. */
export function HealthPill(
  { health, problems }: { health: Health; problems: readonly Problem[] },
): JSX.Element {
  const icon = health === "Healthy" ? "fine" : health === "Unknown" ? "unknown" : "problem";
  const button = (
    <>
      <Icon name={icon} />
      <span class="pill-word">{health}</span>
    </>
  );
  return (
    <Menu label="Health:" button={button} class={`pill is-${health.toLowerCase()}`}>
      <h2>{headline(health, problems)}</h2>
      {problems.length > 0 && (
        <ul class="problem-list">
          {problems.map(({ text, href, severity }) => (
            <li key={text}>
              <a href={href} class={`is-${severity}`}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </Menu>
  );
}

function headline(health: Health, problems: readonly Problem[]): string {
  if (problems.length > 0) return plural(problems.length, "problem");
  if (health === "Unknown") return "Nothing has been heard of this node yet";
  return "This node and the ring it sees are healthy";
}
