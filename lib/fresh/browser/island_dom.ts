import { type ComponentChildren, type ComponentType, h } from "preact";
import { markName } from "../shared.ts";

/** An island's component, and the props that it has on this page. */
export interface Revived {
  readonly component: ComponentType;
  readonly props: Record<string, unknown>;
}

/** What stands between two comments. */
export interface MarkedRange {
  readonly index: number;
  readonly start: Comment;
  readonly end: Comment;
}

/** The islands or slots below `root`, each with those within it. What the HTML parser has torn goes to `onTorn`. */
export function* markedRanges(
  root: Node,
  name: string,
  onTorn: (index: number) => void,
): Generator<MarkedRange> {
  const comments = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (comments.nextNode()) {
    const start = comments.currentNode as Comment;
    const index = markedIndex(start, name);
    if (index === null) continue;
    const end = endOf(start);
    if (end === null) onTorn(index);
    else yield { index, start, end };
  }
}

/**
 * Markup as elements, in which islands are components again: so they can be placed, dropped and shown again like
 * everything else. Goes from `first` up to `end`, or to the last sibling.
 */
export function toElements(
  first: Node | null,
  end: Node | null,
  islands: ReadonlyMap<number, Revived>,
): ComponentChildren[] {
  const elements: ComponentChildren[] = [];
  for (let node = first; node !== null && node !== end; node = node.nextSibling) {
    if (node instanceof Text) elements.push(node.data);
    if (node instanceof Element) elements.push(toElement(node, islands));
    const island = node instanceof Comment ? markedIndex(node, markName.island) : null;
    const revived = island === null ? undefined : islands.get(island);
    const endOfIsland = revived === undefined ? null : endOf(node as Comment);
    if (revived === undefined || endOfIsland === null) continue;
    elements.push(h(revived.component, revived.props));
    node = endOfIsland;
  }
  return elements;
}

function toElement(element: Element, islands: ReadonlyMap<number, Revived>): ComponentChildren {
  const props = Object.fromEntries(
    [...element.attributes].map(({ name, value }) => property(element, name, value)),
  );
  if (element instanceof HTMLTextAreaElement) {
    return h("textarea", { ...props, defaultValue: element.defaultValue });
  }
  return h(element.localName, props, ...toElements(element.firstChild, null, islands));
}

/** Attributes without a value are true; what a visitor has typed or ticked since is not set back. */
function property(element: Element, name: string, value: string): [name: string, value: unknown] {
  if (element instanceof HTMLInputElement && name === "value") return ["defaultValue", value];
  if (element instanceof HTMLInputElement && name === "checked") return ["defaultChecked", true];
  const isBoolean = typeof Reflect.get(element, name) === "boolean";
  return [name, isBoolean ? value !== "false" : value];
}

function markedIndex({ data }: Comment, name: string): number | null {
  return data.startsWith(`${name}:`) ? Number(data.slice(name.length + 1)) : null;
}

function endOf(start: Comment): Comment | null {
  for (let node = start.nextSibling; node !== null; node = node.nextSibling) {
    if (node instanceof Comment && node.data === `/${start.data}`) return node;
  }
  return null;
}
