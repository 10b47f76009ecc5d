import { PageHead } from "../components/shell/PageHead.tsx";
import TracePage from "../islands/TracePage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Trace" cluster={state.cluster} selfId={state.selfId} style="ring" />
    <TracePage selfUrl={state.selfUrl} cluster={state.cluster} />
  </>
));
