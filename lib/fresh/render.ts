import { type ComponentChildren, Fragment, h, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";

/** Markup that is there already, as an element. */
export function raw(html: string): VNode {
  return jsxTemplate([html]) as VNode;
}

export class RenderedPage {
  constructor(_ctx: object) {}

  renderContent(content: ComponentChildren): string {
    return renderToString(h(Fragment, null, content));
  }

  renderDocument(whole: ComponentChildren): string {
    return `<!DOCTYPE html>${this.renderContent(whole)}`;
  }

  respond(html: string, init: ResponseInit): Response {
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(html, { ...init, headers });
  }
}
