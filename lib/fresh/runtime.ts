import { type ComponentChildren, type FunctionComponent, h, isValidElement, toChildArray } from "preact";
import { useEffect } from "preact/hooks";
import { HeadSpotContext } from "./contexts.ts";
import { UnsupportedError } from "./error.ts";

export { HttpError } from "./error.ts";
export { asset, assetSrcSet } from "./shared.ts";

/** Whether this runs in a browser, rather than on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/**
 * Elements for the document's `<head>`. Each replaces one that has the same identity there: a title the title, others
 * the one with the same `key`, else with the same attributes but for `content` and `href`.
 */
export const Head: FunctionComponent<{ children?: ComponentChildren }> = IS_BROWSER
  ? HeadInBrowser
  : HeadOnServer;

export function Partial(_props: { name: string; children?: ComponentChildren }): never {
  throw new UnsupportedError("<Partial>");
}

function HeadOnServer({ children }: { children?: ComponentChildren }) {
  return h(HeadSpotContext.Provider, { value: "moved", children });
}

/** Says in each rendering what it wants, so that signals in it are followed, and does it afterwards. */
function HeadInBrowser({ children }: { children?: ComponentChildren }) {
  const wanted = toChildArray(children).flatMap((child) =>
    isValidElement(child) && typeof child.type === "string" ? [wish(child.type, child.props, child.key)] : []
  );
  useEffect(() => wanted.forEach(fulfil));
  return null;
}

/** An element that `<head>` should have. */
interface Wish {
  readonly tag: string;
  /** Null for an attribute that should not be there. */
  readonly attributes: ReadonlyMap<string, string | null>;
  readonly text: string | null;
}

function wish(tag: string, props: object, key: unknown): Wish {
  const attributes = new Map<string, string | null>();
  let text: string | null = null;
  if (key !== undefined && key !== null) attributes.set("data-key", String(key));
  for (const [name, value] of Object.entries(props)) {
    if (name === "children") text = toChildArray(value).map(String).join("");
    else if (name === "dangerouslySetInnerHTML") text = String(value.__html);
    else if (value === false || value === null || value === undefined) attributes.set(name, null);
    else attributes.set(name, value === true ? "" : String(value));
  }
  return { tag, attributes, text };
}

function fulfil({ tag, attributes, text }: Wish): void {
  if (tag === "title") {
    document.title = text ?? "";
    return;
  }
  const element = knownElement(tag, attributes) ?? document.head.appendChild(document.createElement(tag));
  for (const [name, value] of attributes) {
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
  if (text !== null) element.textContent = text;
}

function knownElement(tag: string, attributes: Wish["attributes"]): Element | null {
  const names = ["data-key", "id", ...(tag === "meta" ? ["name"] : tag === "link" ? ["rel"] : [])];
  const name = names.find((name) => attributes.get(name) !== undefined);
  if (name === undefined) return null;
  return document.head.querySelector(`${tag}[${name}="${CSS.escape(attributes.get(name) ?? "")}"]`);
}
