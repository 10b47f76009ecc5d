import { App, staticFiles } from "fresh";
import { define, type State } from "./utils.ts";

/** The console of one node: what its pages know of it is `state`. */
export function createConsole(state: State): App<State> {
  const withState = define.middleware((ctx) => {
    Object.assign(ctx.state, state);
    return ctx.next();
  });
  return new App<State>().use(withState).use(staticFiles()).fsRoutes();
}
