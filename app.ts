import { App, staticFiles } from "fresh";
import { define, type State, type Visit } from "./utils.ts";

/**
 * The console of one node: what its pages know of it is `state`.
 *
 * @param visitOf who makes a request, and how.
 */
export function createConsole(state: Omit<State, keyof Visit>, visitOf: (req: Request) => Visit): App<State> {
  const withState = define.middleware((ctx) => {
    Object.assign(ctx.state, state, visitOf(ctx.req));
    return ctx.next();
  });
  return new App<State>().use(withState).use(staticFiles()).fsRoutes();
}
