import { HttpError } from "fresh";
import { PageHead } from "../components/shell/PageHead.tsx";
import { define } from "../utils.ts";

/** Instead of a page that is not there, or could not be made. */
export default define.page(({ error, state, url }) => {
  const isMissing = error instanceof HttpError && error.status === 404;
  const title = isMissing ? "Page not found" : "This page could not be made";
  return (
    <div class="card">
      <PageHead title={title} cluster={state.cluster} selfId={state.selfId} />
      {isMissing
        ? (
          <p>
            There is nothing at <code>{url.pathname}</code> on this node.
          </p>
        )
        : <p>{reasonOf(error)} The node's log may say more.</p>}
      <p>
        <a href="/">This node</a> · <a href="/ring">The ring</a>
      </p>
    </div>
  );
});

/** What visitors may know of an error. */
function reasonOf(error: unknown): string {
  return error instanceof HttpError
    ? `${error.message}.`
    : "The node gave no answer that a page could be made of.";
}
