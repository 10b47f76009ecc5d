import { type ComponentChildren, Fragment, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { type Build, buildOf, type IslandEntry, scriptFolder } from "./build.ts";
import { type IslandUse, serializeIslands } from "./island_props.ts";
import { nonceOf } from "./nonce.ts";
import { PageContext } from "./page_elements.ts";
import { slotTemplateId, stateId } from "./shared.ts";
import type { ResolvedFreshConfig } from "./types.ts";

export { raw } from "./page_elements.ts";

interface Slot {
  readonly content: ComponentChildren;
  isPlaced: boolean;
}

/**
 * One page while it becomes text: first what is in `_app`, then the whole, then what the browser needs besides. Where
 * that belongs is held by marks, which nobody can foresee and so nobody can write into a page.
 */
export class RenderedPage {
  readonly nonce: string;
  readonly url: URL;
  readonly build: Build | null;
  readonly has = { html: false, head: false, body: false };
  readonly marks: Readonly<Record<"beforeHead" | "inHead" | "inBody" | "afterBody", string>>;
  readonly #config: ResolvedFreshConfig;
  readonly #islands: IslandUse[] = [];
  readonly #slots: Slot[] = [];
  readonly #movedToHead = new Map<string, VNode>();

  constructor(ctx: { readonly url: URL; readonly config: ResolvedFreshConfig }) {
    this.nonce = nonceOf(ctx);
    this.url = ctx.url;
    this.#config = ctx.config;
    this.build = buildOf(ctx.config);
    const mark = (place: string) => `<!--${crypto.randomUUID()}:${place}-->`;
    this.marks = {
      ...{ beforeHead: mark("beforeHead"), inHead: mark("inHead") },
      ...{ inBody: mark("inBody"), afterBody: mark("afterBody") },
    };
  }

  renderContent(content: ComponentChildren): string {
    return renderToString(h(PageContext.Provider, { value: this, children: h(Fragment, null, content) }));
  }

  renderDocument(whole: ComponentChildren): string {
    const html = this.renderContent(whole);
    const { has, marks } = this;
    const scripts = this.#endOfBody();
    const moved = this.renderContent([...this.#movedToHead.values()]);
    const head = has.head ? "" : `<head><meta charset="utf-8">${moved}</head>`;
    if (!has.html) return `<!DOCTYPE html><html>${this.#completed(html, head, moved, scripts)}</html>`;
    const filled = replaceMark(html, marks.beforeHead, head);
    return `<!DOCTYPE html>${
      this.#filled(replaceMark(filled, marks.afterBody, has.body ? "" : scripts), moved, scripts)
    }`;
  }

  respond(html: string, init: ResponseInit): Response {
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "text/html; charset=utf-8");
    const links = this.#preloads().map((script) =>
      `<${this.#address(script)}>; rel="modulepreload"; as="script"`
    );
    if (links.length > 0) headers.append("link", links.join(", "));
    return new Response(html, { ...init, headers });
  }

  /** An element that a page has for `<head>`; one with the same identity that came earlier is replaced. */
  moveToHead(identity: string, element: VNode): null {
    this.#movedToHead.set(identity, element);
    return null;
  }

  /** What a page has instead of an element of the document's own. */
  takeForHead(identity: string): VNode | null {
    const element = this.#movedToHead.get(identity) ?? null;
    this.#movedToHead.delete(identity);
    return element;
  }

  addIsland(entry: IslandEntry, props: Record<string, unknown>): number {
    return this.#islands.push({ entry, props }) - 1;
  }

  addSlot(content: ComponentChildren): number {
    return this.#slots.push({ content, isPlaced: false }) - 1;
  }

  placeSlot(index: number): ComponentChildren {
    const slot = this.#slots[index];
    if (slot === undefined) return null;
    slot.isPlaced = true;
    return slot.content;
  }

  #completed(html: string, head: string, moved: string, scripts: string): string {
    if (this.has.body) return head + this.#filled(html, moved, scripts);
    const [before, after] = this.has.head ? ["", ""] : ["<body>", "</body>"];
    return `${head}${before}${this.#filled(html, moved, scripts)}${scripts}${after}`;
  }

  #filled(html: string, moved: string, scripts: string): string {
    return replaceMark(replaceMark(html, this.marks.inHead, moved), this.marks.inBody, scripts);
  }

  /** Slots that wait to be shown, the props of the islands, and the modules that revive them. */
  #endOfBody(): string {
    const templates = this.#unplacedSlots();
    const { build, nonce } = this;
    const reload = build?.reloadScript ?? null;
    const reloading = reload === null ? "" : this.#script(reload);
    if (build === null || this.#islands.length === 0) return reloading;
    const folder = this.#address("");
    const state = serializeIslands(this.#islands, { buildId: build.id, folder }).replaceAll("<", "\\u003c");
    const block = `<script type="application/json" id="${stateId}" nonce="${nonce}">${state}</script>`;
    return `${templates}${block}${this.#script(build.client.script)}${reloading}`;
  }

  /** A slot may hold islands, and those slots of their own. */
  #unplacedSlots(): string {
    let html = "";
    for (let index = 0; index < this.#slots.length; index++) {
      if (this.#slots[index]?.isPlaced) continue;
      html += `<template id="${slotTemplateId(index)}">${
        this.renderContent(this.placeSlot(index))
      }</template>`;
    }
    return html;
  }

  #script(script: string): string {
    return `<script type="module" src="${this.#address(script)}" nonce="${this.nonce}"></script>`;
  }

  #address(script: string): string {
    return `${this.#config.basePath}${scriptFolder(this.build?.id ?? "")}/${script}`;
  }

  #preloads(): string[] {
    if (this.build === null || this.#islands.length === 0) return [];
    const { client } = this.build;
    return [...new Set([...client.preloads, ...this.#islands.flatMap(({ entry }) => entry.preloads)])];
  }
}

/** The text is put in as it is; in a pattern of `replace` a dollar would mean something. */
function replaceMark(html: string, mark: string, text: string): string {
  return html.replace(mark, () => text);
}
