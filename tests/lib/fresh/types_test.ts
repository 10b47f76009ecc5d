import { assertEquals } from "@std/assert";
import {
  type Context,
  createDefine,
  HttpError,
  type LayoutConfig,
  type Middleware,
  page,
  type PageProps,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "fresh";
import { h } from "preact";

interface State {
  user: string;
}

const define = createDefine<State>();

/** Fails to compile unless both are one type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const isSame = <A, B>(same: Same<A, B>) => assertEquals(same as boolean, true);

Deno.test("define.page() knows the data that the handlers give", () => {
  const handlers = define.handlers({
    GET: (ctx) => ctx.state.user === "" ? new Response("who?") : page({ user: ctx.state.user, size: 1 }),
    POST: async (ctx) => page({ posted: await ctx.req.text() }, { status: 201 }),
    DELETE: () => new Response(),
  });
  isSame<RouteData<typeof handlers>, { user: string; size: number } | { posted: string }>(true);
  const single = define.handlers((ctx) => page({ path: ctx.url.pathname }));
  isSame<RouteData<typeof single>, { path: string }>(true);
  const component = define.page<typeof single>(({ data, state }) => h("p", null, data.path, state.user));
  define.page<typeof handlers>(function Page({ data }) {
    return h("p", null, "user" in data ? data.size : data.posted);
  });
  assertEquals(typeof component, "function");
});

Deno.test("layouts, middlewares and pages without data have the types of the app's state", () => {
  const layout = define.layout(({ Component, state }) => h("main", null, state.user, h(Component, null)));
  const middleware = define.middleware((ctx) => {
    isSame<typeof ctx, Context<State>>(true);
    ctx.state.user = "me";
    return ctx.next();
  });
  const several: Middleware<State>[] = define.middleware([middleware]);
  const plain = define.page(({ url, state }) => h("p", null, url.pathname, state.user));
  const annotated = ({ data }: PageProps<{ n: number }, State>) => h("p", null, data.n);
  define.page(annotated);
  const config: RouteConfig & LayoutConfig = { routeOverride: "/x", skipAppWrapper: true };
  const handler: RouteHandler<{ n: number }, State> = { GET: () => Promise.resolve(page({ n: 1 })) };
  assertEquals([layout, middleware, plain].map((given) => typeof given), [
    "function",
    "function",
    "function",
  ]);
  assertEquals([several.length, config.routeOverride, typeof handler], [1, "/x", "object"]);
});

Deno.test("page() carries data, a status and headers", () => {
  assertEquals(page({ a: 1 }, { status: 201, headers: { x: "y" } }), {
    data: { a: 1 },
    status: 201,
    headers: { x: "y" },
  });
});

Deno.test("an HttpError says its status in words, unless told others", () => {
  assertEquals(new HttpError(404).message, "Not Found");
  const error = new HttpError(503, "later", { cause: "x" });
  assertEquals([error.status, error.message, error.cause], [503, "later", "x"]);
});
