import { type ComponentChildren, type FunctionComponent, h, isValidElement } from "preact";
import { UnsupportedError } from "./error.ts";
import { raw, RenderedPage } from "./render.ts";
import type { LayoutConfig, PageComponent, PageNode, PageProps, ResolvedFreshConfig } from "./types.ts";

/** What is put around a page. */
export interface Frame<State> {
  /** From the outermost to the innermost. */
  readonly layouts: readonly PageComponent<never, State>[];
  readonly wrapper: PageComponent<never, State> | null;
}

export interface ContextInit<State> {
  readonly req: Request;
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly route: string | null;
  /** Changes while errors are answered further and further out. */
  readonly place: { frame: Frame<State> };
}

/** One request on its way through middlewares and handlers to a response. */
export class Context<State> {
  readonly req: Request;
  readonly url: URL;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly config: ResolvedFreshConfig;
  readonly route: string | null;
  readonly state = {} as State;
  readonly isPartial: boolean = false;
  /** What was thrown, while an error page is made. */
  error: unknown = null;
  data: unknown = undefined;
  /** In a layout or `_app`: what to put into it. */
  Component: FunctionComponent = () => null;
  /** Goes on to the next middleware, or to the handler. */
  next: () => Promise<Response> = () => Promise.reject(new Error("Cannot go on: there is no next handler"));
  readonly #place: { readonly frame: Frame<State> };

  constructor(init: ContextInit<State>) {
    ({ req: this.req, url: this.url, info: this.info, params: this.params } = init);
    ({ config: this.config, route: this.route } = init);
    this.#place = init.place;
  }

  /** An address that begins with several slashes would lead to another host, so it keeps only one. */
  redirect(to: string, status = 302): Response {
    const location = to.replace(/^[/\\][/\\]+/, "/");
    return new Response(null, { status, headers: { location } });
  }

  /** A page in its layouts and its document. */
  async render(vnode: PageNode, init: ResponseInit = {}, config: LayoutConfig = {}): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) throw new TypeError("Cannot render what is not an element");
    const { layouts, wrapper } = this.#place.frame;
    let content: ComponentChildren = vnode;
    for (const layout of config.skipInheritedLayouts ? [] : [...layouts].reverse()) {
      const dressed = await this.#around(content, layout);
      if (dressed instanceof Response) return dressed;
      content = dressed;
    }
    const page = new RenderedPage(this);
    const html = page.renderContent(content);
    const whole = await this.#around(raw(html), config.skipAppWrapper ? null : wrapper);
    if (whole instanceof Response) return whole;
    return page.respond(page.renderDocument(whole), init);
  }

  text(content: string, init: ResponseInit = {}): Response {
    return typed(content, "text/plain; charset=utf-8", init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    return typed(content, "text/html; charset=utf-8", init);
  }

  json(content: unknown, init: ResponseInit = {}): Response {
    return Response.json(content, init);
  }

  stream(): never {
    throw new UnsupportedError("ctx.stream()");
  }

  upgrade(): never {
    throw new UnsupportedError("ctx.upgrade()");
  }

  /** The element of a component; components that are async functions are awaited and may answer by themselves. */
  async component<Data>(component: PageComponent<Data, State>): Promise<ComponentChildren | Response> {
    const props = this.#props<Data>();
    if (component.constructor.name === "AsyncFunction") return await component(props);
    return h(component as FunctionComponent<PageProps<Data, State>>, props);
  }

  #around(
    content: ComponentChildren,
    component: PageComponent<never, State> | null,
  ): Promise<ComponentChildren | Response> {
    if (component === null) return Promise.resolve(content);
    this.Component = () => content as ReturnType<FunctionComponent>;
    return this.component(component);
  }

  #props<Data>(): PageProps<Data, State> {
    const { config, url, req, params, info, state, isPartial, Component, error, route } = this;
    const data = this.data as Data;
    return { config, url, req, params, info, state, isPartial, Component, error, route, data };
  }
}

function typed(content: string, contentType: string, init: ResponseInit): Response {
  const headers = new Headers(init.headers);
  if (!headers.has("content-type")) headers.set("content-type", contentType);
  return new Response(content, { ...init, headers });
}
