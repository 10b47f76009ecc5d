import { Signal } from "@preact/signals";
import {
  type ComponentChildren,
  type ComponentType,
  createContext,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  options,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";
import { jsxTemplate } from "preact/jsx-runtime";
import { HeadSpotContext, WithinIslandContext } from "./contexts.ts";
import { UnsupportedError } from "./error.ts";
import { SlotReference } from "./island_props.ts";
import type { RenderedPage } from "./render.ts";
import { lockSources, markCurrent, markName } from "./shared.ts";

/**
 * The elements that a page must not render as they are: some get a nonce, some move to `<head>`, islands get marks
 * around them. Each is replaced, when it is created, by a component that looks where it stands. Outside of a page of
 * ours that component renders the plain element.
 */

type Props = Record<string, unknown> & { children?: ComponentChildren };
type Substitute = FunctionComponent<Props>;

/** The page that is being rendered. */
export const PageContext = createContext<RenderedPage | null>(null);

const keyName = "data-key";
const substitutes = new Map<string, Substitute>([
  ["html", Html],
  ["head", DocumentHead],
  ["body", Body],
  ["a", Link],
  ...["img", "source"].map((tag) => [tag, substituteForSource(tag)] as const),
  ...["title", "meta", "link", "base", "script", "style"].map((tag) =>
    [tag, substituteForHead(tag)] as const
  ),
]);
const tagsOfHead = new Set(["meta", "link", "base", "script", "style"]);
const islandSubstitutes = new WeakMap<ComponentType, Substitute>();
const unsupportedAttributes = ["f-client-nav", "f-partial", "f-view-transition"];

let isPlain = false;
const hookBefore = options.vnode;

options.vnode = (vnode) => {
  if (!isPlain) substitute(vnode as VNode<Props>);
  hookBefore?.(vnode);
};

/** From now on, elements of this component are islands on pages whose build has it. */
export function markAsIsland(component: ComponentType): void {
  if (!islandSubstitutes.has(component)) islandSubstitutes.set(component, substituteForIsland(component));
}

/** Markup that is there already, as an element. */
export function raw(html: string): VNode {
  return jsxTemplate([html]);
}

function substitute(vnode: VNode<Props>): void {
  const { type, props, key } = vnode;
  if (typeof type !== "string") {
    vnode.type = islandSubstitutes.get(type as ComponentType) as FunctionComponent | undefined ?? type;
    return;
  }
  for (const name of unsupportedAttributes) {
    if (name in props) throw new UnsupportedError(`the attribute ${name}`);
  }
  const found = substitutes.get(type);
  if (found === undefined) return;
  vnode.type = found as FunctionComponent;
  if (tagsOfHead.has(type) && key !== undefined && key !== null) vnode.props = { ...props, [keyName]: key };
}

/** An element, or a component, that nothing stands in for. */
function plain(type: string | ComponentType<Props>, props: Props): VNode {
  isPlain = true;
  try {
    return h(type as ComponentType<Props>, props) as VNode;
  } finally {
    isPlain = false;
  }
}

function Html(props: Props): VNode {
  const page = useContext(PageContext);
  if (page === null) return plain("html", props);
  page.has.html = true;
  const children = [raw(page.marks.beforeHead), props.children, raw(page.marks.afterBody)];
  return plain("html", { ...props, children });
}

function DocumentHead(props: Props): VNode {
  const page = useContext(PageContext);
  if (page === null) return plain("head", props);
  page.has.head = true;
  const children = h(HeadSpotContext.Provider, { value: "document", children: props.children });
  return plain("head", { ...props, children: [children, raw(page.marks.inHead)] });
}

function Body(props: Props): VNode {
  const page = useContext(PageContext);
  if (page === null) return plain("body", props);
  page.has.body = true;
  return plain("body", { ...props, children: [props.children, raw(page.marks.inBody)] });
}

function Link(props: Props): VNode {
  const page = useContext(PageContext);
  const marked = { ...props };
  if (page !== null) markCurrent(marked, page.url);
  return plain("a", marked);
}

function substituteForSource(tag: string): Substitute {
  return (props) => {
    const locked = { ...props };
    if (useContext(PageContext) !== null) lockSources(locked);
    return plain(tag, locked);
  };
}

function substituteForHead(tag: string): Substitute {
  return (props) => {
    const page = useContext(PageContext);
    const spot = useContext(HeadSpotContext);
    const dressed = { ...props };
    if (page !== null && (tag === "script" || tag === "style")) dressed.nonce = page.nonce;
    if (page === null || spot === "elsewhere") {
      delete dressed[keyName];
      return plain(tag, dressed);
    }
    const element = plain(tag, dressed);
    const identity = identityOf(tag, props);
    return spot === "document" ? page.takeForHead(identity) ?? element : page.moveToHead(identity, element);
  };
}

/** What two elements of `<head>` have in common when one replaces the other. */
function identityOf(tag: string, props: Props): string {
  if (tag === "title") return tag;
  if (keyName in props) return `${tag} ${JSON.stringify(props[keyName])}`;
  const ignored = tag === "meta" ? "content" : tag === "link" ? "href" : "";
  const attributes = Object.entries(props).filter(([name]) => name !== ignored).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  return `${tag} ${JSON.stringify(attributes)}`;
}

function substituteForIsland(component: ComponentType): Substitute {
  return (props) => {
    const page = useContext(PageContext);
    const isWithin = useContext(WithinIslandContext);
    const entry = page?.build?.islands.get(component);
    if (page === null || entry === undefined || isWithin) {
      return plain(component as ComponentType<Props>, props);
    }
    const [placed, sent] = splitSlots(page, props);
    const island = page.addIsland(entry, sent);
    const content = plain(component as ComponentType<Props>, placed);
    return marked(
      markName.island,
      island,
      h(WithinIslandContext.Provider, { value: true, children: content }),
    );
  };
}

/** The props with which an island is rendered here, and those that are sent: they differ in its slots. */
function splitSlots(page: RenderedPage, props: Props): [placed: Props, sent: Props] {
  const placed: Props = { ...props };
  const sent: Props = { ...props };
  for (const [name, value] of Object.entries(props)) {
    if (!isSlot(name, value)) continue;
    const slot = page.addSlot(value as ComponentChildren);
    placed[name] = h(Slot, { slot });
    sent[name] = new SlotReference(slot) as unknown as ComponentChildren;
  }
  return [placed, sent];
}

/** Signals pass for elements, so that they can stand among children; they travel as what they are. */
function isSlot(name: string, value: unknown): boolean {
  if (value instanceof Signal) return false;
  return isValidElement(value) || (name === "children" && Array.isArray(value));
}

function Slot({ slot }: { slot: number }): VNode | null {
  const page = useContext(PageContext);
  if (page === null) return null;
  const children = page.placeSlot(slot);
  return marked(markName.slot, slot, h(WithinIslandContext.Provider, { value: false, children }));
}

function marked(name: string, index: number, content: ComponentChildren): VNode {
  return h(Fragment, null, raw(`<!--${name}:${index}-->`), content, raw(`<!--/${name}:${index}-->`));
}
